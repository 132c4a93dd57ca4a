//! What is read from the event files of the repository.

use super::*;

/// All event files, by folder and name without its ending.
pub(super) fn all() -> Vec<(String, Value)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");
    let mut all = Vec::new();
    for folder in ["guardduty", "security-hub"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let event = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            all.push((format!("{folder}/{name}"), event));
        }
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// The findings in an event, by its kind. Envelopes are not this crate's: they are read elsewhere.
pub(super) fn read_event(event: &Value) -> Vec<Result<Finding, serde_json::Error>> {
    fn list<T: serde::de::DeserializeOwned>(
        event: &Value,
        finding: impl Fn(T) -> Finding,
    ) -> Vec<Result<Finding, serde_json::Error>> {
        let list = event["detail"]["findings"].as_array().cloned().unwrap_or_default();
        list.into_iter().map(|one| serde_json::from_value(one).map(&finding)).collect()
    }
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    match event["detail-type"].as_str().unwrap_or_default() {
        "GuardDuty Finding" => {
            let finding = serde_json::from_value::<GuardDutyFinding>(event["detail"].clone());
            vec![finding.map(Finding::from)]
        }
        "GuardDuty Malware Protection Object Scan Result" => {
            let scan = serde_json::from_value::<ObjectScan>(event["detail"].clone());
            let at = text("time").parse().ok();
            let finding = scan.map(|scan| scan.finding(&text("account"), &text("region"), at));
            finding.transpose().into_iter().collect()
        }
        "Findings Imported V2" => list(event, <Finding as From<OcsfFinding>>::from),
        "Security Hub Findings - Custom Action" => list(event, |finding: AsffFinding| {
            let action = event["detail"]["actionName"].as_str().unwrap_or_default().to_owned();
            let action_arn = event["resources"][0].as_str().unwrap_or_default().to_owned();
            finding.asked_for(CustomAction {
                action,
                action_arn,
                account: text("account"),
                event: text("id"),
            })
        }),
        _ => list(event, <Finding as From<AsffFinding>>::from),
    }
}

/// The only finding of an event file.
pub(super) fn finding(name: &str) -> Finding {
    let (_, event) = all().into_iter().find(|(file, _)| file == name).unwrap();
    let mut findings = read_event(&event);
    assert_eq!(findings.len(), 1, "{name}");
    findings.remove(0).unwrap()
}

#[test]
fn tells_when_and_how_often() {
    let time = |text: &str| text.parse().ok();
    for name in ["security-hub/guardduty-brute-force", "security-hub/v2-in-progress"] {
        let finding = finding(name);
        assert_eq!(finding.first_seen_at, time("2026-11-23T02:57:41Z"), "{name}");
        assert_eq!(finding.last_seen_at, time("2026-11-23T02:58:30Z"), "{name}");
        assert_eq!(finding.updated_at, time("2026-11-23T02:59:12.345Z"), "{name}");
    }
    assert_eq!(finding("guardduty/high-container-without-name").count, Some(9));
    assert_eq!(finding("security-hub/guardduty-brute-force").count, Some(74));
    assert_eq!(finding("security-hub/v2-access-key").count, Some(264));
    let scan = finding("guardduty/object-scan-threats");
    assert_eq!(scan.last_seen_at, time("2026-11-23T03:01:35Z"));
    let exposure = finding("security-hub/v2-exposure");
    assert_eq!(exposure.last_seen_at, time("2026-11-23T02:59:12.3372241Z"));
}

#[test]
fn identities_are_the_same_by_every_route_and_differ_by_account() {
    let identity = |name: &str| finding(name).identity;
    assert_eq!(
        identity("security-hub/guardduty-brute-force"),
        identity("security-hub/v2-in-progress")
    );
    assert_eq!(
        identity("guardduty/critical-sequence-of-buckets"),
        identity("security-hub/v2-attack-sequence")
    );
    assert_eq!(
        identity("security-hub/control-critical"),
        identity("security-hub/v2-control-failed")
    );
    let (one, other) = (
        identity("security-hub/same-id-in-one-account"),
        identity("security-hub/same-id-in-another-account"),
    );
    assert_ne!(one, other);
    assert_eq!(
        one.to_string(),
        "v2:111122223333:aquasecurity/aquasecurity:registry.example.com/shop/cart:1.25.3 \
         (debian 12.5)/CVE-2026-7100"
    );
    assert_eq!(
        one.for_display(),
        "v2:111122223333:aquasecurity/aquasecurity:registry[.]example[.]com/shop/cart:1.25.3 \
         (debian 12.5)/CVE-2026-7100"
    );
    let partitions = [("high-china", "cn-north-1"), ("high-govcloud", "us-gov-west-1")];
    for (name, region) in partitions {
        let finding = finding(&format!("guardduty/{name}"));
        assert_eq!(finding.region, region);
        assert!(finding.identity.to_string().starts_with(&format!("v1:guardduty:{region}:")));
    }
}

#[test]
fn sequences_and_exposures_name_their_signals() {
    let related = |name: &str| finding(name).related_findings;
    let brute_force = finding("security-hub/guardduty-brute-force").identity;
    let sequence = related("security-hub/guardduty-attack-sequence");
    assert_eq!(sequence, std::slice::from_ref(&brute_force));
    assert_eq!(
        related("security-hub/v2-exposure"),
        [
            brute_force,
            finding("security-hub/v2-vulnerability").identity,
            finding("security-hub/custom-action-of-another-tool").identity,
        ]
    );
    assert_eq!(
        related("security-hub/v2-attack-sequence"),
        related("guardduty/critical-sequence-of-buckets")
    );
    // A scan's event names no finding; the finding names the scan of its object.
    assert_eq!(
        related("guardduty/high-malicious-object"),
        [finding("guardduty/object-scan-threats").identity]
    );
}

#[test]
fn quiet_findings_say_why_by_every_route() {
    for (name, quiet) in [
        ("guardduty/archived-high", Some(InactiveReason::Archived)),
        ("guardduty/sample-critical", Some(InactiveReason::Sample)),
        ("security-hub/guardduty-sample", Some(InactiveReason::Sample)),
        ("security-hub/guardduty-suppressed", Some(InactiveReason::Suppressed)),
        ("security-hub/guardduty-archived-at-its-source", Some(InactiveReason::Archived)),
        ("security-hub/control-warning", Some(InactiveReason::Inconclusive)),
        ("security-hub/control-not-available", Some(InactiveReason::Inconclusive)),
        ("security-hub/control-critical", None),
        ("security-hub/custom-action-low", None),
        ("security-hub/v2-guardduty-sample", Some(InactiveReason::Sample)),
        ("security-hub/v2-in-progress", Some(InactiveReason::Notified)),
        ("security-hub/v2-closed", Some(InactiveReason::Resolved)),
        ("security-hub/v2-control-warning", Some(InactiveReason::Inconclusive)),
        ("security-hub/v2-control-failed", None),
    ] {
        assert_eq!(finding(name).inactive_reason, quiet, "{name}");
    }
}

#[test]
fn a_scan_with_threats_is_a_finding() {
    let scan = finding("guardduty/object-scan-threats");
    assert_eq!((scan.severity, scan.incident_type), (Severity::High, IncidentType::Malware));
    assert_eq!((scan.account.as_str(), scan.region.as_str()), ("111122223333", "eu-central-1"));
    assert_eq!(
        scan.identity.to_string(),
        "v2:111122223333:aws/guardduty/object-scan:inbox-prod/inbox/invoice.pdf#v1"
    );
    for (name, event) in all() {
        if name.contains("object-scan-clean") || name.contains("object-scan-denied") {
            assert_eq!(read_event(&event).len(), 0, "{name}");
        }
    }
}

#[test]
fn severity_is_taken_from_where_it_is() {
    assert_eq!(finding("security-hub/severity-of-the-provider").severity, Severity::Critical);
    assert_eq!(finding("security-hub/v2-severity-only-as-text").severity, Severity::Critical);
}

#[test]
fn account_and_region_are_found_without_cloud() {
    let finding = finding("security-hub/v2-without-cloud");
    assert_eq!(finding.account, "111122223333");
    assert_eq!(finding.region, "eu-central-1");
}

#[test]
fn custom_actions_say_which_and_where() {
    let asked = finding("security-hub/custom-action-of-another-tool").custom_action.unwrap();
    assert_eq!(asked.action, "Remediate");
    assert_eq!(
        asked.action_arn,
        "arn:aws:securityhub:eu-central-1:444455556666:action/custom/remediate"
    );
    assert_eq!(asked.account, "444455556666");
}
