//! Why an escalation began that is not an incident's first, and how its source reports it closed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Quiet;
use crate::severity::Severity;

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
