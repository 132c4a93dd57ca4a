//! The types of incidents. `finding::classify` says which one a finding opens.

use crate::value::words::words;

words! {
    /// Type of an incident.
    pub enum IncidentType {
        /// Another party uses an identity or credentials of your organization.
        AccountCompromise = "account_compromise",
        /// Malicious code, or resources used for an attacker's purposes.
        Malware = "malware",
        /// Data was read or copied without permission.
        DataExposure = "data_exposure",
        /// A service is interrupted or overloaded.
        ServiceDisruption = "service_disruption",
        /// Logs were removed, or logging was turned off.
        LoggingTampering = "logging_tampering",
        /// Unusual activity that is not yet understood.
        SuspiciousActivity = "suspicious_activity",
        /// A known software vulnerability.
        Vulnerability = "vulnerability",
        /// An insecure configuration.
        Misconfiguration = "misconfiguration",
        /// Penetration testing tools, used by testers or by an attacker.
        PenetrationTest = "penetration_test",
        /// Any other incident.
        Other = "other",
    }
}

impl IncidentType {
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
