//! The incident type of a GuardDuty finding type: by the table, and by its parts if it is not in there.

use super::guardduty_types::{ACTIVE, RETIRED};
use crate::value::incident_type::IncidentType;

/// The incident type of `ThreatPurpose:Resource/Family.Mechanism!Artifact`, compared without regard to
/// case: the documentation and the real types differ in it. A type that is not in the table falls back
/// on its purpose; one without a known purpose is [`IncidentType::Other`].
#[must_use]
pub fn guardduty(finding_type: &str) -> IncidentType {
    known(finding_type).unwrap_or_else(|| by_purpose(finding_type))
}

/// The GuardDuty type inside an ASFF or OCSF type, such as
/// `TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce`. Security Hub writes the slash of most
/// types as a hyphen, and leaves it in others (`TTPs/AttackSequence:IAM/CompromisedCredentials`).
#[must_use]
pub fn native(r#type: &str) -> Option<String> {
    let colon = r#type.find(':')?;
    let (before, rest) = r#type.split_at(colon);
    let purpose = before.rsplit('/').next().unwrap_or(before);
    let rest = if rest.contains('/') { rest.to_owned() } else { rest.replacen('-', "/", 1) };
    Some(format!("{purpose}{rest}"))
}

/// The incident type of a type that the table names.
pub(super) fn known(finding_type: &str) -> Option<IncidentType> {
    let named = |names: &&[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(finding_type));
    ACTIVE.iter().chain(RETIRED).find(|(_, names)| named(names)).map(|(kind, _)| *kind)
}

/// Checks whether the table has this type, or one of the same family (`BitcoinTool.B!DNS`) with another purpose or
/// resource.
pub(in crate::finding) fn is_known(finding_type: &str) -> bool {
    let Some((before, family)) = finding_type.rsplit_once('/') else { return false };
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let same = |name: &&str| {
        name.rsplit_once('/').is_some_and(|(_, known)| known.eq_ignore_ascii_case(family))
    };
    let named = |names: &&[&str]| names.iter().any(same);
    before.split_once(':').is_some_and(|(purpose, resource)| word(purpose) && word(resource))
        && ACTIVE.iter().chain(RETIRED).any(|(_, names)| named(names))
}

fn by_purpose(finding_type: &str) -> IncidentType {
    use IncidentType::{
        AccountCompromise, DataExposure, LoggingTampering, Malware, Misconfiguration, Other,
        PenetrationTest, ServiceDisruption, SuspiciousActivity,
    };
    let lower = finding_type.to_ascii_lowercase();
    let (purpose, rest) = lower.split_once(':').unwrap_or((&lower, ""));
    let (resource, family) = rest.split_once('/').unwrap_or((rest, ""));
    let holds_data = matches!(resource, "s3" | "rds" | "dynamodb" | "redshift");
    match purpose {
        "attacksequence" | "discovery" | "unauthorizedaccess" if holds_data => DataExposure,
        "attacksequence" if matches!(resource, "ec2" | "ecs" | "eks" | "lambda") => Malware,
        "attacksequence"
        | "credentialaccess"
        | "initialaccess"
        | "privilegeescalation"
        | "persistence"
        | "lateralmovement"
        | "resourcedevelopment"
        | "resourceconsumption"
        | "unauthorizedaccess" => AccountCompromise,
        "backdoor" if family.starts_with("denialofservice") => ServiceDisruption,
        "trojan" if family.contains("exfiltration") => DataExposure,
        "backdoor" | "trojan" | "execution" | "object" | "cryptocurrency" | "commandandcontrol" => {
            Malware
        }
        "exfiltration" | "collection" => DataExposure,
        "impact" => impact(family),
        "defenseevasion" => evasion(resource, family),
        "stealth" | "defenseimpairment" => LoggingTampering,
        "recon" | "reconnaissance" | "discovery" | "behavior" => SuspiciousActivity,
        "policy" => Misconfiguration,
        "pentest" => PenetrationTest,
        _ => Other,
    }
}

/// Half of the known `Impact` types disrupt nothing: the machine works for another.
fn impact(family: &str) -> IncidentType {
    let has = |words: &[&str]| words.iter().any(|word| family.contains(word));
    if has(&["domain", "miner", "mining", "bitcoin", "sweep", "scan", "bruteforce"]) {
        IncidentType::Malware
    } else if has(&["hijack", "harvest", "invocation"]) {
        IncidentType::AccountCompromise
    } else if has(&["permission"]) {
        IncidentType::DataExposure
    } else {
        IncidentType::ServiceDisruption
    }
}

/// Most of the known `DefenseEvasion` types are processes that hide; only some touch a log.
fn evasion(resource: &str, family: &str) -> IncidentType {
    if family.contains("log") || family.contains("trail") || resource.starts_with("iam") {
        IncidentType::LoggingTampering
    } else if matches!(resource, "runtime" | "container" | "ecs" | "lambda") {
        IncidentType::Malware
    } else if resource == "kubernetes" {
        IncidentType::AccountCompromise
    } else {
        IncidentType::SuspiciousActivity
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(
        table: &[(IncidentType, &'static [&'static str])],
    ) -> impl Iterator<Item = (IncidentType, &'static str)> {
        table.iter().flat_map(|(kind, names)| names.iter().map(|name| (*kind, *name)))
    }

    #[test]
    fn every_known_type_has_one_incident_type_and_none_is_other() {
        let all: Vec<_> = names(ACTIVE).chain(names(RETIRED)).collect();
        let distinct: BTreeSet<_> = all.iter().map(|(_, name)| name.to_ascii_lowercase()).collect();
        assert_eq!(distinct.len(), all.len());
        for (kind, name) in all {
            assert_ne!(kind, IncidentType::Other, "{name}");
            assert_eq!(guardduty(&name.to_ascii_uppercase()), kind, "{name}");
            let (purpose, rest) = name.split_once(':').unwrap();
            assert!(!purpose.is_empty() && rest.split_once('/').is_some(), "{name}");
            assert!(name.len() <= 100, "{name}");
            assert!(is_known(name), "{name}");
        }
    }

    /// 204 in the guide's table of active types and 25 of custom detection rules; 21 are retired.
    #[test]
    fn the_table_is_the_guides() {
        assert_eq!(names(ACTIVE).count(), 204 + 25);
        assert_eq!(names(RETIRED).count(), 21);
    }

    #[test]
    fn without_the_table_every_known_type_still_has_an_incident_type() {
        for (_, name) in names(ACTIVE).chain(names(RETIRED)) {
            assert_ne!(by_purpose(name), IncidentType::Other, "{name}");
        }
    }

    #[test]
    fn the_purpose_alone_does_not_decide() {
        for (kind, name) in names(ACTIVE) {
            let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
            if has(&["Domain", "Bitcoin", "Miner", "PortSweep", "BruteForce"]) {
                assert_ne!(kind, IncidentType::ServiceDisruption, "{name}");
            }
            if has(&["ProcessInjection", "FilelessExecution"]) {
                assert_eq!(kind, IncidentType::Malware, "{name}");
            }
        }
        let check = |finding_type: &str, expected: &str| {
            assert_eq!(guardduty(finding_type).name(), expected, "{finding_type}");
        };
        check("AttackSequence:S3/CompromisedData", "data_exposure");
        check("AttackSequence:IAM/CompromisedCredentials", "account_compromise");
        check("CryptoCurrency:Runtime/BitcoinTool.B", "malware");
        check("Cryptocurrency:EC2/BitcoinTool.B!DNS", "malware");
        check("Impact:Runtime/CryptoMinerExecuted", "malware");
        check("Impact:EC2/AbusedDomainRequest.Reputation", "malware");
        check("Impact:S3/AnomalousBehavior.Delete", "service_disruption");
        check("Discovery:S3/AnomalousBehavior", "data_exposure");
        check("Discovery:Kubernetes/MaliciousIPCaller", "suspicious_activity");
        check("Stealth:IAMUser/CloudTrailLoggingDisabled", "logging_tampering");
        check("DefenseImpairment:EC2/DisableOrModifyTools", "logging_tampering");
        check("DefenseImpairment:S3/DisableOrModifyTools", "service_disruption");
        check("LateralMovement:EC2/RemoteServices", "account_compromise");
        check("ResourceDevelopment:SES/CompromiseAccounts", "account_compromise");
        check("Policy:S3/BucketBlockPublicAccessDisabled", "misconfiguration");
        check("PenTest:IAMUser/KaliLinux", "penetration_test");
    }

    #[test]
    fn new_types_fall_back_on_their_purpose() {
        let check = |finding_type: &str, expected: &str| {
            assert_eq!(guardduty(finding_type).name(), expected, "{finding_type}");
        };
        check("AttackSequence:S3/NewKind", "data_exposure");
        check("AttackSequence:ECS/NewKind", "malware");
        check("AttackSequence:Bedrock/NewKind", "account_compromise");
        check("Impact:Lambda/MaliciousDomainRequest.Custom", "malware");
        check("Impact:Lambda/PortSweep", "malware");
        check("Impact:RDS/DataEncrypted", "service_disruption");
        check("DefenseEvasion:Runtime/NewTrick", "malware");
        check("DefenseEvasion:EKS/AuditLogDisabled", "logging_tampering");
        check("DefenseImpairment:Lambda/DisableOrModifyTools", "logging_tampering");
        check("lateralmovement:ssm/remoteservices", "account_compromise");
        check("ResourceDevelopment:SNS/AcquireInfrastructure", "account_compromise");
        check("Exfiltration:DynamoDB/ExportToOtherAccount", "data_exposure");
        check("Canary:EC2/Stateless.IntegTest", "other");
        check("", "other");
    }

    #[test]
    fn native_types_are_found_inside_others() {
        let check = |r#type: &str, expected: Option<&str>| {
            assert_eq!(native(r#type).as_deref(), expected, "{type}");
        };
        check(
            "TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS",
            Some("Backdoor:EC2/C&CActivity.B!DNS"),
        );
        check(
            "TTPs/AttackSequence:EKS/CompromisedCluster",
            Some("AttackSequence:EKS/CompromisedCluster"),
        );
        check(
            "TTPs/AttackSequence:EKS-CompromisedCluster",
            Some("AttackSequence:EKS/CompromisedCluster"),
        );
        check(
            "Stealth:S3/ServerAccessLoggingDisabled",
            Some("Stealth:S3/ServerAccessLoggingDisabled"),
        );
        check("Effects/Data Exposure", None);
        check(":", Some(":"));
    }
}
