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
use crate::value::words::words;

/// Who performed an action. One of: a contact who used a link in a page; an API caller (IAM ARN or
/// token subject); Muster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A contact who used a link in a page.
    Contact {
        /// Contact ID.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
        contact: ContactId,
    },
    /// An API caller.
    Caller {
        /// IAM ARN or token subject of the caller.
        #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
        caller: String,
    },
    /// Muster itself acted.
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

words! {
    /// Status of an incident.
    pub enum IncidentStatus {
        /// Not acknowledged. Muster pages contacts.
        Open = "open",
        /// Acknowledged by enough contacts. Muster sends no further pages.
        Acknowledged = "acknowledged",
        /// Resolved.
        Resolved = "resolved",
    }
}

/// Who acted, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attribution {
    /// Actor of the action.
    pub by: Actor,
    /// Time of the action.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Incident {
    /// Incident ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s"))]
    pub id: IncidentId,
    /// Status of the incident.
    pub status: IncidentStatus,
    /// Highest severity for which the incident paged.
    pub severity: Severity,
    /// Type of the incident.
    pub r#type: IncidentType,
    /// AWS account ID of the incident.
    #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
    pub account: String,
    /// AWS Region of the incident.
    #[cfg_attr(feature = "schema", schema(example = "eu-central-1"))]
    pub region: String,
    /// Title of the finding.
    #[cfg_attr(feature = "schema", schema(example = "Command and control activity"))]
    pub title: String,
    /// Most severe finding of the incident. Pages describe this finding.
    pub finding: Finding,
    /// Number of findings that opened the incident or restarted its paging.
    pub finding_count: u64,
    /// Time when the incident opened.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub opened_at: Timestamp,
    /// Acknowledgments, oldest first.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub acknowledgments: Vec<Attribution>,
    /// Number of acknowledgments before the last severity increase.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub previous_acknowledgments: usize,
    /// Number of the current escalation run (1-based). A severity increase starts a new run.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub run: u32,
    /// Start time of the current run.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub run_started_at: Timestamp,
    /// Reason why the current run started. Omitted in the first run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub cause: Option<Cause>,
    /// Finding that started the current run. Omitted if it is the finding of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub trigger: Option<RunTrigger>,
    /// Last request for the team by a Security Hub custom action. Omitted if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub team_request: Option<TeamRequest>,
    /// Present while the source reports the findings as closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub closed_at_source: Option<ClosedAtSource>,
    /// ID of the resolved incident in which this finding was first reported. Omitted if there is
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s", nullable = false))]
    pub previous_incident: Option<IncidentId>,
    /// Actor and time of the resolution. Omitted until it is resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub resolution: Option<Attribution>,
    /// Escalation plan, chosen when the incident opens and when its severity increases.
    pub escalation_plan: EscalationPlan,
    /// Highest escalation level of the team, 1 to 4.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub max_escalation_level: u8,
    /// Version number, increased by each change.
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
