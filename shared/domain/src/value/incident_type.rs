//! The types of incidents. `finding::classify` says which one a finding opens.

use serde::{Deserialize, Serialize};

/// A kind of incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentType {
    /// Somebody else acts as one of us.
    AccountCompromise,
    /// Hostile code, or our machines used for somebody's ends.
    Malware,
    /// Data read or taken.
    DataExposure,
    /// A service broken or flooded.
    ServiceDisruption,
    /// Traces removed or logging switched off.
    LoggingTampering,
    /// Unusual, not yet understood.
    SuspiciousActivity,
    /// A known weakness in software, not known to be used.
    Vulnerability,
    /// A setting that invites trouble.
    Misconfiguration,
    /// Tools of testers: ours, or somebody posing as them.
    PenetrationTest,
    /// None of these.
    Other,
}

impl IncidentType {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::AccountCompromise,
        Self::Malware,
        Self::DataExposure,
        Self::ServiceDisruption,
        Self::LoggingTampering,
        Self::SuspiciousActivity,
        Self::Vulnerability,
        Self::Misconfiguration,
        Self::PenetrationTest,
        Self::Other,
    ];

    /// The kind with this name in JSON.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountCompromise => "account_compromise",
            Self::Malware => "malware",
            Self::DataExposure => "data_exposure",
            Self::ServiceDisruption => "service_disruption",
            Self::LoggingTampering => "logging_tampering",
            Self::SuspiciousActivity => "suspicious_activity",
            Self::Vulnerability => "vulnerability",
            Self::Misconfiguration => "misconfiguration",
            Self::PenetrationTest => "penetration_test",
            Self::Other => "other",
        }
    }

    /// Returns the name for people: `account compromise`. A type that tells nothing reads "security finding".
    #[must_use]
    pub fn words(self) -> String {
        if self == Self::Other {
            return "security finding".to_owned();
        }
        self.name().replace('_', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::IncidentType;

    #[test]
    fn names_are_what_serde_says() {
        for kind in IncidentType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(IncidentType::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn words_say_something_about_every_type() {
        assert_eq!(IncidentType::AccountCompromise.words(), "account compromise");
        assert_eq!(IncidentType::Vulnerability.words(), "vulnerability");
        assert!(IncidentType::ALL.iter().all(|kind| !kind.words().contains("other")));
    }
}
