//! One case for each thing that can lack.

use std::collections::BTreeSet;

use super::*;
use crate::review::reach::{ChannelVerification, UndeliverableReason};
use crate::roster::contact::ContactStatus;
use crate::roster::plan::Target;
use crate::samples::{closed, now, people, person};

/// Seven people, one for each role, each backed up by the next but the last, whom the first backs up.
fn team() -> People {
    let ids = ["ada", "ben", "cyd", "dan", "eve", "fay", "gus"];
    let team = ids.iter().zip(Role::ALL).enumerate().map(|(index, (id, role))| {
        let mut contact = person(id, role.card().escalation_level);
        contact.roles = vec![role];
        contact.backup_contact = Some(ids[(index + 1) % ids.len()].parse().unwrap());
        contact.confirmed_at = Some(now());
        contact
    });
    people(team)
}

fn proven(people: &People) -> Reached {
    let reach = ChannelVerification { verified_at: Some(now()), ..ChannelVerification::default() };
    people.values().map(|c| (c.id.clone(), vec![reach; c.channels.len()])).collect()
}

/// The codes and objects of what lacks, but for what every case here lacks.
fn codes(people: &People, change: impl FnOnce(&mut Sources<'_>)) -> Vec<String> {
    let (reached, policy, leaving) = (proven(people), Policy::default(), BTreeSet::new());
    let mut sources = Sources {
        people,
        plans: &[],
        resources: &[],
        policy: &policy,
        reached: &reached,
        exercises: &[],
        inactive: &[],
        leaving: &leaving,
        waiting: 0,
        limits: Limits::default(),
        now: now(),
    };
    change(&mut sources);
    let usual = [GapCode::PlanDrillDue, GapCode::BackupCycle];
    let findings = coverage(&sources).gaps.into_iter().filter(|f| !usual.contains(&f.code));
    findings
        .map(|f| format!("{} {} {}", f.severity.name(), f.code.name(), f.subject.words()))
        .collect()
}

/// What lacks after a change of the team.
fn after(change: impl FnOnce(&mut People)) -> Vec<String> {
    let mut people = team();
    change(&mut people);
    codes(&people, |_| {})
}

fn get<'a>(people: &'a mut People, id: &str) -> &'a mut Contact {
    people.get_mut(&id.parse::<ContactId>().unwrap()).unwrap()
}

#[test]
fn a_sound_team_lacks_nothing() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
}

#[test]
fn what_people_lack() {
    let check = |change: fn(&mut People), expected: &[&str]| assert_eq!(after(change), expected);
    check(|p| get(p, "cyd").channels.truncate(1), &["high contact_single_channel_type cyd"]);
    check(
        |p| get(p, "cyd").backup_contact = None,
        &["medium role_single_holder Technical Lead", "medium contact_without_backup cyd"],
    );
    check(
        |p| get(p, "cyd").backup_contact = Some("zoe".parse().unwrap()),
        &["high backup_missing cyd", "medium role_single_holder Technical Lead"],
    );
    check(
        |p| get(p, "gus").status = ContactStatus::OnLeave { until: "2026-12-24".parse().unwrap() },
        &["medium backup_on_leave fay"],
    );
    check(
        |p| get(p, "gus").status = ContactStatus::OnLeave { until: "2026-11-20".parse().unwrap() },
        &["low leave_ended gus"],
    );
    check(|p| get(p, "ada").confirmed_at = None, &["low contact_review_due ada"]);
    check(|p| get(p, "ada").unconfirmed_since = Some(now()), &["high contact_unconfirmed ada"]);
    check(
        |p| {
            get(p, "ada").manager = Some("gus".into());
            get(p, "gus").status = ContactStatus::Departed;
        },
        &[
            "high role_unfilled Legal Counsel",
            "high backup_missing fay",
            "medium role_single_holder Subject Matter Expert",
            "low manager_departed ada",
        ],
    );
    check(
        |p| {
            p.remove(&"ada".parse::<ContactId>().unwrap());
        },
        &[
            "critical role_unfilled Incident Commander",
            "high backup_missing gus",
            "medium role_single_holder Legal Counsel",
        ],
    );
}

#[test]
fn channels() {
    let people = team();
    let ada = &people[&"ada".parse::<ContactId>().unwrap()].id;
    let with = |reach: [ChannelVerification; 3]| {
        let mut reached = proven(&people);
        reached.insert(ada.clone(), reach.to_vec());
        codes(&people, |sources| sources.reached = Box::leak(Box::new(reached)))
    };
    let good = ChannelVerification { verified_at: Some(now()), ..ChannelVerification::default() };
    let old = ChannelVerification {
        verified_at: Some(now() - SignedDuration::from_hours(24 * 91)),
        ..good
    };
    let dead =
        ChannelVerification { undeliverable_reason: Some(UndeliverableReason::Bounced), ..good };
    assert_eq!(
        with([good, old, ChannelVerification::default()]),
        [
            "medium channel_unverified ada, sms (channel 2)",
            "medium channel_unverified ada, voice (channel 3)",
        ]
    );
    assert_eq!(with([dead, good, good]), ["high channel_undeliverable ada, email (channel 1)"]);
    assert_eq!(with([dead; 3])[0], "critical channel_undeliverable ada, email (channel 1)");
}

#[test]
fn circles_are_told_once() {
    let circles = |people: &People| {
        let (reached, policy, leaving) = (proven(people), Policy::default(), BTreeSet::new());
        let sources = Sources {
            people,
            plans: &[],
            resources: &[],
            policy: &policy,
            reached: &reached,
            exercises: &[],
            inactive: &[],
            leaving: &leaving,
            waiting: 0,
            limits: Limits::default(),
            now: now(),
        };
        let findings = coverage(&sources).gaps.into_iter();
        let circles = findings.filter(|f| f.code == GapCode::BackupCycle);
        circles.map(|f| format!("{} {}", f.severity.name(), f.description)).collect::<Vec<_>>()
    };
    let mut people = team();
    assert_eq!(
        circles(&people),
        ["medium These back up only each other: ada, ben, cyd, dan, eve, fay, gus."]
    );
    get(&mut people, "ben").backup_contact = Some("ada".parse().unwrap());
    assert_eq!(
        circles(&people),
        ["low These back up only each other: ada, ben."],
        "the others lead there"
    );
    get(&mut people, "ben").backup_contact = None;
    assert_eq!(circles(&people), Vec::<String>::new());
}

#[test]
fn hours() {
    // Everybody else backs up around the clock, so nobody may.
    let mut people = team();
    for contact in people.values_mut() {
        contact.backup_contact = None;
        contact.availability = closed();
    }
    let (reached, policy, leaving) = (proven(&people), Policy::default(), BTreeSet::new());
    let sources = Sources {
        people: &people,
        plans: &[],
        resources: &[],
        policy: &policy,
        reached: &reached,
        exercises: &[],
        inactive: &[],
        leaving: &leaving,
        waiting: 0,
        limits: Limits::default(),
        now: now(),
    };
    let findings = coverage(&sources).gaps;
    let hours: Vec<_> = findings.iter().filter(|f| f.code == GapCode::RoleHoursUncovered).collect();
    assert_eq!(hours.len(), 7);
    assert_eq!(
        hours[0].description,
        "In these hours of the coming week nobody in this role is there: Mon 03:00 to Tue 08:00, Tue \
         18:00 to Wed 08:00, Wed 18:00 to Thu 08:00, Thu 18:00 to Fri 08:00, Fri 18:00 to Mon 03:00 (UTC)."
    );
}

#[test]
fn plans_resources_and_what_waits() {
    let mut plan = EscalationPlan::default();
    plan.steps[0].targets = vec![Target::Contact("zoe".parse().unwrap())];
    let draft = serde_json::json!({
        "organization": "Deep Forensics", "type": "forensics", "contact_email": "desk@deep.example"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    let stamp = crate::value::stamps::Stamp { by: "test".into(), at: now() };
    let resource = draft.check(None, None, &stamp).unwrap();
    let owned = ExternalResource {
        owner: Some("ada".parse().unwrap()),
        confirmed_at: Some(now()),
        contract_number: Some("C-1".into()),
        ..resource.clone()
    };
    let (people, plans) = (team(), [plan]);
    let leaving = BTreeSet::from(["ada".parse().unwrap()]);
    let told = codes(&people, |sources| {
        (sources.plans, sources.waiting) = (Box::leak(Box::new(plans)), 2);
        sources.resources = Box::leak(Box::new([resource, owned]));
        sources.leaving = Box::leak(Box::new(leaving));
    });
    assert_eq!(
        told,
        [
            "high departure_reported ada",
            "high plan_contact_missing plan default",
            "medium resource_without_owner external resource deep-forensics",
            "low resource_without_contract_number external resource deep-forensics",
            "low resource_review_due external resource deep-forensics",
            "low change_requests_pending the roster",
        ]
    );
}

#[test]
fn the_report_reads_well() {
    let mut people = team();
    get(&mut people, "ada").unconfirmed_since = Some(now());
    get(&mut people, "cyd").channels.truncate(1);
    let (reached, policy, leaving) = (Reached::new(), Policy::default(), BTreeSet::new());
    let sources = Sources {
        people: &people,
        plans: &[],
        resources: &[],
        policy: &policy,
        reached: &reached,
        exercises: &[],
        inactive: &[],
        leaving: &leaving,
        waiting: 0,
        limits: Limits::default(),
        now: now(),
    };
    let report = coverage(&sources);
    let (subject, text) = report.summary();
    insta::assert_snapshot!(format!("{subject}\n\n{text}"));
    insta::assert_snapshot!("document", report.document().markdown());
}

#[test]
fn a_circle_of_everybody_is_told_in_a_few_words_and_soon() {
    let many = 10_000;
    let ring = (0..many).map(|n| {
        let mut contact = person(&format!("p{n:05}"), 2);
        contact.availability = closed();
        contact.backup_contact = Some(format!("p{:05}", (n + 1) % many).parse().unwrap());
        contact
    });
    let (reached, policy, leaving) = (Reached::new(), Policy::default(), BTreeSet::new());
    let people = people(ring);
    let report = coverage(&Sources {
        people: &people,
        plans: &[],
        resources: &[],
        policy: &policy,
        reached: &reached,
        exercises: &[],
        inactive: &[],
        leaving: &leaving,
        waiting: 0,
        limits: Limits::default(),
        now: now(),
    });
    let circle = report.gaps.iter().find(|f| f.code == GapCode::BackupCycle).unwrap();
    assert!(
        circle.description.ends_with("p00008, p00009, and 9990 more."),
        "{}",
        circle.description
    );
    assert!(report.gaps.iter().any(|f| f.code == GapCode::RoleHoursUncovered));
}

/// What lacks of the plans, the resources and Incident Manager's channels alone.
#[test]
fn what_is_left_to_be_told() {
    use crate::incident_manager::directory::ChannelNotActivated;
    let mut plan = EscalationPlan { id: "night".parse().unwrap(), ..EscalationPlan::default() };
    plan.steps[0].targets = vec![Target::External("nothing".parse().unwrap())];
    let draft = serde_json::json!({
        "organization": "Acme", "type": "vendor", "contact_email": "desk@acme.example"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    let stamp = crate::value::stamps::Stamp { by: "test".into(), at: now() };
    let mut mute = draft.check(None, None, &stamp).unwrap();
    mute.contact_email = None;
    mute.owner = Some("zoe".parse().unwrap());
    mute.unconfirmed_since = Some(now());
    let inactive = |alias: &str| ChannelNotActivated {
        alias: alias.into(),
        r#type: ChannelType::Sms,
        name: "sms-1".into(),
    };
    let inactive = [inactive("muster-contact-ada"), inactive("muster-contact-a-contact-b")];
    let (people, plans, resources) = (team(), [plan], [mute]);
    let drill = |plan: &str, days: i64| DrillSummary {
        id: "d-1".parse().unwrap(),
        started_at: now() - SignedDuration::from_hours(24 * days),
        mode: crate::finding::drill::DrillMode::Live,
        incident_type: crate::value::incident_type::IncidentType::Other,
        severity: Severity::High,
        escalation_plan: Some(plan.parse().unwrap()),
        acknowledgment_count: 1,
        first_acknowledgment_seconds: Some(60),
    };
    let drills = |night: i64, default: i64| {
        let exercises = [drill("night", night), drill("night", 300), drill("default", default)];
        let (reached, policy, leaving) = (proven(&people), Policy::default(), BTreeSet::new());
        let report = coverage(&Sources {
            people: &people,
            plans: &plans,
            resources: &resources,
            policy: &policy,
            reached: &reached,
            exercises: &exercises,
            inactive: &inactive,
            leaving: &leaving,
            waiting: 0,
            limits: Limits::default(),
            now: now(),
        });
        let findings = report.gaps.into_iter().filter(|f| f.code != GapCode::BackupCycle);
        findings
            .map(|f| format!("{} {} {}", f.severity.name(), f.code.name(), f.subject.words()))
            .collect()
    };
    let sound: Vec<String> = drills(180, 180);
    assert_eq!(
        sound,
        [
            "high plan_resource_missing plan night",
            "high resource_without_contact_details external resource acme",
            "medium resource_without_owner external resource acme",
            "medium resource_unconfirmed external resource acme",
            "low channel_not_activated a-contact-b",
            "low channel_not_activated ada",
        ]
    );
    let stale: Vec<String> = drills(181, 181);
    let new: Vec<_> = stale.iter().filter(|line| !sound.contains(line)).collect();
    assert_eq!(new, ["medium plan_drill_due plan default", "medium plan_drill_due plan night"]);
}
