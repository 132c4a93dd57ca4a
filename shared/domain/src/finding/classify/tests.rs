//! Findings of many products, in both formats, and what they are.

use Category::{Control, Threat, Vulnerability};
use serde_json::json;

use super::*;
use crate::finding::tree::Tree;

fn text(class: Class) -> String {
    let category = match class.category {
        Threat => "threat",
        Vulnerability => "vulnerability",
        Control => "control",
    };
    let exploited = if class.exploited { ", exploited" } else { "" };
    format!("{}, {category}{exploited}", class.incident_type.name())
}

fn owned(types: &[&str]) -> Vec<String> {
    types.iter().map(|&r#type| r#type.to_owned()).collect()
}

fn check_asff(product: &str, types: &[&str], facts: AsffFacts<'_>, expected: &str) {
    let arn = format!("arn:aws:securityhub:eu-west-1::product/{product}");
    let owned = owned(types);
    let facts = AsffFacts { types: &owned, product_arn: &arn, ..facts };
    assert_eq!(text(asff(&facts)), expected, "{product} {types:?}");
}

fn check_ocsf(product: &str, types: &[&str], facts: OcsfFacts<'_>, expected: &str) {
    let arn = format!("arn:aws:securityhub:eu-west-1::productv2/{product}");
    let owned = owned(types);
    let facts = OcsfFacts { types: &owned, product_uid: &arn, ..facts };
    assert_eq!(text(ocsf(&facts)), expected, "{product} {types:?}");
}

const CHECKS: &str = "Software and Configuration Checks";
const STANDARD: &str = "Software and Configuration Checks/Industry and Regulatory Standards";
const CVE: &str = "Software and Configuration Checks/Vulnerabilities/CVE";

#[test]
fn asff_threats_are_what_their_types_say() {
    let check = |product: &str, types: &[&str], expected: &str| {
        check_asff(product, types, AsffFacts::default(), expected);
    };
    check("aws/guardduty", &["TTPs/AttackSequence:S3/CompromisedData"], "data_exposure, threat");
    check(
        "aws/guardduty",
        &["TTPs", "TTPs/Discovery/Recon:EC2-Portscan"],
        "suspicious_activity, threat",
    );
    check(
        "aws/guardduty",
        &["Effects/Data Exposure/Policy:S3-BucketPublicAccessGranted"],
        "misconfiguration, threat",
    );
    check("aws/guardduty", &["TTPs/Initial Access"], "account_compromise, threat");
    check("aws/guardduty", &[], "suspicious_activity, threat");
    check("other/edr", &["TTPs/Credential Access/Mimikatz"], "account_compromise, threat");
    check("other/edr", &["TTPs/Defense Evasion"], "logging_tampering, threat");
    check("other/edr", &["ttps/exfiltration"], "data_exposure, threat");
    check("other/edr", &["Effects/Denial of Service"], "service_disruption, threat");
    check("other/edr", &["Effects/Resource Consumption"], "malware, threat");
    check("other/edr", &["Unusual Behaviors/User", "TTPs/Execution"], "malware, threat");
    check("other/edr", &["Unusual Behaviors/User"], "suspicious_activity, threat");
    // Caught in the act, by a product that also checks.
    check("other/suite", &[CHECKS, "TTPs/Lateral Movement"], "account_compromise, threat");
    // Route 53 DNS Firewall borrows a native type of GuardDuty.
    let dns = "TTPs/Impact/Impact:Runtime-MaliciousDomainRequest.Reputation";
    check("aws/route-53-resolver-dns-firewall", &[dns], "malware, threat");
    check("710000000030/default", &[], "other, threat");
    check("710000000030/default", &["nonsense", ""], "other, threat");
}

#[test]
fn asff_vulnerabilities_say_whether_an_exploit_is_known() {
    let exploited = AsffFacts { vulnerabilities: true, exploited: true, ..AsffFacts::default() };
    let named = AsffFacts { vulnerabilities: true, ..AsffFacts::default() };
    check_asff("aws/inspector", &[CVE], exploited, "vulnerability, vulnerability, exploited");
    check_asff("aws/inspector", &[CVE], named, "vulnerability, vulnerability");
    check_asff("aws/inspector", &[], AsffFacts::default(), "vulnerability, vulnerability");
    check_asff(
        "aquasecurity/aquasecurity",
        &[CVE],
        AsffFacts::default(),
        "vulnerability, vulnerability",
    );
    check_asff(
        "other/scanner",
        &[CHECKS, CVE],
        exploited,
        "vulnerability, vulnerability, exploited",
    );
    check_asff("other/scanner", &[], named, "vulnerability, vulnerability");
    // A scanner that reports its results as failed checks.
    let failed = AsffFacts { compliance: true, ..exploited };
    check_asff("other/scanner", &[CHECKS], failed, "vulnerability, vulnerability, exploited");
    // A detection that names the vulnerability that was used.
    check_asff("other/edr", &["TTPs/Initial Access"], exploited, "account_compromise, threat");

    let check = |vulnerability: serde_json::Value, expected: bool| {
        let read: Tree = serde_json::from_value(vulnerability.clone()).unwrap();
        assert_eq!(asff_exploited(&read), expected, "{vulnerability}");
    };
    check(json!({"Id": "CVE-2026-7101", "ExploitAvailable": "YES"}), true);
    check(json!({"LastKnownExploitAt": "2026-11-20T00:00:00Z"}), true);
    check(json!({"ExploitAvailable": "NO", "LastKnownExploitAt": null}), false);
    check(json!({"ExploitAvailable": true}), false);
    check(json!({}), false);
}

#[test]
fn asff_checks_are_controls() {
    let failed = AsffFacts { compliance: true, ..AsffFacts::default() };
    check_asff("aws/securityhub", &[STANDARD], failed, "misconfiguration, control");
    let effect = "Effects/Data Exposure/AWS-Foundational-Security-Best-Practices";
    check_asff("aws/securityhub", &[effect], failed, "misconfiguration, control");
    check_asff("aws/config", &[CHECKS], failed, "misconfiguration, control");
    check_asff("prowler/prowler", &[CHECKS], AsffFacts::default(), "misconfiguration, control");
    check_asff(
        "prowler/prowler",
        &[CHECKS, "TTPs/Initial Access"],
        failed,
        "misconfiguration, control",
    );
    check_asff("prowler/prowler", &[], AsffFacts::default(), "misconfiguration, control");
    check_asff("aws/ssm-patch-manager", &[], failed, "misconfiguration, control");
}

#[test]
fn what_can_be_read_is_a_threat_and_a_setting_is_a_control() {
    let check = |product: &str, types: &[&str], expected: &str| {
        check_asff(product, types, AsffFacts::default(), expected);
    };
    check(
        "aws/access-analyzer",
        &["Effects/Data Exposure/External Access Granted"],
        "data_exposure, threat",
    );
    check(
        "aws/access-analyzer",
        &["Effects/Data Exposure/Internal Access Granted"],
        "data_exposure, control",
    );
    let unused = "Software and Configuration Checks/AWS Security Best Practices/Unused IAM Role";
    check("aws/access-analyzer", &[unused], "misconfiguration, control");
    check("aws/access-analyzer", &[], "data_exposure, threat");
    let personal = "Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal";
    check("aws/macie", &[personal], "data_exposure, threat");
    let policy = |name: &str| format!("Effects/Data Exposure/Policy:IAMUser-{name}");
    check("aws/macie", &[&policy("S3BucketPublic")], "data_exposure, threat");
    check("aws/macie", &[&policy("S3BucketReplicatedExternally")], "data_exposure, threat");
    check("aws/macie", &[&policy("S3BucketEncryptionDisabled")], "misconfiguration, control");
    check("aws/macie", &[], "data_exposure, threat");
}

/// AWS Health says "configuration check" of everything, so its event codes decide.
#[test]
fn health_events_are_read_by_their_code() {
    let check = |code: &str, expected: &str| {
        let title = format!("AWS Health - {code}");
        let facts = AsffFacts { title: &title, ..AsffFacts::default() };
        check_asff("aws/health", &[CHECKS], facts, expected);
    };
    check("AWS_RISK_CREDENTIALS_EXPOSED", "account_compromise, threat");
    check("AWS_S3_OPEN_ACCESS_BUCKET_NOTIFICATION", "data_exposure, threat");
    check(
        "AWS_SHIELD_IS_RESPONDING_TO_A_DDOS_ATTACK_AGAINST_YOUR_AWS_RESOURCES",
        "service_disruption, threat",
    );
    check("AWS_ABUSE_SPAM_REPORT", "malware, threat");
    check("AWS_KMS_SECURITY_NOTIFICATION", "suspicious_activity, threat");
    check("AWS_ACM_RENEWAL_STATE_CHANGE", "misconfiguration, control");
}

#[test]
fn ocsf_findings_are_read_by_class_types_and_product() {
    let of = |class_uid: i64| OcsfFacts { class_uid: Some(class_uid), ..OcsfFacts::default() };
    let native = ["Threats", "AttackSequence:S3/CompromisedData"];
    check_ocsf("aws/guardduty", &native, of(2004), "data_exposure, threat");
    check_ocsf("aws/guardduty", &["Threats"], of(2004), "suspicious_activity, threat");
    check_ocsf(
        "aws/inspector",
        &[CVE, "Vulnerabilities"],
        of(2002),
        "vulnerability, vulnerability",
    );
    let exploited = OcsfFacts { vulnerabilities: true, exploited: true, ..of(2002) };
    check_ocsf("other/scanner", &[], exploited, "vulnerability, vulnerability, exploited");
    let detection = OcsfFacts { class_uid: Some(2004), ..exploited };
    check_ocsf("other/edr", &["TTPs/Execution"], detection, "malware, threat");
    check_ocsf(
        "aws/securityhub",
        &[STANDARD, "Posture Management"],
        of(2003),
        "misconfiguration, control",
    );
    check_ocsf("other/posture", &["IAM"], of(2003), "misconfiguration, control");
    check_ocsf("other/posture", &["Posture Management"], of(2004), "misconfiguration, control");
    check_ocsf("other/code", &[], of(2007), "misconfiguration, control");
    let code = OcsfFacts { vulnerabilities: true, ..of(2007) };
    check_ocsf("other/code", &[], code, "vulnerability, vulnerability");
    let compliance = OcsfFacts { compliance: true, ..of(2004) };
    check_ocsf("other/posture", &[], compliance, "misconfiguration, control");
    let pii = ["Sensitive Data Identifications/PII", "Sensitive Data"];
    check_ocsf("aws/macie", &pii, of(2006), "data_exposure, threat");
    check_ocsf("other/dspm", &[], of(2006), "data_exposure, threat");
    check_ocsf("aws/access-analyzer", &[], of(2008), "data_exposure, threat");
    let unused = OcsfFacts { title: "Unused access for an IAM role", ..of(2008) };
    check_ocsf("aws/access-analyzer", &[], unused, "misconfiguration, control");
    check_ocsf("other/siem", &["Threats"], of(2004), "other, threat");
    check_ocsf("other/siem", &[], OcsfFacts::default(), "other, threat");

    let check = |vulnerability: serde_json::Value, expected: bool| {
        let read: Tree = serde_json::from_value(vulnerability.clone()).unwrap();
        assert_eq!(ocsf_exploited(&read), expected, "{vulnerability}");
    };
    check(json!({"is_exploit_available": true}), true);
    check(json!({"exploit_last_seen_time": 1_795_789_800_000_i64}), true);
    check(json!({"exploit_last_seen_time_dt": "2026-11-27T14:30:00Z"}), true);
    check(json!({"is_exploit_available": false}), false);
    check(json!({"is_exploit_available": "yes"}), false);
}

#[test]
fn exposures_are_what_they_open_the_way_to() {
    let check = |types: &[&str], title: &str, expected: &str| {
        let facts = OcsfFacts { class_uid: Some(2004), title, ..OcsfFacts::default() };
        check_ocsf("aws/securityhub-risk", types, facts, &format!("{expected}, threat"));
    };
    check(&["Exposure/Potential Impact/Resource Hijacking"], "Public function", "malware");
    check(
        &["Exposure"],
        "Potential Credential Stealing: instance i-1 is reachable",
        "account_compromise",
    );
    check(&["Exposure"], "Potential Data Exposure: bucket b is public", "data_exposure");
    check(
        &["Exposure"],
        "Potential Data Destruction: instance with administrative privileges is exploitable",
        "service_disruption",
    );
    check(
        &["Exposure"],
        "Potential Data Destruction: table t can be deleted",
        "service_disruption",
    );
    check(
        &["Exposure"],
        "Potential Denial of Service: service s is reachable",
        "service_disruption",
    );
    check(&["Exposure"], "Potential Remote Execution: instance i-1 is reachable", "malware");
    check(
        &["Exposure/Potential Credential Access"],
        "Bucket with sensitive data",
        "account_compromise",
    );
    check(&["Exposure/EC2"], "An instance has vulnerabilities", "vulnerability");
    check(&[], "A bucket has weak settings", "misconfiguration");
    // By its type, whichever product reports it.
    let facts = OcsfFacts { class_uid: Some(2004), ..OcsfFacts::default() };
    check_ocsf("other/graph", &["Exposure/Data Exposure"], facts, "data_exposure, threat");
}
