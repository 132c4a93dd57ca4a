//! How an incident changes: by answers, by findings, and by what its source says. Each change is a new version.

use jiff::Timestamp;

use super::{
    Actor, Attribution, Cause, ClosedAtSource, Incident, IncidentStatus, RunTrigger, TeamRequest,
};
use crate::finding::{Finding, FindingIdentity, InactiveReason};
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;

/// Why an incident does not take an acknowledgment.
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
        if self.status == IncidentStatus::Resolved {
            return Err(AlreadyResolved);
        }
        let fresh = self.acknowledgments.get(self.previous_acknowledgments..).unwrap_or_default();
        if fresh.iter().any(|deed| deed.by == by) {
            return Ok(None);
        }
        let mut next = self.next();
        next.acknowledgments.push(Attribution { by, at: now });
        if next.missing() == 0 {
            next.status = IncidentStatus::Acknowledged;
        }
        Ok(Some(next))
    }

    /// Returns how many acknowledgments are still missing before paging stops.
    #[must_use]
    pub fn missing(&self) -> usize {
        let fresh = self.acknowledgments.len().saturating_sub(self.previous_acknowledgments);
        usize::from(self.escalation_plan.required_acknowledgments).saturating_sub(fresh)
    }

    /// Returns the incident after its acknowledgment timed out: open again, with another escalation run.
    #[must_use]
    pub fn lapse(&self, now: Timestamp) -> Self {
        let mut next = self.next();
        next.trigger = None;
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
        next.finding_count += u64::from(new);
        if finding.severity > self.severity {
            next.severity = finding.severity;
            next.r#type = finding.incident_type;
            next.region.clone_from(&finding.region);
            next.title.clone_from(&finding.title);
            next.max_escalation_level =
                policy.highest_level(finding.severity).max(self.max_escalation_level);
            next.escalation_plan = plan;
            next.finding = Finding { drill: self.finding.drill.clone(), ..finding.clone() };
            next.trigger = None;
        } else if finding.identity == self.finding.identity {
            // The same finding, as it is now: seen more often, by others.
            next.finding = Finding {
                severity: self.finding.severity,
                drill: self.finding.drill.clone(),
                ..finding.clone()
            };
            next.trigger = None;
        } else {
            next.trigger = Some(RunTrigger::of(finding));
        }
        // Who asked stays known, also after a finding that nobody asked with.
        next.finding.custom_action =
            finding.custom_action.clone().or_else(|| self.finding.custom_action.clone());
        next.team_request = TeamRequest::of(finding, now).or_else(|| self.team_request.clone());
        next.closed_at_source = None;
        next.restart(cause, now);
        next
    }

    /// Returns the incident after its source reported this `finding` of it closed; with `stop`, no one is paged any more.
    /// Messages speak of the headline, so that what is known of its end stays when another finding is closed.
    #[must_use]
    pub fn close_at_source(
        &self,
        finding: &FindingIdentity,
        (state, at): (InactiveReason, Timestamp),
        stop: bool,
        now: Timestamp,
    ) -> Self {
        let mut next = self.next();
        let headline = &self.finding.identity;
        let known = self.closed_at_source.clone().filter(|closed| {
            finding != headline && closed.finding.is_some() && closed.is_about(headline)
        });
        let new = || ClosedAtSource { finding: Some(finding.clone()), state, at, stopped: stop };
        next.closed_at_source =
            Some(known.map_or_else(new, |closed| ClosedAtSource { stopped: stop, ..closed }));
        if stop && self.status == IncidentStatus::Open {
            // A turn that is on its way belongs to an earlier escalation, and pages nobody.
            next.run += 1;
            next.run_started_at = now;
        }
        next
    }

    /// Returns the incident after its source reopened what it had reported closed. If it is open and pages no contact,
    /// because the source's word or an escalation without an acknowledgment ended the paging, another escalation begins.
    /// What is known of the end of another finding stays, and stops nothing any more.
    #[must_use]
    pub fn reopen_at_source(&self, finding: &FindingIdentity, now: Timestamp) -> Self {
        let mut next = self.next();
        let others = self.closed_at_source.clone().filter(|closed| !closed.is_about(finding));
        next.closed_at_source = others.map(|closed| ClosedAtSource { stopped: false, ..closed });
        if self.silent_since(now).is_some() {
            next.closed_at_source = None;
            next.trigger = None;
            next.restart(Cause::Reopened, now);
        }
        next
    }

    /// The incident after `by` resolved it; `None` if it was resolved before.
    #[must_use]
    pub fn resolve(&self, by: Actor, now: Timestamp) -> Option<Self> {
        if self.status == IncidentStatus::Resolved {
            return None;
        }
        let mut next = self.next();
        next.status = IncidentStatus::Resolved;
        next.resolution = Some(Attribution { by, at: now });
        Some(next)
    }

    /// Returns the incident open again with another escalation, because a finding is active although the source's word had
    /// ended the paging. One that is acknowledged stays so, and its acknowledgment can time out again.
    #[must_use]
    pub fn restart_active(&self, now: Timestamp) -> Self {
        let mut next = self.next();
        if self.status == IncidentStatus::Acknowledged {
            next.closed_at_source = self
                .closed_at_source
                .clone()
                .map(|closed| ClosedAtSource { stopped: false, ..closed });
            return next;
        }
        next.closed_at_source = None;
        next.resolution = None;
        next.trigger = None;
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
        self.status = IncidentStatus::Open;
        self.run_started_at = now;
        self.previous_acknowledgments = self.acknowledgments.len();
        self.run += 1;
        self.cause = Some(cause);
    }
}
