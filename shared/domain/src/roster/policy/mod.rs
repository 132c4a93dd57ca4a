//! The policy: who belongs to the team by severity and from where on people are paged.

mod closed;
pub mod draft;
mod threshold;

use serde::{Deserialize, Serialize};

pub use self::closed::{ClosedAtSourceAction, ClosedAtSourceActions};
pub use self::threshold::{PagingThresholds, Threshold};

use crate::value::category::Category;
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;

/// The roster's policy. It is data, with these defaults while nobody has changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// From which severity each kind of source pages; below it a finding is recorded.
    pub min_paging_severity: PagingThresholds,
    /// The highest escalation level paged for Medium and below.
    pub max_escalation_level: u8,
    /// The same for High.
    pub max_escalation_level_high: u8,
    /// The same for Critical.
    pub max_escalation_level_critical: u8,
    /// How long after its last finding an incident takes in others of its account and type, in
    /// minutes; 0 for never.
    pub grouping_window_minutes: u32,
    /// How long after its first finding a group takes in others, in hours; then a finding opens a new incident.
    #[serde(default = "default_max_grouping_hours")]
    pub max_grouping_hours: u32,
    /// How long after the acknowledgment, or after an escalation that nobody answered, a finding that is seen
    /// again restarts paging, in minutes.
    #[serde(default = "default_reminder_minutes")]
    pub reminder_minutes: u32,
    /// What follows when the source of an incident's findings reports them closed.
    #[serde(default)]
    pub closed_at_source: ClosedAtSourceActions,
    /// How many text messages one person gets in 15 minutes; what is more waits for a digest.
    pub sms_per_15_minutes: u16,
    /// How many calls.
    pub calls_per_15_minutes: u16,
    /// How many e-mails in a minute.
    pub emails_per_minute: u16,
    /// Who changed it.
    #[serde(flatten)]
    pub stamps: Stamps,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_paging_severity: PagingThresholds::default(),
            max_escalation_level: 2,
            max_escalation_level_high: 3,
            max_escalation_level_critical: 4,
            grouping_window_minutes: 60,
            max_grouping_hours: default_max_grouping_hours(),
            reminder_minutes: default_reminder_minutes(),
            closed_at_source: ClosedAtSourceActions::default(),
            sms_per_15_minutes: 5,
            calls_per_15_minutes: 3,
            emails_per_minute: 1,
            stamps: Stamps::built_in(),
        }
    }
}

const fn default_max_grouping_hours() -> u32 {
    24
}

const fn default_reminder_minutes() -> u32 {
    240
}

impl Policy {
    /// Returns what follows when the source closes a finding of this category.
    #[must_use]
    pub const fn when_closed(&self, category: Category) -> ClosedAtSourceAction {
        self.closed_at_source.of(category)
    }

    /// The highest escalation level paged for `severity`.
    #[must_use]
    pub const fn highest_level(&self, severity: Severity) -> u8 {
        match severity {
            Severity::Critical => self.max_escalation_level_critical,
            Severity::High => self.max_escalation_level_high,
            Severity::Medium | Severity::Low | Severity::Informational => self.max_escalation_level,
        }
    }
}
