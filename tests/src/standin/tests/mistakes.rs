//! Well-known mistakes are refused with code, status and path; what is right is let through.

use serde_json::{Value, json};

use super::{always, contacts, data, rest, say, start, target, voice};
use crate::standin::model::Model;

const CONTACT: &str = "arn:aws:ssm-contacts:eu-central-1:111122223333:contact/ada";
const CHANNEL: &str = "arn:aws:ssm-contacts:eu-central-1:111122223333:contact-channel/ada/1";
const PLAN: &str = "arn:aws:ssm-incidents::111122223333:response-plan/high";

#[tokio::test]
async fn every_model_is_read_whole() {
    let data = data().await;
    for service in
        ["ssm-contacts", "ssm-incidents", "pinpoint-sms-voice-v2", "guardduty", "securityhub"]
    {
        let model = Model::load(&data, service).unwrap();
        assert!(model.operations().count() > 30, "{service}");
    }
    assert!(Model::load(&data, "no-such-service").is_err());
}

fn contact() -> Value {
    let target = json!({ "ChannelTargetInfo": {
        "ContactChannelId": CHANNEL, "RetryIntervalInMinutes": 1
    } });
    json!({
        "Alias": "ada", "Type": "PERSONAL", "IdempotencyToken": "0a1b",
        "Plan": { "Stages": [{ "DurationInMinutes": 5, "Targets": [target] }] }
    })
}

#[tokio::test]
async fn contacts_of_incident_manager() {
    let at = start(vec![("ssm-contacts", always(json!({ "ContactArn": CONTACT })))]).await;
    let created = contacts(&at, "CreateContact", &contact()).await;
    assert_eq!((created.status, &created.body), (200, &json!({ "ContactArn": CONTACT })));
    assert_eq!(at.calls()[0].input, contact());

    let stage = "/Plan/Stages/0";
    let channel = "/Plan/Stages/0/Targets/0/ChannelTargetInfo/ContactChannelId";
    let email = json!("ada@example.com");
    for (place, value, complaint) in [
        (channel, &email, "'input.Plan.Stages[0].Targets[0].ChannelTargetInfo.ContactChannelId'"),
        (
            &format!("{stage}/DurationInMinutes"),
            &json!(60),
            "Value '60' at 'input.Plan.Stages[0].DurationInMinutes' failed to satisfy constraint: \
             Member must have value less than or equal to 30",
        ),
        (
            "/Plan",
            &Value::Null,
            "'input.Plan' failed to satisfy constraint: Member must not be null",
        ),
        ("/IdempotencyToken", &json!(CONTACT), "'input.IdempotencyToken'"),
        ("/Alias", &json!("Ada.L"), "'input.Alias'"),
        ("/Type", &json!("PERSON"), "enum value set: [PERSONAL, ESCALATION, ONCALL_SCHEDULE]"),
        (
            stage,
            &json!("5"),
            "'input.Plan.Stages[0]' failed to satisfy constraint: Member must be a",
        ),
        ("/Plan/Stages", &json!([null]), "'input.Plan.Stages[0]'"),
    ] {
        let mut body = contact();
        *body.pointer_mut(place).unwrap() = value.clone();
        let answer = contacts(&at, "CreateContact", &body).await;
        answer.assert_fault(400, "ValidationException", complaint);
        assert_eq!(answer.body["Reason"], "FIELD_VALIDATION_FAILED");
    }

    let mut lower = contact();
    lower["alias"] = lower["Alias"].take();
    let answer = contacts(&at, "CreateContact", &lower).await;
    answer.assert_fault(400, "ValidationException", "2 validation errors detected: ");
    answer.assert_fault(400, "ValidationException", "'input.Alias'");
    answer.assert_fault(400, "ValidationException", "'input.alias'");
    assert_eq!(answer.body["Fields"][1]["Name"], "input.alias");
    assert_eq!(at.calls().len(), 1);
    assert_eq!(at.refusals().len(), 9);
    assert_eq!(at.refusals()[8].operation.as_deref(), Some("CreateContact"));
}

#[tokio::test]
async fn operations_that_are_none() {
    let at = start(vec![("ssm-contacts", always(json!({})))]).await;
    let code = "UnknownOperationException";
    let asked = |name, version| {
        let at = &at;
        async move { target(at, "ssm-contacts", name, version, &json!({})).await }
    };
    asked("SSMContacts.StartIncident", "1.1").await.assert_fault(400, code, "");
    asked("SSMIncidents.CreateContact", "1.1").await.assert_fault(400, code, "");
    asked("SSMContacts.ListContacts", "1.0").await.assert_fault(400, code, "");
    let at = start(vec![("ssm-incidents", always(json!({})))]).await;
    let answer = rest(&at, "ssm-incidents", "PUT /startIncident", &json!({})).await;
    answer.assert_fault(404, code, "PUT /startIncident");
}

#[tokio::test]
async fn incidents_of_incident_manager() {
    let record = "arn:aws:ssm-incidents::111122223333:incident-record/high/1";
    let at = start(vec![("ssm-incidents", always(json!({ "incidentRecordArn": record })))]).await;
    let line = "POST /startIncident";
    let good = json!({
        "responsePlanArn": PLAN, "title": "High", "impact": 2,
        "triggerDetails": { "source": "com.example", "timestamp": 1_795_402_710.5 },
        "relatedItems": [{ "identifier": {
            "type": "OTHER", "value": { "url": "https://example.com" }
        } }]
    });
    let answer = rest(&at, "ssm-incidents", line, &good).await;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "incidentRecordArn": record })));
    for (place, value, complaint) in [
        ("/impact", json!(6), "Value '6' at 'input.impact' failed to satisfy constraint: Member"),
        ("/impact", json!(2.5), "'input.impact'"),
        ("/triggerDetails/timestamp", json!("2026-11-23T03:00:00Z"), "'input.triggerDetails.time"),
        ("/title", json!("x".repeat(201)), "Member must have length less than or equal to 200"),
        (
            "/relatedItems/0/identifier/value",
            json!({ "url": "https://example.com", "arn": PLAN }),
            "'input.relatedItems[0].identifier.value' failed to satisfy constraint: ItemValue must",
        ),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        let answer = rest(&at, "ssm-incidents", line, &body).await;
        answer.assert_fault(400, "ValidationException", complaint);
    }
    let upper = json!({ "responsePlanArn": PLAN, "Title": "High", "impact": 2 });
    let answer = rest(&at, "ssm-incidents", line, &upper).await;
    answer.assert_fault(400, "ValidationException", "'input.Title'");
}

#[tokio::test]
async fn inputs_in_path_and_query() {
    let act = always(json!({ "tags": { "team": "blue" } }));
    let at = start(vec![("ssm-incidents", act)]).await;
    let path = PLAN.replace('/', "%2F");
    let answer = rest(&at, "ssm-incidents", &format!("GET /tags/{path}"), &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(at.calls()[0].input, json!({ "resourceArn": PLAN }));

    let at = start(vec![("ssm-incidents", always(json!({})))]).await;
    let line = format!("DELETE /tags/{path}?tagKeys=a&tagKeys=b%20c");
    let answer = rest(&at, "ssm-incidents", &line, &Value::Null).await;
    assert_eq!((answer.status, &answer.body), (204, &Value::Null));
    assert_eq!(at.calls()[0].input, json!({ "resourceArn": PLAN, "tagKeys": ["a", "b c"] }));

    let line = format!("DELETE /tags/{path}?tagKeys=a&tagkeys=b");
    let answer = rest(&at, "ssm-incidents", &line, &Value::Null).await;
    answer.assert_fault(400, "ValidationException", "'input.tagkeys'");
    let line = format!("DELETE /tags/{path}?tagKeys=a");
    let answer = rest(&at, "ssm-incidents", &line, &json!({ "resourceArn": PLAN })).await;
    answer.assert_fault(400, "ValidationException", "no such member in the body");
}

#[tokio::test]
async fn inputs_in_headers_and_a_body_of_bytes() {
    let at = start(vec![("iot-data", always(json!({})))]).await;
    let kind = "x-amz-mqtt5-payload-format-indicator: UTF8_DATA\r\n";
    let headers = format!("{}{kind}", super::signed("iotdata"));
    let answer = super::ask(at.port, "POST /topics/a%2Fb?qos=1", &headers, "hello").await;
    assert_eq!((answer.status, &answer.body), (200, &json!({})), "{}", answer.body);
    let input = at.calls().remove(0).input;
    let wanted = json!({
        "topic": "a/b", "qos": 1, "payload": "aGVsbG8=",
        "x-amz-mqtt5-payload-format-indicator": "UTF8_DATA"
    });
    assert_eq!(input, wanted);
}

#[tokio::test]
async fn voice_messages() {
    let (at, _) = voice().await;
    for (change, complaint) in [
        (json!({ "MessageBody": "x".repeat(6001) }), "length less than or equal to 6000"),
        (json!({ "MessageBody": "x".repeat(3001) }), "more than 3000 characters"),
        (json!({ "MessageBody": " \n" }), "'input.MessageBody'"),
        (json!({ "DestinationPhoneNumber": "not-a-number" }), "'input.DestinationPhoneNumber'"),
        (json!({ "OriginationIdentity": null }), "'input.OriginationIdentity'"),
        (json!({ "TimeToLive": 1 }), "Member must have value greater than or equal to 5"),
        (json!({ "VoiceId": "Vicki" }), "'input.VoiceId'"),
    ] {
        say(&at, &change).await.assert_fault(400, "ValidationException", complaint);
    }
    assert_eq!(say(&at, &json!({ "VoiceId": "VICKI", "TimeToLive": 300 })).await.status, 200);
}
