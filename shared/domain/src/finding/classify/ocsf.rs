//! Findings in OCSF: by their class, all their types, and the product.

use super::taxonomy::{best, by_product, entry, exposure, from_guardduty, product};
use super::{Category, Class};
use crate::finding::tree::Tree;
use crate::value::incident_type::IncidentType::{DataExposure, Misconfiguration, Other};

/// OCSF classes of the Findings category, by `class_uid`. A detection finding (2004) says nothing more
/// than its types, and many products send all they have as one.
const VULNERABILITY_FINDING: i64 = 2002;
const COMPLIANCE_FINDING: i64 = 2003;
const DATA_SECURITY_FINDING: i64 = 2006;
const APPLICATION_SECURITY_POSTURE_FINDING: i64 = 2007;
const IAM_ANALYSIS_FINDING: i64 = 2008;

/// What of a finding in OCSF tells its class.
#[derive(Clone, Copy, Debug, Default)]
pub struct OcsfFacts<'a> {
    /// `class_uid`.
    pub class_uid: Option<i64>,
    /// `finding_info.types`.
    pub types: &'a [String],
    /// `metadata.product.uid`.
    pub product_uid: &'a str,
    /// `finding_info.title`.
    pub title: &'a str,
    /// Whether there is a `compliance`: the finding is the result of a check.
    pub compliance: bool,
    /// Whether `vulnerabilities` names one.
    pub vulnerabilities: bool,
    /// Whether an exploit of one of them is known.
    pub exploited: bool,
}

/// Whether an exploit of one of `vulnerabilities` is known: it says so, or when one was last seen.
pub(in crate::finding) fn ocsf_exploited(vulnerability: &Tree) -> bool {
    vulnerability.is_true("is_exploit_available")
        || vulnerability.count("exploit_last_seen_time").is_some_and(|at| at > 0)
        || vulnerability.text("exploit_last_seen_time_dt").is_some()
}

/// The class of a finding in OCSF. As for ASFF, with what only the unified Security Hub has:
///
/// - An exposure is a threat, by what it opens the way to: Security Hub has found the weaknesses of one
///   resource that together let an outsider in.
/// - IAM analysis (2008) says what can be reached, which is a threat, or which access nobody uses, which
///   is a control.
#[must_use]
pub fn ocsf(facts: &OcsfFacts<'_>) -> Class {
    let product = product(facts.product_uid);
    let exposed = |r#type: &String| r#type.to_ascii_lowercase().starts_with("exposure");
    if product.ends_with("guardduty") {
        return from_guardduty(facts.types);
    }
    if product.ends_with("securityhub-risk") || facts.types.iter().any(exposed) {
        let mut texts: Vec<&str> = facts.types.iter().map(String::as_str).collect();
        texts.push(facts.title);
        return Class::threat(exposure(&texts));
    }
    let classes: Vec<Class> = facts.types.iter().filter_map(|r#type| entry(r#type)).collect();
    let any = |category| classes.iter().any(|class: &Class| class.category == category);
    let named = facts.vulnerabilities && !any(Category::Threat);
    let class_uid = facts.class_uid.unwrap_or_default();
    if class_uid == VULNERABILITY_FINDING
        || product.ends_with("inspector")
        || named
        || any(Category::Vulnerability)
    {
        return Class::vulnerability(facts.exploited);
    }
    let check = [COMPLIANCE_FINDING, APPLICATION_SECURITY_POSTURE_FINDING].contains(&class_uid);
    if facts.compliance || check {
        return Class::control(Misconfiguration);
    }
    let unused = facts.title.to_ascii_lowercase().contains("unused");
    let by_class = match class_uid {
        IAM_ANALYSIS_FINDING if unused => Some(Class::control(Misconfiguration)),
        IAM_ANALYSIS_FINDING | DATA_SECURITY_FINDING => Some(Class::threat(DataExposure)),
        _ => None,
    };
    match best(&classes).or(by_class).or_else(|| by_product(&product)) {
        Some(class) if class.category == Category::Vulnerability => {
            Class::vulnerability(facts.exploited)
        }
        class => class.unwrap_or(Class::threat(Other)),
    }
}
