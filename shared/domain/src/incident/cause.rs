//! Why an escalation began that is not an incident's first, and how its source reports it closed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingIdentity, InactiveReason};
use crate::value::severity::Severity;

/// Reason why an escalation run started that is not the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cause {
    /// A finding is more severe than the severity that was paged for.
    SeverityIncreased {
        /// Previous severity.
        from: Severity,
    },
    /// Another finding of the acknowledged incident is or became Critical.
    CriticalJoined,
    /// A person requested the team by a Security Hub custom action.
    TeamRequested {
        /// Name of the custom action.
        #[cfg_attr(feature = "schema", schema(example = "Page the response team"))]
        action: String,
        /// AWS account ID in which the action was chosen.
        #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
        account: String,
    },
    /// A finding was seen again long after the acknowledgment, or after an escalation without one.
    StillHappening {
        /// Time when the finding was seen.
        #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
        seen_at: Timestamp,
    },
    /// A finding was added, or became more severe, after paging ended without enough
    /// acknowledgments.
    NotAcknowledged,
    /// The incident was not resolved in time after the acknowledgment.
    AcknowledgmentTimedOut,
    /// The source reopened a closed finding.
    Reopened,
    /// A finding is active, although paging stopped because the source closed the others.
    StillActive,
}

impl Cause {
    /// Whether contacts who were paged before know of the incident and need to hear only what changed.
    #[must_use]
    pub const fn raises(&self) -> bool {
        matches!(self, Self::SeverityIncreased { .. } | Self::CriticalJoined)
    }
}

/// Finding that started an escalation run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RunTrigger {
    /// Severity of the finding.
    pub severity: Severity,
    /// Title, in one line.
    #[cfg_attr(feature = "schema", schema(example = "Command and control activity"))]
    pub title: String,
    /// Affected resource. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(nullable = false, example = "Instance i-0c10c2c7863d1a356")
    )]
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

/// A request for the team by a Security Hub custom action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TeamRequest {
    /// ID of the event with the request.
    #[cfg_attr(feature = "schema", schema(example = "8e2f0c0e-8a55-4f4e-9c1b-1f0c0e8a554f"))]
    pub event: String,
    /// Time of the request.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
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

/// State of an incident's findings at their source, while they are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClosedAtSource {
    /// Finding that was closed. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub finding: Option<FindingIdentity>,
    /// State at the source.
    pub state: InactiveReason,
    /// Time of the state, as reported by the source.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Whether the closing stopped the paging.
    pub stopped: bool,
}

impl ClosedAtSource {
    /// Whether this is about the finding with this identity, as far as is known.
    #[must_use]
    pub fn is_about(&self, finding: &FindingIdentity) -> bool {
        self.finding.as_ref().is_none_or(|about| about == finding)
    }
}
