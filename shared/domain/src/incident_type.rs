//! What kind of incident a finding is, from the type its product gave it.

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
    /// From a `GuardDuty` finding type, `ThreatPurpose:Resource/Family…`, without regard to case:
    /// the documentation and the real types differ in it.
    #[must_use]
    pub fn from_guardduty(finding_type: &str) -> Self {
        let lower = finding_type.to_ascii_lowercase();
        let (purpose, rest) = lower.split_once(':').unwrap_or((&lower, ""));
        match purpose {
            "attacksequence"
            | "credentialaccess"
            | "initialaccess"
            | "privilegeescalation"
            | "persistence"
            | "unauthorizedaccess" => Self::AccountCompromise,
            "backdoor" | "trojan" | "execution" | "object" | "cryptocurrency" => Self::Malware,
            "exfiltration" => Self::DataExposure,
            "discovery" if rest.starts_with("s3/") => Self::DataExposure,
            "impact" => Self::ServiceDisruption,
            "stealth" | "defenseevasion" => Self::LoggingTampering,
            "recon" | "discovery" | "behavior" => Self::SuspiciousActivity,
            "policy" => Self::Misconfiguration,
            "pentest" => Self::PenetrationTest,
            _ => Self::Other,
        }
    }

    /// From an ASFF type, `namespace/category/classifier` (ASFF "Types" taxonomy).
    #[must_use]
    pub fn from_asff(asff_type: &str) -> Self {
        let lower = asff_type.to_ascii_lowercase();
        let mut parts = lower.splitn(3, '/');
        let (namespace, category) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        match (namespace, category) {
            (
                "ttps",
                "credential access"
                | "initial access"
                | "privilege escalation"
                | "persistence"
                | "lateral movement",
            ) => Self::AccountCompromise,
            ("ttps", "execution" | "command and control") | ("effects", "resource consumption") => {
                Self::Malware
            }
            ("ttps", "collection" | "exfiltration")
            | ("effects", "data exposure" | "data exfiltration")
            | ("sensitive data identifications", _) => Self::DataExposure,
            ("effects", "denial of service" | "data destruction") | ("ttps", "impact") => {
                Self::ServiceDisruption
            }
            ("ttps", "defense evasion") => Self::LoggingTampering,
            ("unusual behaviors" | "ttps", _) => Self::SuspiciousActivity,
            ("software and configuration checks", _) => Self::Misconfiguration,
            _ => Self::Other,
        }
    }

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
    fn guardduty_types() {
        let check = |finding_type: &str, expected: &str| {
            assert_eq!(
                IncidentType::from_guardduty(finding_type).name(),
                expected,
                "{finding_type}"
            );
        };
        check("AttackSequence:IAM/CompromisedCredentials", "account_compromise");
        check("CryptoCurrency:EC2/BitcoinTool.B!DNS", "malware");
        check("Cryptocurrency:EC2/BitcoinTool.B!DNS", "malware");
        check("Discovery:S3/AnomalousBehavior", "data_exposure");
        check("Discovery:Kubernetes/MaliciousIPCaller", "suspicious_activity");
        check("Impact:EC2/AbusedDomainRequest.Reputation", "service_disruption");
        check("Stealth:IAMUser/CloudTrailLoggingDisabled", "logging_tampering");
        check("Policy:S3/BucketBlockPublicAccessDisabled", "misconfiguration");
        check("PenTest:IAMUser/KaliLinux", "penetration_test");
        check("Canary", "other");
        check("", "other");
    }

    #[test]
    fn asff_types() {
        let check = |asff_type: &str, expected: &str| {
            assert_eq!(IncidentType::from_asff(asff_type).name(), expected, "{asff_type}");
        };
        check(
            "Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal",
            "data_exposure",
        );
        check("Software and Configuration Checks/Vulnerabilities/CVE", "misconfiguration");
        check("Unusual Behaviors/User", "suspicious_activity");
        check("TTPs/Defense Evasion/x", "logging_tampering");
        check("nonsense", "other");
    }
}
