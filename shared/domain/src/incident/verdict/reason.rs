//! Why a finding was recorded and no more.

use serde::{Deserialize, Serialize};

use crate::finding::InactiveReason;

/// Why a finding was recorded and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Less severe than the policy pages for.
    BelowThreshold,
    /// Its source says that it is for information, and the policy pages nobody for that.
    Informational,
    /// Made by "generate sample findings".
    Sample,
    /// Archived at its source.
    Archived,
    /// Suppressed in Security Hub.
    Suppressed,
    /// Marked as resolved in Security Hub.
    Resolved,
    /// Marked in Security Hub as handed on.
    Notified,
    /// A control that passed.
    Passed,
    /// A control that could not be checked.
    Inconclusive,
    /// A custom action that is not Muster's.
    AnotherAction,
}

impl Reason {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BelowThreshold => "below_threshold",
            Self::Informational => "informational",
            Self::Sample => "sample",
            Self::Archived => "archived",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
            Self::Notified => "notified",
            Self::Passed => "passed",
            Self::Inconclusive => "inconclusive",
            Self::AnotherAction => "another_action",
        }
    }
}

impl From<InactiveReason> for Reason {
    fn from(quiet: InactiveReason) -> Self {
        match quiet {
            InactiveReason::Sample => Self::Sample,
            InactiveReason::Archived => Self::Archived,
            InactiveReason::Suppressed => Self::Suppressed,
            InactiveReason::Resolved => Self::Resolved,
            InactiveReason::Notified => Self::Notified,
            InactiveReason::Passed => Self::Passed,
            InactiveReason::Inconclusive => Self::Inconclusive,
        }
    }
}
