//! An incident: what it is about, how serious it is, and who has taken it up.

mod cause;
mod changes;
pub mod course;
pub mod digest;
pub mod drill;
pub mod escalation;
pub mod event;
pub mod facts;
pub mod ladder;
pub mod send;
pub mod update;
pub mod verdict;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::cause::{Cause, ClosedAtSource, RunTrigger, TeamRequest};
pub use self::changes::AlreadyResolved;

use crate::finding::Finding;
use crate::finding::drill::{Drill, DrillMode};
use crate::incident::escalation::Cursor;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::value::id::{ContactId, IncidentId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A contact, by the link in a page.
    Contact {
        /// The contact ID.
        contact: ContactId,
    },
    /// A caller of the API, by its IAM ARN.
    Caller {
        /// The IAM ARN, or the subject of the token.
        caller: String,
    },
    /// Muster itself.
    Muster,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contact { contact } => write!(f, "{contact}"),
            Self::Caller { caller } => f.write_str(caller),
            Self::Muster => f.write_str("Muster"),
        }
    }
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// Nobody has taken it up: people are paged.
    Open,
    /// Somebody has taken it up: no further page.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl IncidentStatus {
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
pub struct Attribution {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id; also in the name of its escalation.
    pub id: IncidentId,
    /// Where it stands.
    pub status: IncidentStatus,
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
    /// The most severe of its findings, which pages and mails speak of. The opener stays on the timeline.
    pub finding: Finding,
    /// How many findings opened it or restarted its paging; those that only joined are counted beside it.
    pub finding_count: u64,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Who has taken it up, in order.
    #[serde(default)]
    pub acknowledgments: Vec<Attribution>,
    /// How many of those had done so before it last became more serious: they know of it, and
    /// somebody must take it up anew.
    #[serde(default)]
    pub previous_acknowledgments: usize,
    /// Which escalation runs, from 1; becoming more serious starts another.
    pub run: u32,
    /// When that escalation began.
    pub run_started_at: Timestamp,
    /// Why that escalation began, if it is not the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The finding for which that escalation began, if it is not the one that the incident is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<RunTrigger>,
    /// The last request of a person for the team, by a Security Hub custom action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_request: Option<TeamRequest>,
    /// Set while the source of its findings reports them closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at_source: Option<ClosedAtSource>,
    /// The resolved incident that its finding was of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_incident: Option<IncidentId>,
    /// Who ended it, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Attribution>,
    /// How it escalates; chosen when it opens and when it becomes more severe.
    pub escalation_plan: EscalationPlan,
    /// The highest escalation level of its team, by the policy when it opened.
    pub max_escalation_level: u8,
    /// Counts the changes, from 1.
    pub version: u64,
}

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
            status: IncidentStatus::Open,
            severity: finding.severity,
            r#type: finding.incident_type,
            account: finding.account.clone(),
            region: finding.region.clone(),
            title: finding.title.clone(),
            max_escalation_level: policy.highest_level(finding.severity),
            team_request: TeamRequest::of(&finding, now),
            finding,
            finding_count: 1,
            opened_at: now,
            acknowledgments: Vec::new(),
            previous_acknowledgments: 0,
            run: 1,
            run_started_at: now,
            cause: None,
            trigger: None,
            closed_at_source: None,
            previous_incident: None,
            resolution: None,
            escalation_plan: plan,
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
        self.drill().is_some_and(|drill| drill.mode == DrillMode::DryRun)
    }

    /// When its finding was reported, or, if that is not known, when it opened.
    #[must_use]
    pub fn reported_at(&self) -> Timestamp {
        self.finding.reported_at.unwrap_or(self.opened_at)
    }

    /// Whether this contact has acknowledged since the incident was last opened.
    #[must_use]
    pub fn acknowledged_by(&self, contact: &ContactId) -> bool {
        let named = |deed: &Attribution| matches!(&deed.by, Actor::Contact { contact: id } if id == contact);
        self.acknowledgments.iter().skip(self.previous_acknowledgments).any(named)
    }

    /// Returns since when nobody is being paged although nobody has acknowledged: its escalation ended, or its
    /// source's word ended it.
    #[must_use]
    pub fn silent_since(&self, now: Timestamp) -> Option<Timestamp> {
        if self.status != IncidentStatus::Open {
            return None;
        }
        if self.stopped() {
            return Some(self.run_started_at);
        }
        let minutes = i64::from(self.escalation_plan.rounds)
            * i64::from(self.escalation_plan.round_interval_minutes);
        let over = self.first_due().saturating_add(SignedDuration::from_mins(minutes)).ok()?;
        (now > over).then_some(over)
    }

    /// Whether its source's word has ended the paging.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.closed_at_source.as_ref().is_some_and(|closed| closed.stopped)
    }

    /// When an acknowledged incident pages again if nobody resolves it, by its plan.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Timestamp> {
        if self.stopped() {
            return None;
        }
        let minutes = self.escalation_plan.acknowledgment_timeout_minutes?;
        let last =
            self.acknowledgments.last().filter(|_| self.status == IncidentStatus::Acknowledged)?;
        last.at.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok()
    }

    /// The turn that its escalation begins with.
    #[must_use]
    pub const fn first_turn(&self) -> Cursor {
        Cursor { run: self.run, ..Cursor::FIRST }
    }

    /// When the first step of its current escalation run pages.
    ///
    /// The step waits its minutes in the first run, and again after an acknowledgment timed out. Any
    /// other run begins because something happened that must not wait: the team knew of the incident,
    /// and it got worse or went on. A drill that sends nothing waits for nothing.
    #[must_use]
    pub fn first_due(&self) -> Timestamp {
        let minutes =
            if self.dry() || !self.waits() { 0 } else { self.escalation_plan.first_minutes() };
        let wait = SignedDuration::from_mins(i64::from(minutes));
        self.run_started_at.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    fn waits(&self) -> bool {
        self.run == 1 || self.cause == Some(Cause::AcknowledgmentTimedOut)
    }

    /// Whether the turn at `cursor` begins a run for which contacts who were reached before hear only
    /// what changed.
    #[must_use]
    pub fn raised_turn(&self, cursor: Cursor) -> bool {
        cursor == self.first_turn() && self.cause.as_ref().is_some_and(Cause::raises)
    }
}
