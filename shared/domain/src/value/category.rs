//! What kind of source reports a finding.

use serde::{Deserialize, Serialize};

use crate::value::incident_type::IncidentType;

/// What kind of source reports a finding: each has its own paging threshold.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Something happens or has happened.
    #[default]
    Threat,
    /// A known weakness in software.
    Vulnerability,
    /// A control or the posture of a resource.
    Control,
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
