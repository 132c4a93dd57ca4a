//! A sound plan is printed whole, and each thing that is wrong with one is found.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use super::*;
use crate::finding::drill::Mode;
use crate::response_plan::settings::{Phase, Usage};
use crate::roster::contact::Status;
use crate::roster::external::Duty;
use crate::roster::plan::Target;
use crate::samples::{now, people, person};
use crate::value::severity::Severity;
use crate::value::stamps::{Stamp, Stamps};

struct Roster {
    settings: PlanSettings,
    people: People,
    resources: Vec<ExternalResource>,
    plans: Vec<EscalationPlan>,
    exercises: Vec<Exercise>,
}

fn resource(kind: &str, hours: Option<u32>) -> ExternalResource {
    let draft = serde_json::json!({
        "organisation": "Data *Protection* <Office>", "kind": kind, "contact_email": "desk@dpo.example",
        "owner": "gus"
    });
    let draft: crate::roster::external::draft::ExternalDraft =
        serde_json::from_value(draft).unwrap();
    let stamp = Stamp { by: "test".into(), at: now() };
    let resource = draft.check(None, None, &stamp).unwrap();
    let duty = |hours| Duty {
        incident_types: BTreeSet::from([IncidentType::DataExposure]),
        within_hours: NonZeroU32::new(hours).unwrap(),
    };
    ExternalResource { duties: hours.into_iter().map(duty).collect(), ..resource }
}

/// One person for each role, each backed up by the next.
fn sound() -> Roster {
    let ids = ["ada", "ben", "cyd", "dan", "eve", "fay", "gus"];
    let team = ids.iter().zip(Role::ALL).enumerate().map(|(index, (id, role))| {
        let mut contact = person(id, role.card().level);
        contact.roles = vec![role];
        contact.backup = Some(ids[(index + 1) % ids.len()].parse().unwrap());
        contact
    });
    let stamp = Stamp { by: "gus".into(), at: now() };
    let settings = PlanSettings {
        organisation: Some("Example <b>Ltd</b>".into()),
        owner: Some("ada".parse().unwrap()),
        stamps: Stamps::after(None, &stamp),
        ..PlanSettings::default()
    };
    let exercise = Exercise {
        id: "20261101-abcdefghjk".parse().unwrap(),
        at: now(),
        mode: Mode::Live,
        incident_type: IncidentType::Malware,
        severity: Severity::High,
        plan: None,
        answers: 2,
        first_answer_after_seconds: Some(41),
    };
    Roster {
        settings,
        people: people(team),
        resources: vec![resource("regulator", Some(72))],
        plans: Vec::new(),
        exercises: vec![exercise],
    }
}

fn with<T>(roster: &Roster, read: impl FnOnce(&Sources<'_>) -> T) -> T {
    let (policy, at) = (Policy::default(), now());
    let revision = Revision { at, by: "gus".into(), version: 1, what: "scope".into() };
    read(&Sources {
        settings: &roster.settings,
        people: &roster.people,
        resources: &roster.resources,
        plans: &roster.plans,
        policy: &policy,
        exercises: &roster.exercises,
        revisions: &[revision],
        now: at,
    })
}

/// What is open after a change of the sound one.
fn open(change: impl FnOnce(&mut Roster)) -> Vec<String> {
    let mut roster = sound();
    change(&mut roster);
    let points = with(&roster, check).into_iter();
    points.map(|p| format!("{} {} {}", p.severity.name(), p.code, p.subject)).collect()
}

fn get<'a>(roster: &'a mut Roster, id: &str) -> &'a mut Contact {
    roster.people.get_mut(&id.parse::<ContactId>().unwrap()).unwrap()
}

#[test]
fn a_sound_plan_has_no_open_points() {
    assert_eq!(open(|_| {}), Vec::<String>::new());
}

#[test]
fn the_chart() {
    let check = |change: fn(&mut Roster), expected: &[&str]| assert_eq!(open(change), expected);
    check(
        |r| r.settings.raci[1].accountable = vec![Role::LegalCounsel, Role::TechnicalLead],
        &["high accountable_not_one Declare the severity"],
    );
    check(
        |r| {
            r.settings.raci[1].accountable.clear();
            r.settings.raci[1].responsible.clear();
        },
        &[
            "high accountable_not_one Declare the severity",
            "high nobody_responsible Declare the severity",
        ],
    );
    check(
        |r| r.settings.raci.retain(|line| line.phase != Phase::Learn),
        &["medium phase_without_activity learn"],
    );
    check(
        |r| {
            r.people.remove(&"eve".parse::<ContactId>().unwrap());
        },
        &[
            "high role_unfilled Communications Lead",
            "medium message_without_owner Customers",
            "medium message_without_owner Press",
            "medium message_without_owner Staff",
            "medium role_without_backup Security Analyst",
        ],
    );
    check(|r| get(r, "cyd").channels.truncate(1), &["high role_unreachable Technical Lead"]);
    check(
        |r| {
            let until = "2026-12-24".parse().unwrap();
            get(r, "cyd").status = Status::OnLeave { until };
            get(r, "dan").status = Status::OnLeave { until };
        },
        &["high role_unreachable Technical Lead"],
    );
}

#[test]
fn escalation_talk_duties_and_upkeep() {
    let check = |change: fn(&mut Roster), expected: &[&str]| assert_eq!(open(change), expected);
    check(
        |r| {
            let (id, least_severity) = ("none".parse().unwrap(), Severity::High);
            let mut plan = EscalationPlan { id, least_severity, ..EscalationPlan::default() };
            for step in &mut plan.steps {
                step.targets = vec![Target::External("dpo".parse().unwrap())];
            }
            r.plans.push(plan);
            for contact in r.people.values_mut() {
                contact.roles.retain(|role| *role != Role::IncidentCommander);
                if contact.roles.is_empty() {
                    contact.roles = vec![Role::SecurityAnalyst];
                }
            }
        },
        &[
            "critical role_unfilled Incident Commander",
            "critical severity_pages_nobody critical by plan none",
            "critical severity_pages_nobody high by plan none",
            "medium message_without_owner Executives",
        ],
    );
    check(
        |r| r.settings.channels.retain(|talk| talk.usage == Usage::Primary),
        &["high no_backup_channel channels"],
    );
    check(
        |r| r.settings.channels[1].depends_on = vec![" Chat Provider ".into()],
        &["high backup_depends_on_primary Telephone bridge"],
    );
    check(
        |r| r.settings.channels[1].depends_on.clear(),
        &["high backup_depends_on_primary Telephone bridge"],
    );
    check(|r| r.settings.channels.remove(0).name.clear(), &["medium no_primary_channel channels"]);
    check(
        |r| r.resources[0].owner = Some("zoe".parse().unwrap()),
        &["high duty_without_owner data-protection-office"],
    );
    check(
        |r| r.resources[0].duties.clear(),
        &["medium regulator_without_duty data-protection-office"],
    );
    check(
        |r| r.settings.communication.clear(),
        &["medium severity_without_message critical", "medium severity_without_message high"],
    );
    check(|r| r.settings.owner = None, &["medium plan_without_owner plan"]);
    check(
        |r| r.settings.stamps.updated_at = "2025-01-01T00:00:00Z".parse().unwrap(),
        &["medium plan_review_due plan"],
    );
    check(|r| r.settings.stamps.version = 0, &["medium plan_never_adopted plan"]);
    check(|r| r.exercises.clear(), &["medium no_exercise plan"]);
}

#[test]
fn the_plan_is_printed() {
    let mut roster = sound();
    get(&mut roster, "ben").name = "Ben | <script>alert(1)</script>".into();
    get(&mut roster, "ben").unconfirmed_since = Some(now());
    roster.settings.raci[1].accountable.clear();
    let id = "late".parse().unwrap();
    let mut late = EscalationPlan { id, name: "late".into(), ..EscalationPlan::default() };
    late.incident_types.insert(IncidentType::PenetrationTest);
    late.steps.remove(0);
    roster.plans.push(late);
    let plan = with(&roster, document);
    insta::assert_snapshot!("markdown", plan.markdown());
    let html = plan.html();
    assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("+1425"));
    insta::assert_snapshot!("html", html);
    insta::assert_snapshot!("raci", raci_csv(&roster.settings));
    let json = serde_json::to_value(with(&roster, response_plan)).unwrap();
    assert_eq!(json["open_points"][0]["code"], "accountable_not_one");
    assert_eq!(json["duties"][0]["within_hours"], 72);
    assert!(!json.to_string().contains("+1425"));
}
