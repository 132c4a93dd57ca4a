//! What is sent comes back, and what is wrong is named.

use serde_json::{Value, json};

use super::*;
use crate::samples::now;

fn check(draft: Value) -> Result<ResponsePlanSettings, Vec<FieldError>> {
    let draft: ResponsePlanSettingsInput = serde_json::from_value(draft).unwrap();
    draft.check(Some(&ResponsePlanSettings::default()), &Stamp { by: "test".into(), at: now() })
}

#[test]
fn what_was_read_can_be_sent_back() {
    let mut usual = ResponsePlanSettings::default();
    usual.exercises.push(crate::response_plan::settings::PlannedExercise {
        date: "2027-03-01".parse().unwrap(),
        description: "Keys in a repository".into(),
    });
    let same = check(serde_json::to_value(&usual).unwrap()).unwrap();
    assert_eq!(ResponsePlanSettings { stamps: usual.stamps.clone(), ..same.clone() }, usual);
    assert_eq!(same.stamps.version, 1);
    let default = check(json!({})).unwrap();
    assert_eq!(default.raci, ResponsePlanSettings::default().raci);
}

#[test]
fn faults() {
    let fields = |draft| {
        let faults = check(draft).unwrap_err().into_iter();
        faults.map(|f| format!("{} {}", f.field, f.message)).collect::<Vec<_>>()
    };
    let odd = json!({
        "motto": "x", "purpose": " ", "owner": "Ada L", "approver": "boss", "framework": "iso",
        "review_interval_months": 0,
        "raci": [{"phase": "panic", "responsible": ["boss"], "accountable": "me", "extra": 1}, 3],
        "phases": [{"phase": "learn", "actions": ["a\nb"]}],
        "severities": [{"severity": "loud", "definition": 1}],
        "communication": [{"audience": "All", "min_severity": "high", "channel": "mail",
                           "owner_role": "communications_lead", "cadence": "daily", "approver_role": 1}],
        "communication_channels": [{"name": "Chat", "usage": "spare", "instructions": "x"}],
        "exercises": [{"date": "soon", "description": "x"}]
    });
    insta::assert_snapshot!(fields(odd).join("\n"));
}
