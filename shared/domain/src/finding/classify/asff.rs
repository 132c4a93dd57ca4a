//! Findings in ASFF: from all their types, the product, and whether they are checks.

use super::taxonomy::{best, by_product, entry, from_guardduty, product};
use super::{Category, Class};
use crate::finding::tree::Tree;
use crate::value::incident_type::IncidentType::{
    AccountCompromise, DataExposure, Malware, Misconfiguration, Other, ServiceDisruption,
    SuspiciousActivity,
};

/// What of a finding in ASFF tells its class.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsffFacts<'a> {
    /// `Types`, or `FindingProviderFields.Types` where it is missing.
    pub types: &'a [String],
    /// `ProductArn`.
    pub product_arn: &'a str,
    /// `Title`.
    pub title: &'a str,
    /// Whether there is a `Compliance`: the finding is the result of a check.
    pub compliance: bool,
    /// Whether `Vulnerabilities` names one.
    pub vulnerabilities: bool,
    /// Whether an exploit of one of them is known.
    pub exploited: bool,
}

/// Whether an exploit of one of `Vulnerabilities` is known: `ExploitAvailable` is `YES`, or it says when
/// one was last seen.
pub(in crate::finding) fn asff_exploited(vulnerability: &Tree) -> bool {
    vulnerability.is("ExploitAvailable", "YES")
        || vulnerability.text("LastKnownExploitAt").is_some()
}

/// The class of a finding in ASFF.
///
/// - GuardDuty's are threats, by their native type.
/// - A CVE, and whatever Inspector reports, is a vulnerability.
/// - The result of a check is a control, whatever its types say that it could lead to.
/// - Access that outsiders have (Access Analyzer, Macie) and sensitive data where it was not expected are
///   threats: no check of a setting, but something that can be read now.
/// - A finding that says nothing about itself is a threat: better a page too many than a lost one.
#[must_use]
pub fn asff(facts: &AsffFacts<'_>) -> Class {
    let product = product(facts.product_arn);
    match product.as_str() {
        "aws/guardduty" => return from_guardduty(facts.types),
        "aws/health" => return health(facts.title),
        "aws/inspector" => return Class::vulnerability(facts.exploited),
        _ => {}
    }
    let classes: Vec<Class> = facts.types.iter().filter_map(|r#type| entry(r#type)).collect();
    let any = |category| classes.iter().any(|class: &Class| class.category == category);
    // A detection may name the vulnerability that was used. It is still a detection.
    let named = facts.vulnerabilities && !any(Category::Threat);
    if named || any(Category::Vulnerability) {
        return Class::vulnerability(facts.exploited);
    }
    if facts.compliance {
        return Class::control(Misconfiguration);
    }
    match best(&classes).or_else(|| by_product(&product)) {
        Some(class) if class.category == Category::Vulnerability => {
            Class::vulnerability(facts.exploited)
        }
        class => class.unwrap_or(Class::threat(Other)),
    }
}

/// AWS Health gives every finding the type of a configuration check. Its title ends in the event's code,
/// such as `AWS_RISK_CREDENTIALS_EXPOSED`.
fn health(title: &str) -> Class {
    let code = title.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&["DDOS"]) {
        Class::threat(ServiceDisruption)
    } else if has(&["AWS_RISK", "CREDENTIAL", "COMPROMISED"]) {
        Class::threat(AccountCompromise)
    } else if has(&["OPEN_ACCESS"]) {
        Class::threat(DataExposure)
    } else if has(&["ABUSE"]) {
        Class::threat(Malware)
    } else if has(&["SECURITY_NOTIFICATION"]) {
        Class::threat(SuspiciousActivity)
    } else {
        Class::control(Misconfiguration)
    }
}
