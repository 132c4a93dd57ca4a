//! Every event file of the repository, and what unreadable events are refused with.

use serde_json::json;

use super::*;

/// Every file under `events/`, by route. One test parses them all, so a new file is a new case.
#[test]
fn every_event_file_is_read_or_refused_as_its_name_says() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");
    let mut seen = 0;
    for folder in ["guardduty", "security-hub"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            let event = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let unreadable = path.file_name().unwrap().to_string_lossy().starts_with("unreadable");
            let read = read_all(event);
            assert_eq!(read.is_err(), unreadable, "{}: {read:?}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 6, "only {seen} event files");
}

/// All findings of an event, or the first fault.
fn read_all(event: Value) -> Result<Vec<Finding>, Unreadable> {
    read(event)?.findings.into_iter().collect()
}

fn event() -> Value {
    json!({
        "version": "0", "id": "e1", "detail-type": "GuardDuty Finding", "source": "aws.guardduty",
        "account": "111122223333", "time": "2026-11-23T03:00:00Z", "region": "eu-central-1",
        "resources": [],
        "detail": {
            "accountId": "111122223333", "region": "eu-central-1", "id": "f", "severity": 8,
            "arn": "arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/f",
            "type": "Trojan:EC2/DNSDataExfiltration"
        }
    })
}

#[test]
fn refusals_name_the_path_and_not_the_value() {
    let check = |pointer: &str, value: Value, expected: &str| {
        let mut event = event();
        *event.pointer_mut(pointer).unwrap() = value;
        assert_eq!(
            read_all(event).unwrap_err().to_string(),
            format!("Cannot read the event: {expected}")
        );
    };
    check("/detail/severity", json!("secret"), "detail.severity: expected f64");
    check("/detail/accountId", json!(7), "detail.accountId: expected a string");
    check("/detail", json!("secret"), "detail: expected a GuardDuty finding");
    check("/detail", json!({}), "detail: missing field `accountId`");
    check("/detail-type", json!(7), "detail-type: expected a string");
    check(
        "/detail-type",
        json!("GuardDuty Runtime Protection Unhealthy"),
        "detail-type: expected \"GuardDuty Finding\", \
         \"GuardDuty Malware Protection Object Scan Result\", \"Security Hub Findings - Imported\", \
         \"Security Hub Findings - Custom Action\", \"Findings Imported V2\" or \
         \"Muster Drill Requested\"",
    );
    check("/time", json!("yesterday"), "time: expected another value");
    assert_eq!(read(json!(7)).unwrap_err().path, "the event");
}

#[test]
fn wrapped_events_are_refused_with_what_they_are() {
    let refusal = |event: Value| read(event).unwrap_err().to_string();
    assert_eq!(
        refusal(json!([event(), event()])),
        "Cannot read the event: the event: expected one event, and this is a list"
    );
    let message = event().to_string();
    assert_eq!(
        refusal(json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}}]})),
        "Cannot read the event: the event: expected an event from EventBridge, and this is one that \
         SNS has wrapped"
    );
    assert_eq!(
        refusal(json!({"Records": [{"eventSource": "aws:sqs", "body": message}]})),
        "Cannot read the event: the event: expected an event from EventBridge, and this is one that \
         SQS has wrapped"
    );
}

/// The only finding of an event file, or none.
fn one(file: &str) -> Option<Finding> {
    let path = format!("{}/../../events/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let event = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut findings = read_all(event).unwrap();
    assert!(findings.len() <= 1);
    findings.pop()
}

#[test]
fn scans_with_threats_are_findings_of_their_envelope() {
    let scan = one("guardduty/object-scan-threats").unwrap();
    assert_eq!((scan.account.as_str(), scan.region.as_str()), ("111122223333", "eu-central-1"));
    assert_eq!(scan.last_seen_at, Some("2026-11-23T03:01:35Z".parse().unwrap()));
    assert_eq!(one("guardduty/object-scan-clean"), None);
    assert_eq!(one("guardduty/object-scan-denied"), None);
}

#[test]
fn custom_actions_say_which_action_was_chosen_and_where() {
    let asked = one("security-hub/custom-action-of-another-tool").unwrap().custom_action.unwrap();
    assert_eq!(asked.action, "Remediate");
    assert_eq!(
        asked.action_arn,
        "arn:aws:securityhub:eu-central-1:444455556666:action/custom/remediate"
    );
    assert_eq!(asked.account, "444455556666");
    assert!(!asked.event.is_empty());
    assert_eq!(one("security-hub/guardduty-brute-force").unwrap().custom_action, None);
}

#[test]
fn look_alikes_are_refused_and_odd_names_are_not() {
    // As the command line prints a finding, and as no event has it.
    let mut look_alike = event();
    look_alike["detail"] = json!({
        "AccountId": "111122223333", "Region": "eu-central-1", "Id": "f", "Severity": 8,
        "Arn": "arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/f",
        "Type": "Trojan:EC2/DNSDataExfiltration"
    });
    let refusal = read_all(look_alike).unwrap_err();
    assert_eq!(
        (refusal.path.as_str(), refusal.fault.as_str()),
        ("detail", "missing field `accountId`")
    );
    // Better one incident too many than a finding refused.
    let mut odd = event();
    odd["detail"]["arn"] = json!("finding 7");
    let read = read_all(odd).unwrap();
    assert_eq!(read[0].identity.to_string(), "v1:guardduty:finding 7");
    // Texts that nobody reads to the end are kept short: an item holds 400 KB.
    let mut long = event();
    long["detail"]["title"] = json!("é".repeat(100_000));
    long["detail"]["description"] = json!("x".repeat(900_000));
    let read = read_all(long).unwrap();
    assert_eq!(read[0].title.chars().count(), 501);
    assert_eq!(read[0].description.chars().count(), 4001);
    assert_eq!(read[0].reported_at, Some("2026-11-23T03:00:00Z".parse().unwrap()));
}

#[test]
fn security_hub_events_hold_any_number() {
    let finding = json!({
        "Id": "x", "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/inspector",
        "AwsAccountId": "111122223333", "Severity": {"Label": "HIGH"}
    });
    let with = |findings: Value| -> Result<Delivery, Unreadable> {
        let mut event = event();
        event["detail-type"] = json!("Security Hub Findings - Imported");
        event["detail"] = json!({ "findings": findings });
        read(event)
    };
    assert_eq!(with(json!([])).unwrap().findings.len(), 0);
    assert_eq!(with(json!([finding, finding])).unwrap().findings.len(), 2);
    let mut bad = finding.clone();
    bad["Severity"]["Label"] = json!("URGENT");
    // The good one is read all the same.
    let mut both = with(json!([bad, finding])).unwrap().findings;
    assert!(both.pop().unwrap().is_ok());
    let error = both.pop().unwrap().unwrap_err();
    assert_eq!(error.path, "detail.findings[0].Severity.Label");
    assert_eq!(error.fault, "expected INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL");
    assert_eq!(with(json!("x")).unwrap_err().path, "detail.findings");
}
