//! What a finding is: its incident type, the category that decides whether it pages, a known exploit.

mod asff;
mod guardduty;
mod guardduty_types;
mod ocsf;
mod taxonomy;

pub(super) use asff::asff_exploited;
pub use asff::{AsffFacts, asff};
pub(super) use guardduty::is_known;
pub use guardduty::{guardduty, native};
pub(super) use ocsf::ocsf_exploited;
pub use ocsf::{OcsfFacts, ocsf};

use super::Category;
use crate::value::incident_type::IncidentType;

/// What a finding is, whichever format it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// The type of the incident that it opens.
    pub incident_type: IncidentType,
    /// Which of the policy's thresholds applies.
    pub category: Category,
    /// Whether an exploit of the vulnerability is known. Always false for threats and controls.
    pub exploited: bool,
}

impl Class {
    const fn threat(incident_type: IncidentType) -> Self {
        Self { incident_type, category: Category::Threat, exploited: false }
    }

    const fn control(incident_type: IncidentType) -> Self {
        Self { incident_type, category: Category::Control, exploited: false }
    }

    const fn vulnerability(exploited: bool) -> Self {
        Self {
            incident_type: IncidentType::Vulnerability,
            category: Category::Vulnerability,
            exploited,
        }
    }
}

#[cfg(test)]
mod tests;
