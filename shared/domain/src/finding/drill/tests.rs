//! What a drill asks for, and what its report says.

use serde_json::{Value, json};

use super::*;
use crate::incident::drill::report::report;
use crate::incident::send::Delivery;
use crate::incident::{Actor, Incident};
use crate::roster::policy::Policy;
use crate::samples::now;

fn check(draft: Value) -> Result<DrillFinding, Vec<crate::draft::fault::FieldError>> {
    let draft: DrillInput = serde_json::from_value(draft).unwrap();
    draft.check("d1".into(), "eu-central-1", "arn:caller".into(), now())
}

#[test]
fn what_is_missing_is_filled_in_but_not_whether_it_sends() {
    let drill = check(json!({"mode": "dry_run"})).unwrap();
    assert_eq!((drill.severity, drill.incident_type), (Severity::High, IncidentType::Other));
    assert_eq!((drill.account.as_str(), drill.drill.contacts.len()), ("000000000000", 0));
    let faults = check(json!({
        "severity": "grave", "incident_type": "flood", "account": "12", "contacts": ["Ada L", 7],
        "when": "now"
    }))
    .unwrap_err();
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected =
        ["when", "incident_type", "severity", "account", "contacts[1]", "contacts[0]", "mode"];
    assert_eq!(fields, expected);
}

fn incident(draft: Value) -> Incident {
    let finding = Finding::from(check(draft).unwrap());
    let plan = finding.drill.as_ref().and_then(Drill::plan).unwrap_or_default();
    Incident::open("d-1".parse().unwrap(), finding, &Policy::default(), plan, now())
}

#[test]
fn what_travels_is_read_again() {
    let drill = check(json!({"mode": "live", "contacts": ["ada"], "severity": "low"})).unwrap();
    let text = serde_json::to_string(&drill).unwrap();
    assert_eq!(serde_json::from_str::<DrillFinding>(&text).unwrap(), drill);
}

#[test]
fn the_named_people_are_the_plan() {
    let incident = incident(json!({"mode": "live", "contacts": ["bob", "ada"]}));
    let named: Vec<_> = incident.escalation_plan.named().map(ContactId::as_str).collect();
    assert_eq!((named, incident.escalation_plan.required_acknowledgments), (vec!["ada", "bob"], 2));
}

#[test]
fn the_report_says_who_answered_after_how_long() {
    let opened = incident(json!({"mode": "live", "contacts": ["ada", "bob"]}));
    let by = Actor::Contact { contact: "ada".parse().unwrap() };
    let answered = opened.acknowledge(by, now() + SignedDuration::from_secs(95)).unwrap().unwrap();
    let send = |contact: &str, channel: &str, after: i64, state: Value| -> Delivery {
        let mut value = json!({
            "run": 1, "round": 1, "step": 0, "contact": contact, "channel": channel, "attempts": 1,
            "at": now() + SignedDuration::from_secs(after)
        });
        value.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    };
    let out = json!({"state": "sent", "message_id": "m"});
    let sends = [
        send("ada", "email", 5, out.clone()),
        send("ada", "sms", 3, json!({"state": "failed", "error": "OptedOut", "retryable": false})),
        send("bob", "sms", 3, json!({"state": "unavailable"})),
        send("emergency", "topic", 600, out),
    ];
    insta::assert_json_snapshot!(report(&answered, &sends).unwrap());
    assert!(report(&crate::samples::incident(), &sends).is_none());
}
