//! An incident: what opened it, how serious it is, and who has taken it up.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::drill::{Drill, Mode};
use crate::escalation::Cursor;
use crate::finding::{Finding, Quiet};
use crate::id::{ContactId, IncidentId};
use crate::incident_type::IncidentType;
use crate::plan::EscalationPlan;
use crate::policy::Policy;
use crate::severity::Severity;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A contact, by the link in a page.
    Contact(ContactId),
    /// A caller of the API, by its IAM ARN.
    Caller(String),
    /// Muster itself.
    Muster,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contact(id) => write!(f, "{id}"),
            Self::Caller(arn) => f.write_str(arn),
            Self::Muster => f.write_str("Muster"),
        }
    }
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has taken it up: people are paged.
    Open,
    /// Somebody has taken it up: no further page.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl State {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// Something somebody did at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Why an escalation of an incident began that is not its first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cause {
    /// A finding is more severe than what was paged for.
    SeverityIncreased {
        /// The severity before.
        from: Severity,
    },
    /// A Critical finding joined while the incident was acknowledged.
    CriticalJoined,
    /// A person asked for the team by a Security Hub custom action.
    Asked {
        /// The action's name.
        action: String,
        /// The account in which it was chosen.
        account: String,
    },
    /// A finding was seen again long after the acknowledgment, or after an escalation that nobody answered.
    StillHappening {
        /// When it was seen.
        seen_at: Timestamp,
    },
    /// A finding joined after an escalation that nobody answered.
    NotAcknowledged,
    /// Nobody resolved the incident in time after the acknowledgment.
    AcknowledgmentTimedOut,
    /// A finding that its source had closed was reopened there.
    Reopened,
}

impl Cause {
    /// Whether contacts who were paged before know of the incident and need to hear only what changed.
    #[must_use]
    pub const fn raises(&self) -> bool {
        matches!(self, Self::SeverityIncreased { .. } | Self::CriticalJoined)
    }
}

/// How and since when the source of an incident's findings reports them closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How.
    pub state: Quiet,
    /// Since when, by the source's own time.
    pub at: Timestamp,
    /// Whether that ended the paging.
    pub stopped: bool,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id; also in the name of its escalation.
    pub id: IncidentId,
    /// Where it stands.
    pub status: State,
    /// How serious it is.
    pub severity: Severity,
    /// What kind it is.
    pub r#type: IncidentType,
    /// The AWS account it is about.
    pub account: String,
    /// The AWS Region it is about.
    pub region: String,
    /// The finding's title.
    pub title: String,
    /// The finding that opened it.
    pub finding: Finding,
    /// How many different findings it holds.
    pub findings: u64,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Who has taken it up, in order.
    #[serde(default)]
    pub acknowledgements: Vec<Deed>,
    /// How many of those had done so before it last became more serious: they know of it, and
    /// somebody must take it up anew.
    #[serde(default)]
    pub acknowledged_before: usize,
    /// Which escalation runs, from 1; becoming more serious starts another.
    pub run: u32,
    /// When that escalation began.
    pub run_at: Timestamp,
    /// Why that escalation began, if it is not the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Set while the source of its findings reports them closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// The resolved incident that its finding was of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<IncidentId>,
    /// Who ended it, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Deed>,
    /// How it escalates; fixed when it opens.
    pub plan: EscalationPlan,
    /// The highest escalation level of its team, by the policy when it opened.
    pub highest_level: u8,
    /// Counts the changes, from 1.
    pub version: u64,
}

/// Why an incident does not take an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the incident is already resolved")]
pub struct AlreadyResolved;

impl Incident {
    /// The incident `finding` opens.
    #[must_use]
    pub fn open(
        id: IncidentId,
        finding: Finding,
        policy: &Policy,
        plan: EscalationPlan,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            status: State::Open,
            severity: finding.severity,
            r#type: finding.incident_type,
            account: finding.account.clone(),
            region: finding.region.clone(),
            title: finding.title.clone(),
            highest_level: policy.highest_level(finding.severity),
            finding,
            findings: 1,
            opened_at: now,
            acknowledgements: Vec::new(),
            acknowledged_before: 0,
            run: 1,
            run_at: now,
            cause: None,
            closed: None,
            previous: None,
            resolution: None,
            plan,
            version: 1,
        }
    }

    /// What makes it a drill, if it is one.
    #[must_use]
    pub const fn drill(&self) -> Option<&Drill> {
        self.finding.drill.as_ref()
    }

    /// Whether it is a drill that sends nothing.
    #[must_use]
    pub fn dry(&self) -> bool {
        self.drill().is_some_and(|drill| drill.mode == Mode::Dry)
    }

    /// When its finding was reported, or, if that is not known, when it opened.
    #[must_use]
    pub fn reported_at(&self) -> Timestamp {
        self.finding.reported_at.unwrap_or(self.opened_at)
    }

    /// Whether this contact has acknowledged since the incident was last opened.
    #[must_use]
    pub fn acknowledged_by(&self, contact: &ContactId) -> bool {
        let named = |deed: &Deed| matches!(&deed.by, Actor::Contact(id) if id == contact);
        self.acknowledgements.iter().skip(self.acknowledged_before).any(named)
    }

    /// Whether nobody has answered and its escalation is over: nobody is being paged any more.
    #[must_use]
    pub fn gone_silent(&self, now: Timestamp) -> bool {
        let minutes = i64::from(self.plan.rounds) * i64::from(self.plan.round_minutes);
        let over = self.run_at.saturating_add(SignedDuration::from_mins(minutes));
        self.status == State::Open && over.is_ok_and(|over| now > over)
    }

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
        let mut next = self.clone();
        next.acknowledgements.push(Deed { by, at: now });
        if fresh.len() + 1 >= usize::from(self.plan.acknowledgements) {
            next.status = State::Acknowledged;
        }
        next.version += 1;
        Ok(Some(next))
    }

    /// When an acknowledged incident pages again if nobody resolves it, by its plan.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Timestamp> {
        let minutes = self.plan.acknowledgement_minutes?;
        let last = self.acknowledgements.last().filter(|_| self.status == State::Acknowledged)?;
        last.at.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok()
    }

    /// The incident after its acknowledgement has lapsed: open again, with another escalation.
    #[must_use]
    pub fn lapse(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.version += 1;
        next.reopen(Cause::AcknowledgmentTimedOut, now);
        next
    }

    fn reopen(&mut self, cause: Cause, now: Timestamp) {
        self.status = State::Open;
        self.run_at = now;
        self.acknowledged_before = self.acknowledgements.len();
        self.run += 1;
        self.cause = Some(cause);
    }

    /// The incident after a finding of this severity joined it, or, if it is not `new` to it, has become
    /// that severe: more serious, if that is more, and
    /// then open again with another escalation; that, too, if nobody is being paged any more.
    #[must_use]
    pub fn joined_by(
        &self,
        severity: Severity,
        new: bool,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        let mut next = self.clone();
        next.findings += u64::from(new);
        next.version += 1;
        if severity > self.severity {
            next.severity = severity;
            next.highest_level = policy.highest_level(severity).max(self.highest_level);
            next.reopen(Cause::SeverityIncreased { from: self.severity }, now);
        } else if self.gone_silent(now) {
            next.reopen(Cause::NotAcknowledged, now);
        }
        next
    }

    /// The turn that its escalation begins with.
    #[must_use]
    pub const fn first_turn(&self) -> Cursor {
        Cursor { run: self.run, ..Cursor::FIRST }
    }

    /// The incident after `by` resolved it; `None` if it was resolved before.
    #[must_use]
    pub fn resolve(&self, by: Actor, now: Timestamp) -> Option<Self> {
        if self.status == State::Resolved {
            return None;
        }
        let mut next = self.clone();
        next.status = State::Resolved;
        next.resolution = Some(Deed { by, at: now });
        next.version += 1;
        Some(next)
    }
}
