//! The policy as people send it.

use serde_json::{Value, json};

use super::*;
use crate::samples::now;
use crate::value::severity::Severity;

fn check(draft: Value) -> Result<Policy, Vec<FieldError>> {
    let draft: PolicyInput = serde_json::from_value(draft).unwrap();
    draft.check(Some(&Policy::default()), &Stamp { by: "test".into(), at: now() })
}

#[test]
fn what_is_missing_has_its_default() {
    let policy = check(json!({"min_paging_severity": "high", "max_escalation_level": 4})).unwrap();
    let high = PagingThresholds {
        threats: Threshold::From(Severity::High),
        ..PagingThresholds::default()
    };
    assert_eq!(
        (policy.min_paging_severity, policy.max_escalation_level, policy.max_escalation_level_high),
        (high, 4, 4)
    );
    let each = check(json!({
        "min_paging_severity": {"threats": "high", "controls": "critical"},
        "closed_at_source": {"threats": "resolve"},
    }));
    let each = each.unwrap();
    assert_eq!(each.min_paging_severity.controls, Threshold::From(Severity::Critical));
    assert_eq!(
        each.min_paging_severity.vulnerabilities,
        PagingThresholds::default().vulnerabilities
    );
    let when = each.closed_at_source;
    assert_eq!(
        (when.threats, when.controls),
        (ClosedAtSourceAction::Resolve, ClosedAtSourceAction::StopPaging)
    );
    assert_eq!((policy.stamps.version, policy.stamps.created_at), (1, now()));
}

#[test]
fn faults() {
    let fields = |draft| check(draft).unwrap_err().into_iter().map(|f| f.field);
    let odd = json!({"min_paging_severity": "loud", "max_escalation_level": 0, "max_escalation_level_high": 1, "extra": 1});
    let odd: Vec<_> = fields(odd).collect();
    assert_eq!(
        odd,
        ["extra", "min_paging_severity", "max_escalation_level", "max_escalation_level_high"]
    );
    let odd = json!({
        "min_paging_severity": {"threats": "loud", "miners": "low", "controls": 7},
        "max_grouping_hours": 0, "reminder_minutes": 1, "closed_at_source": "perhaps",
    });
    let odd: Vec<_> = fields(odd).collect();
    let places = [
        "min_paging_severity.controls",
        "min_paging_severity.miners",
        "min_paging_severity.threats",
    ];
    assert_eq!(odd[..3], places);
    assert_eq!(odd[3..], ["max_grouping_hours", "reminder_minutes", "closed_at_source"]);
    let falling = json!({"max_escalation_level": 3, "max_escalation_level_high": 2, "max_escalation_level_critical": 1});
    let falling: Vec<_> = fields(falling).collect();
    assert_eq!(falling, ["max_escalation_level_high", "max_escalation_level_critical"]);
}
