//! What kind of source reports a finding.

use crate::value::incident_type::IncidentType;
use crate::value::words::words;

words! {
    /// Category of a finding. Each category has its own paging threshold.
    pub enum Category default Threat {
        /// Activity of an attacker, suspected or confirmed.
        Threat = "threat",
        /// A known software vulnerability.
        Vulnerability = "vulnerability",
        /// A failed security control, or the configuration of a resource.
        Control = "control",
    }
}

impl Category {
    /// Returns the category that findings of this type usually have.
    #[must_use]
    pub const fn of(incident_type: IncidentType) -> Self {
        match incident_type {
            IncidentType::Vulnerability => Self::Vulnerability,
            IncidentType::Misconfiguration => Self::Control,
            _ => Self::Threat,
        }
    }
}
