//! What a record is told, and who pages whom.

use super::*;
use crate::directory::PREFIX;
use crate::incident::Actor;
use crate::samples::{incident, now, people, person};

fn line<'a>(name: &'a str, what: &'a str) -> Line<'a> {
    Line { name, what, by: "Muster", at: now(), text: "Something happened." }
}

fn started() -> Mirror {
    let incident = incident();
    Mirror {
        arn: Some("arn".to_owned()),
        severity: Some(incident.severity),
        ..Mirror::new(incident.id)
    }
}

/// Takes every step that there is.
fn told(mirror: &mut Mirror, incident: &Incident, lines: &[Line<'_>]) -> Vec<Step> {
    let steps = mirror.steps(incident, lines);
    for step in &steps {
        mirror.made(step);
    }
    assert_eq!(mirror.steps(incident, lines), vec![], "a step was to be made twice");
    steps
}

#[test]
fn a_record_is_told_each_thing_once() {
    let (incident, mut mirror) = (incident(), started());
    let lines = [line("opened", "opened"), line("step#1", "step")];
    assert_eq!(told(&mut mirror, &incident, &lines[..1]).len(), 1);
    let steps = told(&mut mirror, &incident, &lines);
    assert!(matches!(&steps[..], [Step::Tell { name, .. }] if name == "step#1"), "{steps:?}");

    let worse = Incident { severity: Severity::Critical, ..incident.clone() };
    assert_eq!(told(&mut mirror, &worse, &lines), [Step::SetSeverity(Severity::Critical)]);
    let over = worse.resolve(Actor::Muster, now()).unwrap();
    assert_eq!(told(&mut mirror, &over, &lines), [Step::Resolve]);
    assert!(mirror.settled());
    // A record that is not there, or was deleted, is told nothing.
    let unborn = Mirror::new(incident.id.clone());
    assert_eq!(unborn.steps(&over, &lines), vec![]);
    let gone = Mirror { gone: true, ..started() };
    assert_eq!(gone.steps(&over, &lines), vec![]);
}

#[test]
fn an_answer_ends_the_engagement_of_its_run() {
    let (incident, mut mirror) = (incident(), started());
    let engagement =
        |run| Some(Engagement { run, backend: PagingBackend::Both, people: BTreeMap::default() });
    mirror.engagement = engagement(1);
    assert_eq!(told(&mut mirror, &incident, &[]), vec![]);
    let taken = incident.acknowledge(Actor::Muster, now()).unwrap().unwrap();
    assert_eq!(told(&mut mirror, &taken, &[]), [Step::StopEngagements]);
    mirror.engagement = engagement(2);
    assert_eq!(told(&mut mirror, &taken, &[]), [Step::StopEngagements]);
}

#[test]
fn a_thousand_findings_are_no_thousand_lines() {
    let (incident, mut mirror) = (incident(), started());
    let names: Vec<_> = (0..1000).map(|number| format!("attached#{number:04}")).collect();
    let mut lines: Vec<_> = names.iter().map(|name| line(name, "attached")).collect();
    assert_eq!(told(&mut mirror, &incident, &lines).len(), MOST_ATTACHED);
    lines.push(line("resolved", "resolved"));
    assert_eq!(told(&mut mirror, &incident, &lines).len(), 1);
}

#[test]
fn each_person_of_a_step_is_paged_by_exactly_one() {
    let people = people([person("ada", 1), person("bob", 1), person("cid", 1)]);
    let incident = incident();
    let cursor = Cursor::FIRST;
    let found = crate::escalation::Found::new(&people, &[]);
    let turn = crate::escalation::plan_turn(&incident, cursor, &found, now());
    let check = |backend, known: &[(&str, bool)], expected: &[&str]| {
        let known = known.iter().map(|(id, reached)| (id.parse().unwrap(), *reached));
        let engagement = Engagement { run: 1, backend, people: known.collect() };
        let left = turn.clone().shared_with(cursor, Some(&engagement));
        let left: Vec<_> = left.pages.iter().map(|page| page.contact.id.as_str()).collect();
        assert_eq!(left, expected, "{backend:?}");
    };
    let some = [("ada", true), ("bob", false)];
    check(PagingBackend::Native, &some, &["ada", "bob", "cid"]);
    check(PagingBackend::Both, &some, &["bob", "cid"]);
    // Who is not in its plan is Muster's in any case.
    check(PagingBackend::IncidentManager, &some, &["cid"]);
    let none = [("ada", false), ("bob", false)];
    check(PagingBackend::Both, &none, &["ada", "bob", "cid"]);
    check(PagingBackend::IncidentManager, &none, &["ada", "bob", "cid"]);
    // An engagement of another run is none of this one.
    let old = Engagement {
        run: 7,
        backend: PagingBackend::IncidentManager,
        people: [("ada".parse().unwrap(), true)].into(),
    };
    assert_eq!(turn.clone().shared_with(cursor, Some(&old)), turn);
    assert_eq!(turn.clone().shared_with(cursor, None), turn);
}

#[test]
fn a_record_without_engagements_waits_for_the_first_step() {
    let incident = incident();
    let start = |mirror: &Mirror, backend, incident: &Incident, after| {
        let now = incident.opened_at + SignedDuration::from_secs(after);
        mirror.start(PREFIX, backend, incident, now)
    };
    let on = |plan: &str| Start::On(plan.to_owned());
    let new = Mirror::new(incident.id.clone());
    assert_eq!(start(&new, PagingBackend::Native, &incident, 0), on("muster-high-malware"));
    assert_eq!(start(&new, PagingBackend::Both, &incident, 10), Start::Wait);
    assert_eq!(start(&new, PagingBackend::Both, &incident, 100), on("muster-quiet"));
    // One that was to engage and did not must not engage people whom Muster has paged meanwhile.
    let settled = Mirror { plan: Some("muster-high-malware".to_owned()), ..new.clone() };
    assert_eq!(start(&settled, PagingBackend::Both, &incident, 100), on("muster-quiet"));
    let worse = Incident { severity: Severity::Critical, ..incident.clone() };
    assert_eq!(start(&settled, PagingBackend::Native, &worse, 100), on("muster-high-malware"));
    assert_eq!(start(&new, PagingBackend::Native, &incident, 90_000), Start::GiveUp);
    let drill = crate::finding::Finding {
        drill: Some(crate::drill::Drill::default()),
        ..incident.finding.clone()
    };
    let drill = Incident { finding: drill, ..incident };
    assert_eq!(start(&new, PagingBackend::Native, &drill, 0), on("muster-quiet"));
}

#[test]
fn titles_fit() {
    let mut incident = incident();
    incident.title = "é".repeat(500);
    assert_eq!(title(&incident).chars().count(), LONGEST_TITLE);
    assert_eq!(impact_of(&incident), 2);
}
