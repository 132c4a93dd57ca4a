//! The policy: who belongs to the team by severity and from where on people are paged.

use serde::{Deserialize, Serialize};

use crate::severity::Severity;
use crate::stamps::Stamps;

/// The roster's policy. It is data, with these defaults while nobody has changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The least severity that pages people; below it a finding is recorded.
    pub page_from: Severity,
    /// The highest escalation level paged for Medium and below.
    pub levels: u8,
    /// The same for High.
    pub levels_high: u8,
    /// The same for Critical.
    pub levels_critical: u8,
    /// How long after its last finding an incident takes in others of its account and type, in
    /// minutes; 0 for never.
    pub group_minutes: u32,
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
            page_from: Severity::Medium,
            levels: 2,
            levels_high: 3,
            levels_critical: 4,
            group_minutes: 60,
            sms_per_15_minutes: 5,
            calls_per_15_minutes: 3,
            emails_per_minute: 1,
            stamps: Stamps::built_in(),
        }
    }
}

impl Policy {
    /// The highest escalation level paged for `severity`.
    #[must_use]
    pub const fn highest_level(&self, severity: Severity) -> u8 {
        match severity {
            Severity::Critical => self.levels_critical,
            Severity::High => self.levels_high,
            Severity::Medium | Severity::Low | Severity::Informational => self.levels,
        }
    }
}
