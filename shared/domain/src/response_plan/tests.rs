//! A sound plan is printed whole, and each thing that is wrong with one is found.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use super::*;
use crate::finding::drill::DrillMode;
use crate::response_plan::settings::{ChannelUsage, Phase};
use crate::roster::contact::ContactStatus;
use crate::roster::external::NotificationObligation;
use crate::roster::plan::Target;
use crate::samples::{now, people, person};
use crate::value::severity::Severity;
use crate::value::stamps::{Stamp, Stamps};

struct Roster {
    settings: ResponsePlanSettings,
    people: People,
    resources: Vec<ExternalResource>,
    plans: Vec<EscalationPlan>,
    exercises: Vec<DrillSummary>,
}

fn resource(kind: &str, hours: Option<u32>) -> ExternalResource {
    let draft = serde_json::json!({
        "organization": "Data *Protection* <Office>", "type": kind, "contact_email": "desk@dpo.example",
        "owner": "gus"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    let stamp = Stamp { by: "test".into(), at: now() };
    let resource = draft.check(None, None, &stamp).unwrap();
    let duty = |hours| NotificationObligation {
        incident_types: BTreeSet::from([IncidentType::DataExposure]),
        within_hours: NonZeroU32::new(hours).unwrap(),
    };
    ExternalResource { notification_obligations: hours.into_iter().map(duty).collect(), ..resource }
}

/// One person for each role, each backed up by the next.
fn sound() -> Roster {
    let ids = ["ada", "ben", "cyd", "dan", "eve", "fay", "gus"];
    let team = ids.iter().zip(Role::ALL).enumerate().map(|(index, (id, role))| {
        let mut contact = person(id, role.card().escalation_level);
        contact.roles = vec![role];
        contact.backup_contact = Some(ids[(index + 1) % ids.len()].parse().unwrap());
        contact
    });
    let stamp = Stamp { by: "gus".into(), at: now() };
    let settings = ResponsePlanSettings {
        organization: Some("Example <b>Ltd</b>".into()),
        owner: Some("ada".parse().unwrap()),
        stamps: Stamps::after(None, &stamp),
        ..ResponsePlanSettings::default()
    };
    let exercise = DrillSummary {
        id: "20261101-abcdefghjk".parse().unwrap(),
        started_at: now(),
        mode: DrillMode::Live,
        incident_type: IncidentType::Malware,
        severity: Severity::High,
        escalation_plan: None,
        acknowledgment_count: 2,
        first_acknowledgment_seconds: Some(41),
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
    let revision = Revision { at, by: "gus".into(), version: 1, summary: "scope".into() };
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
    points.map(|p| format!("{} {} {}", p.severity.name(), p.code.name(), p.subject)).collect()
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
        &["high activity_without_single_accountable Declare the severity"],
    );
    check(
        |r| {
            r.settings.raci[1].accountable.clear();
            r.settings.raci[1].responsible.clear();
        },
        &[
            "high activity_without_single_accountable Declare the severity",
            "high activity_without_responsible Declare the severity",
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
            "medium role_single_holder Security Analyst",
            "medium communication_without_owner Customers",
            "medium communication_without_owner Press",
            "medium communication_without_owner Staff",
        ],
    );
    check(|r| get(r, "cyd").channels.truncate(1), &["high role_unreachable Technical Lead"]);
    check(
        |r| {
            let until = "2026-12-24".parse().unwrap();
            get(r, "cyd").status = ContactStatus::OnLeave { until };
            get(r, "dan").status = ContactStatus::OnLeave { until };
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
            let mut plan =
                EscalationPlan { id, min_severity: least_severity, ..EscalationPlan::default() };
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
            "critical severity_without_pages critical by plan none",
            "critical severity_without_pages high by plan none",
            "medium communication_without_owner Executives",
        ],
    );
    check(
        |r| r.settings.communication_channels.retain(|talk| talk.usage == ChannelUsage::Primary),
        &["high backup_channel_missing channels"],
    );
    check(
        |r| r.settings.communication_channels[1].depends_on = vec![" Chat Provider ".into()],
        &["high backup_channel_not_independent Telephone bridge"],
    );
    check(
        |r| r.settings.communication_channels[1].depends_on.clear(),
        &["high backup_channel_not_independent Telephone bridge"],
    );
    check(
        |r| r.settings.communication_channels.remove(0).name.clear(),
        &["medium primary_channel_missing channels"],
    );
    check(
        |r| r.resources[0].owner = Some("zoe".parse().unwrap()),
        &["high obligation_without_owner data-protection-office"],
    );
    check(
        |r| r.resources[0].notification_obligations.clear(),
        &["medium regulator_without_obligation data-protection-office"],
    );
    check(
        |r| r.settings.communication.clear(),
        &[
            "medium severity_without_communication critical",
            "medium severity_without_communication high",
        ],
    );
    check(|r| r.settings.owner = None, &["medium plan_without_owner plan"]);
    check(
        |r| r.settings.stamps.updated_at = "2025-01-01T00:00:00Z".parse().unwrap(),
        &["medium plan_review_due plan"],
    );
    check(|r| r.settings.stamps.version = 0, &["medium plan_not_adopted plan"]);
    check(|r| r.exercises.clear(), &["medium exercise_due plan"]);
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
    assert_eq!(json["issues"][0]["code"], "activity_without_single_accountable");
    assert_eq!(json["notification_obligations"][0]["within_hours"], 72);
    assert!(!json.to_string().contains("+1425"));
}
