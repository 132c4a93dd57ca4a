//! What a record is told, and who pages whom.

use std::collections::BTreeMap;

use super::*;
use crate::finding::InactiveReason;
use crate::incident::escalation::{Cursor, Found, plan_turn};
use crate::incident::{Actor, ClosedAtSource};
use crate::incident_manager::directory::{PREFIX, PagingBackend};
use crate::samples::{closed, incident, now, people, person};
use crate::value::id::ContactId;
use crate::value::severity::Severity;

fn line(name: &str, event: EventType) -> Line<'_> {
    Line { name, event, by: "Muster", at: now(), message: "Something happened." }
}

fn started() -> Mirror {
    let incident = incident();
    Mirror {
        arn: Some("arn".to_owned()),
        shown: Some(Shown::of(&incident)),
        ..Mirror::new(incident.id)
    }
}

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

#[expect(clippy::unnecessary_wraps, reason = "a mirror has it so")]
fn engaged(run: u32, known: &[(&str, bool)]) -> Option<Engagement> {
    let known = known.iter().map(|(id, reached)| (id.parse().unwrap(), *reached));
    Some(Engagement {
        run,
        people: known.collect(),
        checked: Some(Cursor { run, ..Cursor::FIRST }),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "a mirror has it so")]
fn asked(run: u32, at: Timestamp) -> Option<Engaging> {
    Some(Engaging { run, at, request: None })
}

/// Takes every step that there is.
fn told(mirror: &mut Mirror, incident: &Incident, lines: &[Line<'_>]) -> Vec<Step> {
    let steps = mirror.steps(incident, lines, now());
    for step in &steps {
        mirror.made(step);
    }
    assert_eq!(mirror.steps(incident, lines, now()), vec![], "a step was to be made twice");
    steps
}

#[test]
fn a_record_is_told_each_thing_once() {
    let (incident, mut mirror) = (incident(), started());
    let lines = [line("opened", EventType::Opened), line("step_started#1", EventType::StepStarted)];
    assert_eq!(told(&mut mirror, &incident, &lines[..1]).len(), 1);
    let steps = told(&mut mirror, &incident, &lines);
    assert!(
        matches!(&steps[..], [Step::Tell { name, .. }] if name == "step_started#1"),
        "{steps:?}"
    );
    assert_eq!(mirror.latest, Some(now()));

    let over = incident.resolve(Actor::Muster, now()).unwrap();
    assert_eq!(told(&mut mirror, &over, &lines), [Step::Resolve]);
    assert!(mirror.settled());
    // A record that is not there, or was deleted, is told nothing.
    let unborn = Mirror::new(incident.id.clone());
    assert_eq!(unborn.steps(&over, &lines, now()), vec![]);
    let gone = Mirror { gone: true, ..started() };
    assert_eq!(gone.steps(&over, &lines, now()), vec![]);
}

#[test]
fn a_record_shows_the_headline() {
    let (incident, mut mirror) = (incident(), started());
    let worse = Incident { severity: Severity::Critical, ..incident.clone() };
    let shown = |steps: Vec<Step>| match <[Step; 1]>::try_from(steps) {
        Ok([Step::Show(shown)]) => shown,
        other => panic!("{other:?}"),
    };
    let critical = shown(told(&mut mirror, &worse, &[]));
    assert_eq!(critical.impact, 1);
    assert!(critical.title.starts_with("CRITICAL: malware in 111122223333: "), "{critical:?}");
    // A graver finding of the same severity becomes the headline.
    let mut finding = worse.finding.clone();
    finding.description = "A pod runs a crypto miner.".into();
    let next = Incident { title: "A miner runs".into(), finding, ..worse };
    let miner = shown(told(&mut mirror, &next, &[]));
    assert!(miner.title.ends_with(": A miner runs"), "{miner:?}");
    assert!(
        miner.summary.contains("A pod runs a crypto miner.\nSeverity: critical\n"),
        "{miner:?}"
    );
    // A record that an earlier release started is shown it once.
    let mut old = Mirror { shown: None, ..started() };
    assert_eq!(shown(told(&mut old, &incident, &[])), Shown::of(&incident));
}

#[test]
fn an_answer_ends_the_engagement_of_its_run() {
    let (incident, mut mirror) = (incident(), started());
    mirror.engagement = engaged(1, &[("ada", true)]);
    assert_eq!(told(&mut mirror, &incident, &[]), vec![]);
    let closed =
        ClosedAtSource { finding: None, state: InactiveReason::Archived, at: now(), stopped: true };
    let stopped = Incident { closed_at_source: Some(closed.clone()), ..incident.clone() };
    let steps = mirror.steps(&stopped, &[], now());
    assert!(matches!(&steps[..], [Step::StopEngagements(1), Step::Show(_)]), "{steps:?}");
    let told_of = Incident {
        closed_at_source: Some(ClosedAtSource { stopped: false, ..closed }),
        ..incident.clone()
    };
    let steps = mirror.steps(&told_of, &[], now());
    assert!(
        matches!(&steps[..], [Step::Show(shown)] if shown.summary.contains("rchived")),
        "{steps:?}"
    );
    let taken = incident.acknowledge(Actor::Muster, now()).unwrap().unwrap();
    assert_eq!(told(&mut mirror, &taken, &[]), [Step::StopEngagements(1)]);
    mirror.engagement = engaged(2, &[]);
    assert_eq!(told(&mut mirror, &taken, &[]), [Step::StopEngagements(2)]);
}

#[test]
fn an_engagement_that_nobody_counts_on_is_stopped() {
    let incident = incident();
    let late = after(ENGAGE_WITHIN.as_secs() + 1);
    // Asked for, and the answer never came: Muster has paged everybody.
    let mirror = Mirror { engaging: asked(1, now()), ..started() };
    assert_eq!(mirror.steps(&incident, &[], now()), vec![], "a step may be at it");
    assert_eq!(mirror.steps(&incident, &[], late), [Step::StopEngagements(1)]);
    let taken = incident.acknowledge(Actor::Muster, now()).unwrap().unwrap();
    assert_eq!(mirror.steps(&taken, &[], now()), [Step::StopEngagements(1)]);
    let heard = Mirror { engagement: engaged(1, &[("ada", true)]), ..mirror };
    assert_eq!(heard.steps(&incident, &[], late), vec![]);
    // The next run is Muster's alone.
    let next = Incident { run: 2, run_started_at: late, ..incident };
    assert_eq!(heard.steps(&next, &[], late), vec![], "its step may be at it");
    let later = after(2 * ENGAGE_WITHIN.as_secs() + 2);
    assert_eq!(heard.steps(&next, &[], later), [Step::StopEngagements(1)]);
    // What a response plan engages is listed after the record.
    assert!(!heard.all_listed(now()));
    assert!(heard.all_listed(after(121)));
}

#[test]
fn a_thousand_findings_are_no_thousand_lines() {
    let (incident, mut mirror) = (incident(), started());
    let names: Vec<_> = (0..1000).map(|number| format!("finding_added#{number:04}")).collect();
    let mut lines: Vec<_> = names.iter().map(|name| line(name, EventType::FindingAdded)).collect();
    assert_eq!(told(&mut mirror, &incident, &lines).len(), MOST_ATTACHED);
    lines.push(line("resolved", EventType::Resolved));
    assert_eq!(told(&mut mirror, &incident, &lines).len(), 1);
}

#[test]
fn each_person_of_a_step_is_paged_by_exactly_one() {
    let people = people([person("ada", 1), person("bob", 1), person("cid", 1)]);
    let incident = incident();
    let cursor = Cursor::FIRST;
    let turn = plan_turn(&incident, cursor, &Found::new(&people, &[]), now());
    let left = |engagement: Option<Engagement>| {
        let turn = turn.clone().shared_with(cursor, engagement.as_ref(), Severity::High, now());
        turn.pages.iter().map(|page| page.contact.id.to_string()).collect::<Vec<_>>()
    };
    // Whoever is not in its plan, or not reached by it, is Muster's.
    assert_eq!(left(engaged(1, &[("ada", true), ("bob", false)])), ["bob", "cid"]);
    assert_eq!(left(engaged(1, &[("ada", false), ("bob", false)])), ["ada", "bob", "cid"]);
    // An engagement of another run is none of this one.
    assert_eq!(left(engaged(7, &[("ada", true)])), ["ada", "bob", "cid"]);
    assert_eq!(left(None), ["ada", "bob", "cid"]);
    // What was found before another turn may no longer be so.
    let before = engaged(1, &[("ada", true)]).map(|known| Engagement { checked: None, ..known });
    assert_eq!(left(before), ["ada", "bob", "cid"]);
}

#[test]
fn nobody_outside_their_hours_counts_as_engaged_unless_critical() {
    let mut ada = person("ada", 1);
    ada.availability = closed();
    let people = people([ada]);
    let left = |severity| {
        let incident = Incident { severity, ..incident() };
        // The only commander is called in any case, and outside their hours a call comes first.
        let turn = plan_turn(&incident, Cursor::FIRST, &Found::new(&people, &[]), now());
        let known = engaged(1, &[("ada", true)]);
        turn.shared_with(Cursor::FIRST, known.as_ref(), severity, now()).pages.len()
    };
    assert_eq!((left(Severity::High), left(Severity::Critical)), (1, 0));
}

#[test]
fn whoever_is_no_longer_engaged_is_not_left_out() {
    let place = |after_minutes, activated| Place { after_minutes, activated };
    let id = |id: &str| -> ContactId { id.parse().unwrap() };
    let places: BTreeMap<_, _> =
        [(id("ada"), place(0, true)), (id("bob"), place(0, false)), (id("cid"), place(20, true))]
            .into();
    let seen = |stopped, pages: &[&str]| Seen {
        started: after(1),
        stopped,
        pages: pages.iter().map(|page| (id(page), None)).collect(),
    };
    let check = |seen: &[Seen], minutes: i64, expected: &[&str]| {
        let still = still_engaged(&places, seen, Some(now()), after(60 * minutes));
        let still: Vec<_> =
            still.iter().filter(|(_, on)| **on).map(|(id, _)| id.as_str()).collect();
        assert_eq!(still, expected, "after {minutes} minutes, {seen:?}");
    };
    check(&[seen(false, &["ada"])], 1, &["ada", "cid"]);
    // It has ended: acknowledged there, stopped, or at the end of its plan.
    check(&[seen(true, &["ada"])], 1, &[]);
    // What a plan engages is listed some moments after the record, or never.
    check(&[], 1, &["ada", "cid"]);
    check(&[], 3, &[]);
    // An engagement before it says nothing.
    let before = Seen { started: after(-600), stopped: true, pages: vec![] };
    check(std::slice::from_ref(&before), 1, &["ada", "cid"]);
    check(&[before, seen(false, &["ada"])], 11, &["ada", "cid"]);
    // Long due and never paged: it fails.
    check(&[seen(false, &[])], 5, &["ada", "cid"]);
    check(&[seen(false, &[])], 12, &["cid"]);
    check(&[seen(false, &["ada"])], 32, &["ada"]);
    // An earlier release did not store when it asked.
    let still = still_engaged(&places, &[], None, now());
    assert!(still.values().all(|on| !on));
}

fn start(mirror: &Mirror, backend: PagingBackend, incident: &Incident, seconds: i64) -> Start {
    mirror.start(PREFIX, backend, incident, after(seconds))
}

fn on(plan: &str) -> Start {
    Start::On(plan.to_owned())
}

#[test]
fn a_record_without_engagements_waits_for_the_first_step() {
    let incident = incident();
    let new = Mirror::new(incident.id.clone());
    assert_eq!(start(&new, PagingBackend::Native, &incident, 0), on("muster-high-malware"));
    assert_eq!(start(&new, PagingBackend::Both, &incident, 10), Start::Wait);
    assert_eq!(start(&new, PagingBackend::Both, &incident, 100), on("muster-quiet"));
    assert_eq!(start(&new, PagingBackend::Native, &incident, 90_000), Start::GiveUp);
    // A first step that waits its minutes engages nobody before.
    let mut patient = incident.clone();
    patient.escalation_plan.steps[0].after_minutes = 10;
    assert_eq!(start(&new, PagingBackend::Both, &patient, 650), Start::Wait);
    assert_eq!(start(&new, PagingBackend::Both, &patient, 700), on("muster-quiet"));
    assert!(!may_engage(&patient, after(10)) && may_engage(&patient, after(601)));
    // Somebody has answered: no step engages anybody.
    let taken = incident.acknowledge(Actor::Muster, now()).unwrap().unwrap();
    assert_eq!(start(&new, PagingBackend::Both, &taken, 10), on("muster-quiet"));
    let drill = crate::finding::Finding {
        drill: Some(crate::finding::drill::Drill::default()),
        ..incident.finding.clone()
    };
    let drill = Incident { finding: drill, ..incident };
    assert_eq!(start(&new, PagingBackend::Native, &drill, 0), on("muster-quiet"));
}

#[test]
fn a_lost_answer_is_asked_for_again_exactly() {
    let incident = incident();
    let mut mirror = Mirror::new(incident.id.clone());
    let request = |plan: &str| StartRequest::new(&incident, plan, "t".into(), "{}".into(), now());
    mirror.ask(request("muster-high-malware"), asked(1, now()));
    let again = Start::Again(request("muster-high-malware"));
    // Whatever has happened since, the call is the same.
    let worse = Incident { severity: Severity::Critical, ..incident.clone() };
    assert_eq!(start(&mirror, PagingBackend::Both, &incident, 10), Start::Wait);
    assert_eq!(start(&mirror, PagingBackend::Both, &worse, 100), again);
    assert_eq!(start(&mirror, PagingBackend::Native, &worse, 10), again);
    let taken = incident.acknowledge(Actor::Muster, now()).unwrap().unwrap();
    assert_eq!(start(&mirror, PagingBackend::Both, &taken, 10), again);
    // The answer: what it engages is stopped, since Muster has paged, and the headline follows.
    let mut heard = mirror.clone();
    heard.started("arn".to_owned());
    assert_eq!((heard.asked.as_ref(), heard.plan.as_deref()), (None, Some("muster-high-malware")));
    let steps = heard.steps(&worse, &[], after(100));
    assert!(matches!(&steps[..], [Step::StopEngagements(1), Step::Show(_)]), "{steps:?}");
    // Refused: nothing was made, so another plan makes no second record.
    mirror.refused();
    assert_eq!(mirror, Mirror::new(incident.id.clone()));
    assert_eq!(start(&mirror, PagingBackend::Both, &incident, 100), on("muster-quiet"));
    // An earlier release stored the plan alone.
    let plan = Mirror { plan: Some("muster-high-malware".to_owned()), ..mirror };
    assert_eq!(start(&plan, PagingBackend::Both, &worse, 100), on("muster-high-malware"));
}

#[test]
fn only_what_is_recent_or_paged_for_is_looked_at() {
    let (day, mut mirror) = (24 * 3600, started());
    let mut incident = incident();
    assert_eq!(mirror.look_until(&incident), Some(after(day)));
    mirror.latest = Some(after(600));
    assert_eq!(mirror.look_until(&incident), Some(after(day + 600)));
    // Nobody has answered for days, and people are paged.
    incident.escalation_plan.round_interval_minutes = 1440;
    assert_eq!(mirror.look_until(&incident), Some(after(3 * day)));
    let taken = incident.acknowledge(Actor::Muster, after(700)).unwrap().unwrap();
    assert_eq!(mirror.look_until(&taken), Some(after(day + 700)));
    mirror.resolved = true;
    assert_eq!(mirror.look_until(&taken), None);
}

#[test]
fn who_has_no_activated_channel_is_not_counted() {
    let reached = [("ada", true), ("ben", false), ("cem", true)];
    let people = reached.map(|(id, reached)| (id.parse().unwrap(), reached)).into();
    let engagement = Engagement { run: 1, people, checked: None };
    assert_eq!(engagement.sentence(), "Incident Manager engages 2 contacts of its plan.");
}

#[test]
fn titles_fit() {
    let mut incident = incident();
    incident.title = "é".repeat(500);
    let detail = |number| crate::finding::Detail {
        label: format!("Detail {number}"),
        value: "é".repeat(500),
    };
    incident.finding.details = (0..20).map(detail).collect();
    let shown = Shown::of(&incident);
    assert_eq!((shown.title.chars().count(), shown.summary.chars().count()), (200, 4000));
    assert_eq!(shown.impact, 2);
}
