//! Signatures, faults on demand, answers that AWS would never give, and the server's end.

use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::{always, ask, contacts, rest, say, signed, start, voice};
use crate::standin::{Act, Fault, Spoken, Voice};

#[tokio::test]
async fn a_request_needs_a_signature_for_a_service_that_is_there() {
    let (at, _) = voice().await;
    ask(at.port, "POST /", "", "{}").await.assert_fault(403, "MissingAuthenticationToken", "");
    let basic = "authorization: Basic abc\r\n";
    ask(at.port, "POST /", basic, "{}").await.assert_fault(403, "IncompleteSignature", "");
    let other = ask(at.port, "POST /", &signed("sns"), "{}").await;
    other.assert_fault(403, "InvalidSignatureException", "'sns'");
    assert_eq!(at.refusals().len(), 3);
    assert_eq!(at.calls(), []);
}

#[tokio::test]
async fn a_voice_message_is_kept_and_some_numbers_are_refused() {
    let (at, voice) = voice().await;
    let answer = say(&at, &Value::Null).await;
    let id = "00000000-0000-4000-8000-000000000001";
    assert_eq!((answer.status, &answer.body), (200, &json!({ "MessageId": id })));
    let spoken = Spoken {
        to: "+4915100000001".to_owned(),
        from: "+4930000000".to_owned(),
        text: "Somebody is mining on i-0a1b.".to_owned(),
        id: id.to_owned(),
    };
    assert_eq!(voice.spoken(), [spoken]);
    for (fault, reason) in [
        (Voice::opted_out(), "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
        (Voice::not_verified(), "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"),
        (Voice::country_blocked(), "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"),
    ] {
        voice.refuse("+4915100000001", fault);
        let answer = say(&at, &Value::Null).await;
        answer.assert_fault(400, "ConflictException", "estination");
        assert_eq!(answer.body["Reason"], reason);
    }
    let dry = json!({ "DestinationPhoneNumber": "+4915100000002", "DryRun": true });
    assert_eq!(say(&at, &dry).await.status, 200);
    assert_eq!(voice.spoken().len(), 1);
    assert_eq!((at.calls().len(), at.refusals().len()), (5, 0));
}

#[tokio::test]
async fn faults_on_demand_strike_so_many_calls() {
    let (at, voice) = voice().await;
    at.throttle(Voice::SERVICE, "SendVoiceMessage", 2).unwrap();
    at.fail(Voice::SERVICE, "SendVoiceMessage", "InternalServerException", 1).unwrap();
    // What is wrong with a request is told first, and leaves the faults for the calls.
    let wrong = json!({ "MessageBody": 1 });
    say(&at, &wrong).await.assert_fault(400, "ValidationException", "must be a string");
    say(&at, &Value::Null).await.assert_fault(400, "ThrottlingException", "");
    say(&at, &Value::Null).await.assert_fault(400, "ThrottlingException", "");
    say(&at, &Value::Null).await.assert_fault(500, "InternalServerException", "");
    assert_eq!(say(&at, &Value::Null).await.status, 200);
    assert_eq!((at.calls().len(), voice.spoken().len()), (4, 1));
    assert!(at.throttle("sns", "Publish", 1).is_err());
    assert!(at.throttle(Voice::SERVICE, "SendVoice", 1).is_err());
    assert!(at.fail(Voice::SERVICE, "SendVoiceMessage", "NoSuchException", 1).is_err());
}

#[tokio::test]
async fn an_error_has_all_that_its_shape_requires() {
    let at = start(vec![("ssm-incidents", always(json!({ "replicationSetArns": [] })))]).await;
    at.throttle("ssm-incidents", "ListReplicationSets", 1).unwrap();
    let line = "POST /listReplicationSets";
    let answer = rest(&at, "ssm-incidents", line, &json!({})).await;
    answer.assert_fault(429, "ThrottlingException", "");
    assert_eq!(answer.error, "ThrottlingException");
    assert!(answer.body["quotaCode"].is_string() && answer.body["serviceCode"].is_string());
    assert_eq!(rest(&at, "ssm-incidents", line, &json!({})).await.status, 200);
}

#[tokio::test]
async fn what_aws_would_never_say_is_a_500_that_says_so() {
    let acts: [(Act, &str); 5] = [
        (always(json!({ "ContactArn": "ada" })), "'output.ContactArn'"),
        (always(json!({})), "'output.ContactArn'"),
        (always(json!({ "contactArn": "ada" })), "'output.contactArn'"),
        (Box::new(|_| Err(Fault::new("NotFound", "x"))), "CreateContact has no error NotFound"),
        (Box::new(|_| Err(Fault::new("ConflictException", "x"))), "'ConflictException.ResourceId'"),
    ];
    for (act, complaint) in acts {
        let at = start(vec![("ssm-contacts", act)]).await;
        let body = json!({ "Alias": "ada", "Type": "PERSONAL", "Plan": { "Stages": [] } });
        let answer = contacts(&at, "CreateContact", &body).await;
        answer.assert_fault(500, "StandIn", complaint);
        assert_eq!((at.calls().len(), at.refusals().len()), (1, 1));
    }
}

#[tokio::test]
async fn two_services_have_one_port() {
    let contacts_act = always(json!({ "Contacts": [] }));
    let incidents_act = always(json!({ "replicationSetArns": [] }));
    let at = start(vec![("ssm-contacts", contacts_act), ("ssm-incidents", incidents_act)]).await;
    assert_eq!(contacts(&at, "ListContacts", &json!({})).await.status, 200);
    let line = "POST /listReplicationSets";
    assert_eq!(rest(&at, "ssm-incidents", line, &json!({})).await.status, 200);
    let services: Vec<String> = at.calls().into_iter().map(|call| call.service).collect();
    assert_eq!(services, ["ssm-contacts", "ssm-incidents"]);
}

#[tokio::test]
async fn it_ends_when_dropped() {
    let (at, _) = voice().await;
    let port = at.port;
    let kept = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    drop(at);
    // The kept connection ends as well.
    kept.readable().await.unwrap();
    assert_eq!(kept.try_read(&mut [0]).ok(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
