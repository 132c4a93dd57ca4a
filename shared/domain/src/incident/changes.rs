//! How an incident changes: by answers, by findings, and by what its source says. Each change is a new version.

use jiff::Timestamp;

use super::{Actor, Cause, Closed, Deed, Incident, RaisedBy, Request, State};
use crate::finding::{Finding, FindingIdentity, Quiet};
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;

/// Why an incident does not take an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the incident is already resolved")]
pub struct AlreadyResolved;

impl Incident {
    /// The incident after `by` acknowledged it; `None` if `by` had done so before. It counts as
    /// acknowledged once as many have done so as its plan asks for.
    ///
    /// # Errors
    /// [`AlreadyResolved`] if it is over.
    pub fn acknowledge(&self, by: Actor, now: Timestamp) -> Result<Option<Self>, AlreadyResolved> {
        if self.status == State::Resolved {
            return Err(AlreadyResolved);
        }
        let fresh = self.acknowledgements.get(self.acknowledged_before..).unwrap_or_default();
        if fresh.iter().any(|deed| deed.by == by) {
            return Ok(None);
        }
        let mut next = self.next();
        next.acknowledgements.push(Deed { by, at: now });
        if next.missing() == 0 {
            next.status = State::Acknowledged;
        }
        Ok(Some(next))
    }

    /// Returns how many acknowledgments are still missing before paging stops.
    #[must_use]
    pub fn missing(&self) -> usize {
        let fresh = self.acknowledgements.len().saturating_sub(self.acknowledged_before);
        usize::from(self.plan.acknowledgements).saturating_sub(fresh)
    }

    /// The incident after its acknowledgement has lapsed: open again, with another escalation.
    #[must_use]
    pub fn lapse(&self, now: Timestamp) -> Self {
        let mut next = self.next();
        next.raised_by = None;
        next.restart(Cause::AcknowledgmentTimedOut, now);
        next
    }

    /// Returns the incident open again with another escalation, because of `finding`. If that is more severe than
    /// what it was about, it is about this finding from now on, and escalates by `plan`.
    #[must_use]
    pub fn raise(
        &self,
        finding: &Finding,
        new: bool,
        cause: Cause,
        (policy, plan): (&Policy, EscalationPlan),
        now: Timestamp,
    ) -> Self {
        let mut next = self.next();
        next.findings += u64::from(new);
        if finding.severity > self.severity {
            next.severity = finding.severity;
            next.r#type = finding.incident_type;
            next.region.clone_from(&finding.region);
            next.title.clone_from(&finding.title);
            next.highest_level = policy.highest_level(finding.severity).max(self.highest_level);
            next.plan = plan;
            next.finding = Finding { drill: self.finding.drill.clone(), ..finding.clone() };
            next.raised_by = None;
        } else if finding.identity == self.finding.identity {
            // The same finding, as it is now: seen more often, by others.
            next.finding = Finding {
                severity: self.finding.severity,
                drill: self.finding.drill.clone(),
                ..finding.clone()
            };
            next.raised_by = None;
        } else {
            next.raised_by = Some(RaisedBy::of(finding));
        }
        // Who asked stays known, also after a finding that nobody asked with.
        next.finding.asked = finding.asked.clone().or_else(|| self.finding.asked.clone());
        next.request = Request::of(finding, now).or_else(|| self.request.clone());
        next.closed = None;
        next.restart(cause, now);
        next
    }

    /// Returns the incident after its source reported this `finding` of it closed; with `stop`, no one is paged any more.
    /// Messages speak of the headline, so that what is known of its end stays when another finding is closed.
    #[must_use]
    pub fn close_at_source(
        &self,
        finding: &FindingIdentity,
        (state, at): (Quiet, Timestamp),
        stop: bool,
        now: Timestamp,
    ) -> Self {
        let mut next = self.next();
        let headline = &self.finding.identity;
        let known = self.closed.clone().filter(|closed| {
            finding != headline && closed.finding.is_some() && closed.is_about(headline)
        });
        let new = || Closed { finding: Some(finding.clone()), state, at, stopped: stop };
        next.closed = Some(known.map_or_else(new, |closed| Closed { stopped: stop, ..closed }));
        if stop && self.status == State::Open {
            // A turn that is on its way belongs to an earlier escalation, and pages nobody.
            next.run += 1;
            next.run_at = now;
        }
        next
    }

    /// Returns the incident after its source reopened what it had reported closed. If it is open and pages no contact,
    /// because the source's word or an escalation without an acknowledgment ended the paging, another escalation begins.
    /// What is known of the end of another finding stays, and stops nothing any more.
    #[must_use]
    pub fn reopen_at_source(&self, finding: &FindingIdentity, now: Timestamp) -> Self {
        let mut next = self.next();
        let others = self.closed.clone().filter(|closed| !closed.is_about(finding));
        next.closed = others.map(|closed| Closed { stopped: false, ..closed });
        if self.silent_since(now).is_some() {
            next.closed = None;
            next.raised_by = None;
            next.restart(Cause::Reopened, now);
        }
        next
    }

    /// The incident after `by` resolved it; `None` if it was resolved before.
    #[must_use]
    pub fn resolve(&self, by: Actor, now: Timestamp) -> Option<Self> {
        if self.status == State::Resolved {
            return None;
        }
        let mut next = self.next();
        next.status = State::Resolved;
        next.resolution = Some(Deed { by, at: now });
        Some(next)
    }

    /// Returns the incident open again with another escalation, because a finding is active although the source's word had
    /// ended the paging. One that is acknowledged stays so, and its acknowledgment can time out again.
    #[must_use]
    pub fn restart_active(&self, now: Timestamp) -> Self {
        let mut next = self.next();
        if self.status == State::Acknowledged {
            next.closed = self.closed.clone().map(|closed| Closed { stopped: false, ..closed });
            return next;
        }
        next.closed = None;
        next.resolution = None;
        next.raised_by = None;
        next.restart(Cause::StillActive, now);
        next
    }

    /// Whether its source's word, and no person, has ended it.
    #[must_use]
    pub fn ended_by_source(&self) -> bool {
        let resolved = self.resolution.as_ref().is_some_and(|deed| deed.by == Actor::Muster);
        self.stopped() || resolved
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn restart(&mut self, cause: Cause, now: Timestamp) {
        self.status = State::Open;
        self.run_at = now;
        self.acknowledged_before = self.acknowledgements.len();
        self.run += 1;
        self.cause = Some(cause);
    }
}
