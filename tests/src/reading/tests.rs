//! Every form in which findings are found in files.

use serde_json::{Value, json};

use super::findings;

const EVENT: &str = include_str!("../../../events/guardduty/high-crypto-mining.json");
const HUB: &str = include_str!("../../../events/security-hub/guardduty-high-crypto-mining.json");
const V2: &str = include_str!("../../../events/security-hub/v2-guardduty-high-crypto-mining.json");
const PRINTED: &str = include_str!("../../exports/guardduty-get-findings.json");
const LINES: &str = include_str!("../../exports/guardduty-s3.jsonl");
const QUEUED: &str = include_str!("../../exports/sqs-of-sns.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The identities in a text all of which is read.
fn identities(text: &str) -> Vec<String> {
    findings(text).into_iter().map(|found| found.unwrap().identity.to_string()).collect()
}

/// The one sentence about a text of which nothing is read.
fn sentence(text: &str) -> String {
    let mut found = findings(text);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0).unwrap_err()
}

#[test]
fn findings_are_read_with_and_without_an_envelope() {
    let (event, hub, v2) = (parsed(EVENT), parsed(HUB), parsed(V2));
    let [bare, asff, ocsf] =
        [&event["detail"], &hub["detail"]["findings"][0], &v2["detail"]["findings"][0]];
    let expected = identities(EVENT);
    assert_eq!(expected.len(), 1);
    for text in [HUB, V2, &bare.to_string(), &asff.to_string(), &ocsf.to_string()] {
        assert_eq!(identities(text), expected, "{text}");
    }
}

#[test]
fn what_the_aws_cli_prints_is_read() {
    let (event, hub, v2) = (parsed(EVENT), parsed(HUB), parsed(V2));
    let expected = identities(EVENT);
    for list in [&hub["detail"]["findings"], &v2["detail"]["findings"], &json!([event["detail"]])] {
        let printed = json!({ "Findings": list, "NextToken": "x" }).to_string();
        assert_eq!(identities(&printed), expected, "{printed}");
    }
    let found = findings(PRINTED).remove(0).unwrap();
    assert_eq!(found.severity.name(), "high");
    assert_eq!(found.finding_type, "UnauthorizedAccess:EC2/SSHBruteForce");
    assert_eq!(found.resource.as_deref(), Some("Instance i-0ab1c2d3e4f5a6b7c"));
    let bare = parsed(PRINTED)["Findings"][0].to_string();
    assert_eq!(identities(&bare), [found.identity.to_string()]);
    assert!(findings(r#"{"Findings": []}"#).is_empty());
    let both = json!({ "Findings": v2["detail"]["findings"], "findings": [event["detail"]] });
    assert_eq!(identities(&both.to_string()), [expected.clone(), expected].concat());
}

#[test]
fn lines_and_lists_are_read_one_by_one() {
    assert_eq!(identities(LINES).len(), 2);
    let event = parsed(EVENT);
    assert_eq!(identities(&json!([event, event]).to_string()).len(), 2);
    assert_eq!(identities(&format!("\u{feff}{EVENT}")), identities(EVENT));
    let found = findings(&format!("{EVENT}\n{{\"a\": 1}}\n{EVENT}\n{{"));
    let read: Vec<_> = found.iter().map(Result::is_ok).collect();
    assert_eq!(read, [true, false, true, false]);
}

#[test]
fn messages_are_unwrapped() {
    let expected = identities(EVENT);
    let sns = json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": EVENT });
    let sqs = |body: &Value| json!({ "MessageId": "1", "Body": body.to_string() });
    let lambda = json!({ "Records": [{ "EventSource": "aws:sns", "Sns": sns }] });
    let failed = json!({ "requestContext": {}, "requestPayload": parsed(EVENT) });
    for wrapped in [
        sns.clone(),
        lambda,
        json!({ "Messages": [sqs(&parsed(EVENT))] }),
        json!({ "Messages": [sqs(&sns)] }),
        json!({ "Records": [{ "eventSource": "aws:sqs", "body": sns.to_string() }] }),
        json!({ "Messages": [sqs(&failed)] }),
        failed,
    ] {
        assert_eq!(identities(&wrapped.to_string()), expected, "{wrapped}");
    }
    assert_eq!(identities(QUEUED).len(), 2);
}

#[test]
fn a_sentence_says_what_is_not_read() {
    let check = |text: &str, expected: &str| assert_eq!(sentence(text), expected, "{text}");
    check("", "the file is empty");
    check("7", "a JSON number, not an object");
    check(
        r#"{"Records": [{"s3": {}}]}"#,
        "a notification about an S3 object, which has no finding: read the object itself",
    );
    check(
        r#"{"Type": "Notification", "Message": "ALARM"}"#,
        "an SNS message whose text is not JSON",
    );
    check(r#"{"Body": "hello"}"#, "an SQS message whose text is not JSON");
    check(r#"{"detail": {}}"#, "an event without detail-type");
    check(
        r#"{"a": "secret", "b": 1}"#,
        "neither an event nor a finding: a JSON object with the fields a, b",
    );
    check(
        r#"{"schemaVersion": "2.0", "arn": "arn", "severity": "high"}"#,
        &findings(r#"{"SchemaVersion": "2.0", "Arn": "arn", "Severity": "high"}"#)
            .remove(0)
            .unwrap_err(),
    );
    assert!(sentence("{").starts_with("value 1 is not JSON"), "{}", sentence("{"));
    let mut event = parsed(EVENT);
    event["detail"] = parsed(PRINTED)["Findings"][0].take();
    assert!(sentence(&event.to_string()).contains("GuardDuty sends schemaVersion"));
    let mut deep = EVENT.to_owned();
    for _ in 0..9 {
        deep = json!({ "Message": deep }).to_string();
    }
    check(&deep, "a message wrapped more than 8 times");
}

#[test]
fn a_fault_is_at_its_place_in_the_file() {
    let mut finding = parsed(HUB)["detail"]["findings"][0].take();
    finding["AwsAccountId"] = 7.into();
    let text = json!({ "Findings": [finding] }).to_string();
    let sentence = sentence(&text);
    assert!(sentence.starts_with("cannot read the finding: AwsAccountId: "), "{sentence}");
}
