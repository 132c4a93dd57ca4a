//! Findings of `GuardDuty` and Security Hub: filters, pages, and accounts that use neither.

use serde_json::{Value, json};

use super::{rest, start};
use crate::standin::{GuardDuty, SecurityHub, Standin};

const DETECTOR: &str = "12abc34d567e8fa901bc2d34e56789f0";

/// A finding of this minute of 2026-11-23T03:00Z.
fn finding(minute: usize, archived: bool) -> Value {
    let id = format!("{minute:032}");
    let at = format!("2026-11-23T03:{minute:02}:00.000Z");
    json!({
        "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-central-1", "id": id,
        "arn": format!("arn:aws:guardduty:eu-central-1:111122223333:detector/{DETECTOR}/finding/{id}"),
        "type": "CryptoCurrency:EC2/BitcoinTool.B!DNS", "severity": 8,
        "createdAt": at, "updatedAt": at,
        "resource": { "resourceType": "Instance" },
        "service": { "detectorId": DETECTOR, "archived": archived, "evidence": null }
    })
}

async fn guardduty() -> Standin {
    let guardduty = GuardDuty::default();
    guardduty.enable(DETECTOR);
    for minute in 0..60 {
        guardduty.find(finding(minute, minute % 10 == 0)).unwrap();
    }
    // The same again, changed.
    guardduty.find(finding(59, false)).unwrap();
    assert!(guardduty.find(json!({ "id": "x" })).is_err());
    start(vec![(GuardDuty::SERVICE, guardduty.act())]).await
}

async fn list(at: &Standin, body: &Value) -> super::Answer {
    rest(at, "guardduty", &format!("POST /detector/{DETECTOR}/findings"), body).await
}

#[tokio::test]
async fn guardduty_lists_and_gets_findings() {
    let at = guardduty().await;
    let detectors = rest(&at, "guardduty", "GET /detector?maxResults=1", &Value::Null).await;
    assert_eq!(detectors.body, json!({ "detectorIds": [DETECTOR] }));

    // 2026-11-23T03:00Z in milliseconds.
    let start = 1_795_402_800_000_i64;
    let mut asked = json!({
        "findingCriteria": { "criterion": {
            "updatedAt": { "greaterThanOrEqual": start, "lessThan": start + 30 * 60_000 },
            "service.archived": { "equals": ["false"] }
        } },
        "sortCriteria": { "attributeName": "updatedAt", "orderBy": "DESC" },
        "maxResults": 20
    });
    let first = list(&at, &asked).await;
    let ids = first.body["findingIds"].as_array().unwrap();
    assert_eq!((ids.len(), &ids[0]), (20, &finding(29, false)["id"]), "{}", first.body);
    asked["nextToken"] = first.body["nextToken"].clone();
    let second = list(&at, &asked).await;
    assert_eq!(second.body["findingIds"].as_array().unwrap().len(), 7);
    assert_eq!(second.body["nextToken"], "");
    // A token is for the question that it came from.
    asked["sortCriteria"]["orderBy"] = json!("ASC");
    list(&at, &asked).await.assert_fault(400, "BadRequestException", "nextToken");

    let line = format!("POST /detector/{DETECTOR}/findings/get");
    let got = rest(&at, "guardduty", &line, &json!({ "findingIds": [ids[0], "no such"] })).await;
    assert_eq!(got.body, json!({ "findings": [finding(29, false)] }));
    assert_eq!(at.refusals(), []);
}

#[tokio::test]
async fn guardduty_refuses() {
    let at = guardduty().await;
    let code = "BadRequestException";
    let ids: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    let line = format!("POST /detector/{DETECTOR}/findings/get");
    let answer = rest(&at, "guardduty", &line, &json!({ "findingIds": ids })).await;
    answer.assert_fault(400, code, "'input.findingIds' failed to satisfy constraint: Member must");
    list(&at, &json!({ "FindingCriteria": {} })).await.assert_fault(400, code, "FindingCriteria");
    list(&at, &json!({ "maxResults": 51 })).await.assert_fault(400, code, "'input.maxResults'");
    let criterion = |name: &str, condition: Value| json!({ "findingCriteria": { "criterion": { name: condition } } });
    let gte = criterion("updatedAt", json!({ "gte": 1_795_402_800_000_i64 }));
    list(&at, &gte).await.assert_fault(400, code, "[updatedAt].gte' failed");
    let matches = criterion("type", json!({ "matches": ["Crypto*"] }));
    list(&at, &matches).await.assert_fault(400, code, "matches is not available");
    let typo = criterion("service.archive", json!({ "equals": ["false"] }));
    list(&at, &typo).await.assert_fault(500, "StandIn", "the criterion service.archive");
    let other = rest(&at, "guardduty", "POST /detector/other/findings", &json!({})).await;
    other.assert_fault(400, code, "not owned by the current account");
}

fn asff(id: &str, minute: usize, workflow: &str, record: &str) -> Value {
    let at = format!("2026-11-23T03:{minute:02}:00.000Z");
    json!({
        "SchemaVersion": "2018-10-08", "Id": id, "GeneratorId": "g",
        "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/inspector",
        "AwsAccountId": "111122223333", "CreatedAt": at, "UpdatedAt": at, "Title": "t",
        "Description": "d", "Resources": [{ "Type": "AwsEc2Instance", "Id": "i" }],
        "Severity": { "Label": "HIGH" }, "Workflow": { "Status": workflow }, "RecordState": record
    })
}

#[tokio::test]
async fn security_hub_filters_and_pages() {
    let hub = SecurityHub::default();
    let at = start(vec![(SecurityHub::SERVICE, hub.act())]).await;
    let is = |value: &str| json!([{ "Value": value, "Comparison": "EQUALS" }]);
    let mut asked = json!({
        "Filters": {
            "UpdatedAt": [{ "Start": "2026-11-23T03:01:00Z", "End": "2026-11-23T03:30:00Z" }],
            "RecordState": is("ACTIVE"), "WorkflowStatus": is("NEW")
        },
        "SortCriteria": [{ "Field": "UpdatedAt", "SortOrder": "desc" }],
        "MaxResults": 2
    });
    let answer = rest(&at, "securityhub", "POST /findings", &asked).await;
    answer.assert_fault(401, "InvalidAccessException", "not subscribed");

    hub.enable(vec![asff("early", 0, "NEW", "ACTIVE"), asff("late", 31, "NEW", "ACTIVE")]);
    hub.find(asff("told", 2, "NOTIFIED", "ACTIVE"));
    hub.find(asff("gone", 2, "NEW", "ARCHIVED"));
    for (id, minute) in [("a", 3), ("b", 5), ("c", 4)] {
        hub.find(asff(id, minute, "NEW", "ACTIVE"));
    }
    let ids = |answer: &super::Answer| -> Vec<String> {
        let findings = answer.body["Findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["Id"].as_str().unwrap().to_owned()).collect()
    };
    let first = rest(&at, "securityhub", "POST /findings", &asked).await;
    assert_eq!(ids(&first), ["b", "c"]);
    asked["NextToken"] = first.body["NextToken"].clone();
    let second = rest(&at, "securityhub", "POST /findings", &asked).await;
    assert_eq!((ids(&second), second.body.get("NextToken")), (vec!["a".to_owned()], None));

    let not = json!([{ "Value": "NEW", "Comparison": "NOT_EQUALS" }]);
    let others = json!({ "Filters": { "WorkflowStatus": not } });
    assert_eq!(ids(&rest(&at, "securityhub", "POST /findings", &others).await), ["told"]);
    let bad = json!({ "Filters": { "UpdatedAt": [{ "Start": "today", "End": "tomorrow" }] } });
    let answer = rest(&at, "securityhub", "POST /findings", &bad).await;
    answer.assert_fault(400, "InvalidInputException", "is no timestamp");
    let bad = json!({ "Filters": { "RecordState": is("ACTIVE"), "UpdatedSince": [] } });
    let answer = rest(&at, "securityhub", "POST /findings", &bad).await;
    answer.assert_fault(400, "InvalidInputException", "'input.Filters.UpdatedSince'");
}

#[tokio::test]
async fn unified_security_hub_filters() {
    let hub = SecurityHub::default();
    let at = start(vec![(SecurityHub::SERVICE, hub.act())]).await;
    let asked = json!({ "Filters": { "CompositeFilters": [{ "DateFilters": [{
        "FieldName": "finding_info.modified_time_dt",
        "Filter": { "Start": "2026-11-23T03:00:00Z", "End": "2026-11-23T03:30:00Z" }
    }] }] } });
    let answer = rest(&at, "securityhub", "POST /findingsv2", &asked).await;
    answer.assert_fault(409, "ConflictException", "Security Hub V2 is not enabled");

    let ocsf = |uid: &str, modified: Value, severity: u8| {
        let mut info = json!({ "uid": uid });
        let name = if modified.is_string() { "modified_time_dt" } else { "modified_time" };
        info[name] = modified;
        json!({ "metadata": { "uid": uid }, "finding_info": info, "severity_id": severity })
    };
    let in_millis = ocsf("a", json!(1_795_402_800_000_i64), 4);
    let written = ocsf("b", json!("2026-11-23T03:10:00.000Z"), 5);
    hub.enable_v2(vec![in_millis.clone(), ocsf("c", json!("2026-11-23T04:00:00.000Z"), 5)]);
    hub.find_v2(written.clone());
    let answer = rest(&at, "securityhub", "POST /findingsv2", &asked).await;
    assert_eq!(answer.body, json!({ "Findings": [in_millis, written] }));

    let mut severe = asked.clone();
    severe["Filters"]["CompositeFilters"][0]["NumberFilters"] =
        json!([{ "FieldName": "severity_id", "Filter": { "Gte": 5 } }]);
    let answer = rest(&at, "securityhub", "POST /findingsv2", &severe).await;
    assert_eq!(answer.body, json!({ "Findings": [written] }));
    severe["Filters"]["CompositeFilters"][0]["Operator"] = json!("OR");
    let answer = rest(&at, "securityhub", "POST /findingsv2", &severe).await;
    assert_eq!(answer.body["Findings"].as_array().unwrap().len(), 3);

    let unknown = json!({ "Filters": { "CompositeFilters": [{ "StringFilters": [{
        "FieldName": "finding_info.id", "Filter": { "Value": "a", "Comparison": "EQUALS" }
    }] }] } });
    let answer = rest(&at, "securityhub", "POST /findingsv2", &unknown).await;
    answer.assert_fault(400, "ValidationException", "StringFilters[0].FieldName'");
}
