//! Why a finding was recorded and no more.

use crate::finding::InactiveReason;
use crate::value::words::words;

words! {
    /// Reason why a finding was only recorded.
    pub enum Reason {
        /// The severity is below the paging threshold.
        BelowThreshold = "below_threshold",
        /// The source reports the finding as informational, and the policy does not page for that.
        Informational = "informational",
        /// A sample finding, generated in GuardDuty.
        Sample = "sample",
        /// Archived at its source.
        Archived = "archived",
        /// Suppressed in Security Hub.
        Suppressed = "suppressed",
        /// Marked as resolved in Security Hub.
        Resolved = "resolved",
        /// Marked as forwarded in Security Hub.
        Notified = "notified",
        /// The control passed.
        Passed = "passed",
        /// The control could not be evaluated.
        Inconclusive = "inconclusive",
        /// A custom action that does not belong to Muster.
        AnotherAction = "another_action",
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
