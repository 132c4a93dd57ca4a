//! What Muster reads in a file: an event, or a finding as GuardDuty and Security Hub export it.

use anyhow::Result;
use muster::Finding;
use muster_aws::event::{Unreadable, read};
use serde_json::{Value, json};

/// The findings in a text: of events, or of findings without an envelope. `None` for what is neither.
///
/// # Errors
/// The text is no JSON.
pub fn findings(text: &str) -> Result<Vec<Option<Result<Finding, Unreadable>>>> {
    let mut found = Vec::new();
    for value in crate::event_file::events(text)? {
        let Some(event) = enveloped(value) else {
            found.push(None);
            continue;
        };
        match read(event) {
            Ok(delivery) => found.extend(delivery.findings.into_iter().map(Some)),
            Err(unreadable) => found.push(Some(Err(unreadable))),
        }
    }
    Ok(found)
}

/// The value as an event, if it is one or is a finding: by the fields that each form must have.
fn enveloped(value: Value) -> Option<Value> {
    let has = |name: &str| value.get(name).is_some();
    let (kind, source, detail) = if has("detail-type") {
        return Some(value);
    } else if has("schemaVersion") && has("arn") {
        ("GuardDuty Finding", "aws.guardduty", value)
    } else if has("SchemaVersion") && has("ProductArn") {
        ("Security Hub Findings - Imported", "aws.securityhub", json!({ "findings": [value] }))
    } else if has("class_uid") {
        ("Findings Imported V2", "aws.securityhub", json!({ "findings": [value] }))
    } else {
        return None;
    };
    Some(json!({
        "version": "0", "id": "none", "account": "000000000000", "region": "us-east-1",
        "time": "2026-01-01T00:00:00Z", "resources": [], "detail-type": kind, "source": source,
        "detail": detail
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_read_with_and_without_an_envelope() {
        let event = include_str!("../../events/guardduty/high-crypto-mining.json");
        let bare: Value = serde_json::from_str(event).unwrap();
        let one = |text: &str| {
            let found = findings(text).unwrap().pop().unwrap();
            found.unwrap().unwrap().identity
        };
        assert_eq!(one(event), one(&bare["detail"].to_string()));
        let event = include_str!("../../events/security-hub/guardduty-high-crypto-mining.json");
        let hub: Value = serde_json::from_str(event).unwrap();
        assert_eq!(one(event), one(&hub["detail"]["findings"][0].to_string()));
        assert!(findings(r#"{"Records": []}"#).unwrap().pop().unwrap().is_none());
    }
}
