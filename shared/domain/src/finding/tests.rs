//! What the two routes make of the same finding, and of arbitrary input.

use serde_json::{Value, json};

use super::*;

mod details;
mod events;
mod robust;

fn guardduty() -> Value {
    json!({
        "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-central-1",
        "id": "0a1b", "arn": "arn:aws:guardduty:eu-central-1:111122223333:detector/d1/finding/0a1b",
        "type": "CryptoCurrency:EC2/BitcoinTool.B!DNS", "severity": 8,
        "createdAt": "2026-11-23T03:00:00Z", "updatedAt": "2026-11-23T03:00:00Z",
        "title": "An instance asks for a coin miner's domain.",
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-99"}},
        "service": {"archived": false, "action": {}, "evidence": null}
    })
}

fn asff() -> Value {
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": "arn:aws:guardduty:eu-central-1:111122223333:detector/d1/finding/0a1b",
        "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/guardduty",
        "GeneratorId": "arn:aws:guardduty:eu-central-1:111122223333:detector/d1",
        "AwsAccountId": "111122223333",
        "Types": ["TTPs/Command and Control/CryptoCurrency:EC2-BitcoinTool.B!DNS"],
        "CreatedAt": "2026-11-23T03:00:00Z", "UpdatedAt": "2026-11-23T03:00:00Z",
        "Severity": {"Label": "HIGH", "Normalized": 40},
        "Title": "An instance asks for a coin miner's domain.", "Description": "",
        "Resources": [{"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:eu-central-1:111122223333:instance/i-99", "Region": "eu-central-1"}],
        "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE"
    })
}

fn from_guardduty(value: Value) -> Finding {
    serde_json::from_value::<GuardDutyFinding>(value).unwrap().into()
}

fn from_asff(value: Value) -> Finding {
    serde_json::from_value::<AsffFinding>(value).unwrap().into()
}

fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = new;
    value
}

#[test]
fn both_routes_name_one_finding() {
    let (direct, hub) = (from_guardduty(guardduty()), from_asff(asff()));
    assert_eq!(direct.identity, hub.identity);
    assert_eq!(
        direct.identity.to_string(),
        "v1:guardduty:eu-central-1:111122223333:detector/d1/finding/0a1b"
    );
    assert_eq!((direct.severity, direct.incident_type), (hub.severity, hub.incident_type));
    assert_eq!(direct.finding_type, hub.finding_type);
    assert_eq!(direct.resource.as_deref(), Some("Instance i-99"));
    assert_eq!(hub.resource.as_deref(), Some("AwsEc2Instance i-99"));
}

#[test]
fn partitions_do_not_tell_findings_apart() {
    let arn = "arn:aws-us-gov:guardduty:eu-central-1:111122223333:detector/d1/finding/0a1b";
    assert_eq!(FindingIdentity::guardduty(arn), from_guardduty(guardduty()).identity);
    // The documentation's own sample has no partition at all.
    let bare = arn.replace("aws-us-gov", "aws:");
    assert_eq!(FindingIdentity::guardduty(&bare), from_guardduty(guardduty()).identity);
}

#[test]
fn quiet_findings_say_why() {
    let info = json!({"additionalInfo": {"value": "{\"x\":1, \"sample\" : true}"}});
    assert_eq!(
        from_guardduty(with(guardduty(), "/service", info)).inactive_reason,
        Some(InactiveReason::Sample)
    );
    let old = json!({"additionalInfo": {"sample": true}, "archived": true});
    assert_eq!(
        from_guardduty(with(guardduty(), "/service", old)).inactive_reason,
        Some(InactiveReason::Sample)
    );
    let archived = with(guardduty(), "/service/archived", json!(true));
    assert_eq!(from_guardduty(archived).inactive_reason, Some(InactiveReason::Archived));
    assert_eq!(from_guardduty(guardduty()).inactive_reason, None);
    for (status, quiet) in [
        ("NEW", None),
        ("SUPPRESSED", Some(InactiveReason::Suppressed)),
        ("RESOLVED", Some(InactiveReason::Resolved)),
        ("NOTIFIED", Some(InactiveReason::Notified)),
    ] {
        let finding = from_asff(with(asff(), "/Workflow/Status", json!(status)));
        assert_eq!(finding.inactive_reason, quiet, "{status}");
    }
    let archived = with(asff(), "/RecordState", json!("ARCHIVED"));
    assert_eq!(from_asff(archived).inactive_reason, Some(InactiveReason::Archived));
}

#[test]
fn only_the_necessary_is_required() {
    let optional = ["title", "resource", "service", "createdAt", "updatedAt", "schemaVersion"];
    for field in optional {
        for odd in [json!(null), json!(7), json!([]), json!("x"), json!({})] {
            let mut value = guardduty();
            value[field] = odd;
            from_guardduty(value);
        }
    }
    for field in ["accountId", "arn", "id", "region", "severity", "type"] {
        let mut value = guardduty();
        value.as_object_mut().unwrap().remove(field);
        let error = serde_json::from_value::<GuardDutyFinding>(value).unwrap_err();
        assert_eq!(error.to_string(), format!("missing field `{field}`"));
    }
}

#[test]
fn attack_sequences_have_no_action() {
    let mut value = guardduty();
    value["type"] = json!("AttackSequence:IAM/CompromisedCredentials");
    value["severity"] = json!(9);
    value["resource"] = json!({"resourceType": "AttackSequence"});
    value["service"] =
        json!({"featureName": "Correlation", "detection": {"sequence": {"uid": "u"}}});
    let finding = from_guardduty(value);
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(finding.incident_type, IncidentType::AccountCompromise);
    assert_eq!(finding.resource.as_deref(), Some("AttackSequence"));
}
