//! What one entry of a finding's `Types` says, and what the product says that reported it.
//!
//! The entries are those of ASFF (`namespace/category/classifier`), which Security Hub also puts into
//! OCSF findings, and the unified Security Hub's own ("Exposure/…", "Posture Management").

use super::guardduty::{known, native};
use super::{Category, Class};
use crate::value::incident_type::IncidentType;
use crate::value::incident_type::IncidentType::{
    AccountCompromise, DataExposure, LoggingTampering, Malware, Misconfiguration,
    ServiceDisruption, SuspiciousActivity,
};

/// Macie's policy findings about settings. Its others say that a bucket is public or shared.
const MACIE_SETTINGS: [&str; 3] =
    ["encryptiondisabled", "blockpublicaccessdisabled", "sharedwithcloudfront"];

/// What one entry says, if anything.
pub(super) fn entry(entry: &str) -> Option<Class> {
    if let Some(incident_type) = native(entry).and_then(|native| known(&native)) {
        return Some(Class::threat(incident_type));
    }
    let lower = entry.to_ascii_lowercase();
    let mut parts = lower.splitn(3, '/').map(str::trim);
    let mut part = || parts.next().unwrap_or("");
    let (namespace, category, classifier) = (part(), part(), part());
    match namespace {
        "ttps" => Some(Class::threat(tactic(category))),
        "effects" => Some(effect(category, classifier)),
        "unusual behaviors" => Some(Class::threat(SuspiciousActivity)),
        "sensitive data identifications" | "sensitive data" => Some(Class::threat(DataExposure)),
        "software and configuration checks" if category.contains("vulnerabilit") => {
            Some(Class::vulnerability(false))
        }
        "vulnerabilities" => Some(Class::vulnerability(false)),
        "software and configuration checks" | "posture management" => {
            Some(Class::control(Misconfiguration))
        }
        "exposure" => Some(Class::threat(exposure(&[entry]))),
        _ => None,
    }
}

/// MITRE ATT&CK tactics.
fn tactic(category: &str) -> IncidentType {
    match category {
        "credential access"
        | "initial access"
        | "privilege escalation"
        | "persistence"
        | "lateral movement"
        | "resource development" => AccountCompromise,
        "execution" | "command and control" => Malware,
        "collection" | "exfiltration" => DataExposure,
        "impact" => ServiceDisruption,
        "defense evasion" | "defense impairment" => LoggingTampering,
        _ => SuspiciousActivity,
    }
}

fn effect(category: &str, classifier: &str) -> Class {
    match category {
        // Access Analyzer: who inside the organization can reach a resource. Nobody outside can.
        "data exposure" if classifier.starts_with("internal access") => {
            Class::control(DataExposure)
        }
        "data exposure" if MACIE_SETTINGS.iter().any(|setting| classifier.contains(setting)) => {
            Class::control(Misconfiguration)
        }
        "data exposure" | "data exfiltration" => Class::threat(DataExposure),
        "denial of service" | "data destruction" => Class::threat(ServiceDisruption),
        "resource consumption" => Class::threat(Malware),
        _ => Class::threat(SuspiciousActivity),
    }
}

/// What an exposure opens the way to: the first of these texts that says it decides. The unified
/// Security Hub names it in the type (`Exposure/Potential Impact/Resource Hijacking`) or in the title
/// ("Potential Data Exposure: …").
pub(super) fn exposure(texts: &[&str]) -> IncidentType {
    const WORDS: [(&[&str], IncidentType); 5] = [
        (
            &["credential", "privilege", "identity", "account takeover", "lateral"],
            AccountCompromise,
        ),
        (
            &["data exposure", "data exfiltration", "data theft", "sensitive data", "exfiltration"],
            DataExposure,
        ),
        (
            &["denial of service", "destruction", "deletion", "ransom", "disruption"],
            ServiceDisruption,
        ),
        (&["hijack", "execution", "execute", "command and control", "crypto", "malware"], Malware),
        (&["vulnerab", "cve-", "exploit"], IncidentType::Vulnerability),
    ];
    // A title begins with the danger and goes on with what leads to it: the first word decides.
    let says = |text: &&str| {
        let lower = text.to_ascii_lowercase();
        let place = |words: &[&str]| words.iter().filter_map(|word| lower.find(word)).min();
        let places = WORDS.iter().filter_map(|(words, kind)| Some((place(words)?, *kind)));
        places.min_by_key(|(place, _)| *place).map(|(_, kind)| kind)
    };
    texts.iter().find_map(says).unwrap_or(Misconfiguration)
}

/// Which of the entries' classes the finding has. A threat counts before a check, since a finding of
/// both was caught in the act; a named threat counts before "suspicious".
pub(super) fn best(classes: &[Class]) -> Option<Class> {
    let threat = |class: &&Class| class.category == Category::Threat;
    let named = |class: &&Class| threat(class) && class.incident_type != SuspiciousActivity;
    let mut rest = classes.iter();
    classes
        .iter()
        .find(named)
        .or_else(|| classes.iter().find(threat))
        .or_else(|| rest.next())
        .copied()
}

/// `aws/inspector`, from the ARN `arn:P:securityhub:R::product/aws/inspector` (`productv2` in OCSF), or
/// from a bare name.
pub(super) fn product(arn: &str) -> String {
    let name = arn.rsplit(':').next().unwrap_or(arn).to_ascii_lowercase();
    let path = name.split_once('/').filter(|(first, _)| matches!(*first, "product" | "productv2"));
    path.map_or_else(|| name.clone(), |(_, path)| path.to_owned())
}

/// What a product reports, for findings whose types say nothing.
pub(super) fn by_product(product: &str) -> Option<Class> {
    const VULNERABILITIES: [&str; 6] =
        ["inspector", "tenable", "qualys", "rapid7", "snyk", "aquasecurity/aquasecurity"];
    const CONTROLS: [&str; 8] = [
        "aws/securityhub",
        "aws/config",
        "firewall-manager",
        "patch-manager",
        "device-defender-audit",
        "prowler",
        "kube-bench",
        "cloud-custodian",
    ];
    let is = |names: &[&str]| names.iter().any(|name| product.contains(name));
    if is(&["guardduty"]) {
        Some(Class::threat(SuspiciousActivity))
    } else if is(&["macie", "access-analyzer"]) {
        Some(Class::threat(DataExposure))
    } else if is(&VULNERABILITIES) {
        Some(Class::vulnerability(false))
    } else {
        is(&CONTROLS).then_some(Class::control(Misconfiguration))
    }
}

/// The incident type of a finding that GuardDuty made, from its types in ASFF or OCSF.
pub(super) fn from_guardduty(types: &[String]) -> Class {
    let natives = || types.iter().filter_map(|r#type| native(r#type));
    let incident_type = natives().find_map(|native| known(&native)).or_else(|| {
        natives().map(|native| super::guardduty(&native)).find(|kind| *kind != IncidentType::Other)
    });
    let tactic = || types.iter().find_map(|r#type| entry(r#type)).map(|class| class.incident_type);
    Class::threat(incident_type.or_else(tactic).unwrap_or(SuspiciousActivity))
}
