//! What is sent comes back, and what is wrong is named.

use serde_json::{Value, json};

use super::*;
use crate::samples::now;

fn check(draft: Value) -> Result<PlanSettings, Vec<Fault>> {
    let draft: PlanSettingsDraft = serde_json::from_value(draft).unwrap();
    draft.check(Some(&PlanSettings::default()), &Stamp { by: "test".into(), at: now() })
}

#[test]
fn what_was_read_can_be_sent_back() {
    let mut usual = PlanSettings::default();
    usual.exercises.push(crate::response_plan::settings::PlannedExercise {
        on: "2027-03-01".parse().unwrap(),
        what: "Keys in a repository".into(),
    });
    let same = check(serde_json::to_value(&usual).unwrap()).unwrap();
    assert_eq!(PlanSettings { stamps: usual.stamps.clone(), ..same.clone() }, usual);
    assert_eq!(same.stamps.version, 1);
    let default = check(json!({})).unwrap();
    assert_eq!(default.raci, PlanSettings::default().raci);
}

#[test]
fn faults() {
    let fields = |draft| {
        let faults = check(draft).unwrap_err().into_iter();
        faults.map(|f| format!("{} {}", f.field, f.fault)).collect::<Vec<_>>()
    };
    let odd = json!({
        "motto": "x", "purpose": " ", "owner": "Ada L", "approver": "boss", "framework": "iso",
        "review_months": 0,
        "raci": [{"phase": "panic", "responsible": ["boss"], "accountable": "me", "extra": 1}, 3],
        "phases": [{"phase": "learn", "actions": ["a\nb"]}],
        "severities": [{"severity": "loud", "definition": 1}],
        "communication": [{"audience": "All", "least_severity": "high", "channel": "mail",
                           "owner": "communications_lead", "cadence": "daily", "approval": 1}],
        "channels": [{"name": "Chat", "usage": "spare", "how": "x"}],
        "exercises": [{"on": "soon", "what": "x"}]
    });
    insta::assert_snapshot!(fields(odd).join("\n"));
}
