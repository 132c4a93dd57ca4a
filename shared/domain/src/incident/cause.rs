//! Why an escalation began that is not an incident's first, and how its source reports it closed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingIdentity, InactiveReason};
use crate::value::severity::Severity;

/// Why an escalation of an incident began that is not its first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cause {
    /// A finding is more severe than what was paged for.
    SeverityIncreased {
        /// The severity before.
        from: Severity,
    },
    /// Another finding than the headline joined as Critical, or became Critical, while the incident was acknowledged.
    CriticalJoined,
    /// A person asked for the team by a Security Hub custom action.
    TeamRequested {
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
    /// A finding joined, or became more severe, after paging had ended without enough acknowledgments.
    NotAcknowledged,
    /// Nobody resolved the incident in time after the acknowledgment.
    AcknowledgmentTimedOut,
    /// A finding that its source had closed was reopened there.
    Reopened,
    /// A finding is active although paging had ended because its source had closed the others.
    StillActive,
}

impl Cause {
    /// Whether contacts who were paged before know of the incident and need to hear only what changed.
    #[must_use]
    pub const fn raises(&self) -> bool {
        matches!(self, Self::SeverityIncreased { .. } | Self::CriticalJoined)
    }
}

/// What names the finding for which an escalation began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTrigger {
    /// How severe it is.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What it is about, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl RunTrigger {
    /// Returns what names `finding`.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            severity: finding.severity,
            title: finding.title.clone(),
            resource: finding.resource.clone(),
        }
    }
}

/// How long findings that a person asks for are of one request: a press on the button for several selected findings is
/// an event for each of them.
const ONE_REQUEST: SignedDuration = SignedDuration::from_mins(2);

/// A request of a person for the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRequest {
    /// The event that brought it.
    pub event: String,
    /// When.
    pub at: Timestamp,
}

impl TeamRequest {
    /// Returns the request with which `finding` came, if a person asked with it.
    #[must_use]
    pub fn of(finding: &Finding, now: Timestamp) -> Option<Self> {
        let asked = finding.custom_action.as_ref()?;
        Some(Self { event: asked.event.clone(), at: finding.reported_at.unwrap_or(now) })
    }

    /// Whether `later` is part of this request.
    #[must_use]
    pub fn holds(&self, later: &Self) -> bool {
        let same = !self.event.is_empty() && self.event == later.event;
        same || later.at.duration_since(self.at).abs() < ONE_REQUEST
    }
}

/// How and since when the source of an incident's findings reports them closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedAtSource {
    /// The finding that this is about; earlier versions did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingIdentity>,
    /// How.
    pub state: InactiveReason,
    /// Since when, by the source's own time.
    pub at: Timestamp,
    /// Whether that ended the paging.
    pub stopped: bool,
}

impl ClosedAtSource {
    /// Whether this is about the finding with this identity, as far as is known.
    #[must_use]
    pub fn is_about(&self, finding: &FindingIdentity) -> bool {
        self.finding.as_ref().is_none_or(|about| about == finding)
    }
}
