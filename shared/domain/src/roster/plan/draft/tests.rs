//! Plans as people send them.

use serde_json::{Value, json};

use super::*;
use crate::samples::now;

fn check(draft: Value) -> Result<EscalationPlan, Vec<FieldError>> {
    let draft: EscalationPlanInput = serde_json::from_value(draft).unwrap();
    draft.check(None, None, &Stamp { by: "test".into(), at: now() })
}

#[test]
fn a_small_plan_is_filled_in() {
    let steps = json!([{"after_minutes": 0, "targets": ["role:technical_lead"]},
                       {"after_minutes": 45, "targets": ["contact:ada"], "channels": ["voice"]}]);
    let plan = check(json!({"name": "Ransomware", "steps": steps})).unwrap();
    insta::assert_json_snapshot!(plan);
    // What was read can be sent back.
    assert_eq!(check(serde_json::to_value(&plan).unwrap()), Ok(plan));
}

#[test]
fn every_fault_is_named() {
    let faults = check(json!({
        "name": "", "incident_types": ["fire"], "min_severity": "loud", "rounds": 0,
        "round_interval_minutes": 5, "required_acknowledgments": "two", "owner": "me",
        "steps": [
            {"after_minutes": 10, "targets": ["everybody", "level:9"], "channels": "pigeon"},
            {"after_minutes": 10, "targets": [], "channels": [], "wait": 1},
            {"targets": ["backups", "backups"], "channels": ["sms", "fax"]},
            7
        ]
    }));
    insta::assert_json_snapshot!(faults.unwrap_err());
    for none in [json!({"name": "x"}), json!({"name": "x", "steps": []})] {
        let faults = check(none).unwrap_err();
        assert_eq!((faults.len(), faults[0].field.as_str()), (1, "steps"));
    }
}
