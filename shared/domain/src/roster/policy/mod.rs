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

/// Paging policy: which severities page which escalation levels, and paging limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Policy {
    /// Minimum severity that pages contacts. Muster records less severe findings without paging.
    pub min_paging_severity: PagingThresholds,
    /// Highest escalation level paged for Medium and lower severities.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub max_escalation_level: u8,
    /// Highest escalation level paged for High.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub max_escalation_level_high: u8,
    /// Highest escalation level paged for Critical.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub max_escalation_level_critical: u8,
    /// Minutes after its last finding during which an open incident receives further findings of
    /// the same account and type. 0: no grouping.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1440))]
    pub grouping_window_minutes: u32,
    /// Hours after its first finding during which an incident receives further findings. Later
    /// findings open a new incident.
    #[serde(default = "default_max_grouping_hours")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 720, required = true))]
    pub max_grouping_hours: u32,
    /// Minutes after the acknowledgment, or after an escalation without one, when a repeated
    /// finding restarts paging.
    #[serde(default = "default_reminder_minutes")]
    #[cfg_attr(feature = "schema", schema(minimum = 15, maximum = 10080, required = true))]
    pub reminder_minutes: u32,
    /// Action after the source closed the findings of an incident.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub closed_at_source: ClosedAtSourceActions,
    /// Maximum text messages for each contact in 15 minutes. Further pages wait for a digest.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1000))]
    pub sms_per_15_minutes: u16,
    /// Maximum phone calls for each contact in 15 minutes. Further pages wait for a digest.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1000))]
    pub calls_per_15_minutes: u16,
    /// Maximum email messages for each contact in a minute. Further pages wait for a digest.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1000))]
    pub emails_per_minute: u16,
    /// Maximum webhook requests for each contact in a minute. Further pages wait for a digest.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1000, required = true))]
    #[serde(default = "default_webhooks_per_minute")]
    pub webhooks_per_minute: u16,
    /// Version of the policy, and who created and updated it.
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
            webhooks_per_minute: default_webhooks_per_minute(),
            stamps: Stamps::built_in(),
        }
    }
}

const fn default_max_grouping_hours() -> u32 {
    24
}

const fn default_webhooks_per_minute() -> u16 {
    10
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
