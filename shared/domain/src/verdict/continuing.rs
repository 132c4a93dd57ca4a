//! Verdicts on findings that go on: after an acknowledgment, after silence, closed and reopened, asked for, unfinished.

use super::*;
use crate::category::Category;
use crate::finding::{Asked, FindingIdentity};
use crate::incident::Actor;
use crate::incident_type::IncidentType;
use crate::plan::EscalationPlan;
use crate::samples::{incident, now};

fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn finding(severity: Severity, seen: i64) -> Finding {
    let finding = Finding::assumed(severity, IncidentType::Malware, "111122223333".into());
    let seen = Some(after(seen));
    Finding { last_seen: seen, updated_at: seen, reported_at: seen, ..finding }
}

/// The incident of the findings here, acknowledged ten minutes after it opened.
fn acknowledged() -> Incident {
    let ada = Actor::Contact("ada".parse().unwrap());
    incident().acknowledge(ada, after(10)).unwrap().unwrap()
}

fn own(own: &Incident) -> Known {
    let incident = Some(own.id.clone());
    let entry = Some(LedgerEntry { incident, started: true, ..LedgerEntry::new(now()) });
    Known { entry, own: Some(own.clone()), ..Known::default() }
}

fn group(incident: &Incident, last: i64) -> Known {
    Known { group: Some((incident.clone(), after(last))), ..Known::default() }
}

fn verdict(finding: &Finding, known: &Known, at: i64) -> Verdict {
    decide(&Policy::default(), finding, known, after(at))
}

fn raise(incident: &Incident, cause: Cause) -> Verdict {
    Verdict::Raise { incident: incident.id.clone(), cause }
}

fn repeat(incident: &Incident) -> Verdict {
    Verdict::Repeat { incident: incident.id.clone() }
}

#[test]
fn what_is_seen_long_after_the_acknowledgment_pages_again() {
    let taken = acknowledged();
    let check = |seen: i64, at: i64, expected: Verdict| {
        assert_eq!(verdict(&finding(Severity::High, seen), &own(&taken), at), expected, "{seen}");
    };
    check(20, 400, repeat(&taken));
    check(10 + 240, 400, repeat(&taken));
    check(10 + 241, 400, raise(&taken, Cause::StillHappening { seen_at: after(251) }));
    // A source whose clock is ahead has seen it now.
    check(9_999, 300, raise(&taken, Cause::StillHappening { seen_at: after(300) }));
    check(9_999, 100, repeat(&taken));
    // Below the threshold it is not worth a page, and neither is one that says nothing new.
    let low = finding(Severity::Low, 251);
    assert_eq!(verdict(&low, &own(&taken), 400), repeat(&taken));
    let silent = incident();
    let over = 90 + 240;
    assert_eq!(verdict(&finding(Severity::High, over), &own(&silent), 400), repeat(&silent));
    let seen_at = after(over + 1);
    let goes_on = verdict(&finding(Severity::High, over + 1), &own(&silent), 400);
    assert_eq!(goes_on, raise(&silent, Cause::StillHappening { seen_at }));
}

#[test]
fn what_joins_an_acknowledged_incident_is_told_or_raises_it() {
    let taken = acknowledged();
    let attach = Verdict::Attach { incident: taken.id.clone() };
    assert_eq!(verdict(&finding(Severity::High, 20), &group(&taken, 15), 20), attach);
    let cause = Cause::SeverityIncreased { from: Severity::High };
    assert_eq!(
        verdict(&finding(Severity::Critical, 20), &group(&taken, 15), 20),
        raise(&taken, cause)
    );
    let critical = Incident { severity: Severity::Critical, ..taken.clone() };
    let joined = verdict(&finding(Severity::Critical, 20), &group(&critical, 15), 20);
    assert_eq!(joined, raise(&critical, Cause::CriticalJoined));
    // What has joined is finished by whoever finds it so: with a word to those who acknowledged.
    let unfinished = |own: &Incident, joined| {
        let incident = Some(own.id.clone());
        let entry = LedgerEntry { incident, joined, ..LedgerEntry::new(now()) };
        let known = Known { entry: Some(entry), own: Some(own.clone()), ..Known::default() };
        verdict(&finding(Severity::High, 20), &known, 20)
    };
    let finish = |tell| Verdict::Finish { incident: taken.id.clone(), tell };
    assert_eq!(unfinished(&taken, true), finish(true));
    assert_eq!(unfinished(&incident(), true), finish(false));
    assert_eq!(unfinished(&taken, false), finish(false));
    // Resolved at the same moment: nobody has seen this finding.
    let over = taken.resolve(Actor::Muster, after(20)).unwrap();
    let earlier = Some(Earlier::Recurred(over.id.clone()));
    assert_eq!(unfinished(&over, true), Verdict::Open { earlier });
}

#[test]
fn a_member_that_becomes_more_severe_is_heard() {
    let taken = acknowledged();
    let told = |own_incident: &Incident, told: Severity| {
        let mut known = own(own_incident);
        known.entry.as_mut().unwrap().told_severity = Some(told);
        known
    };
    let copy = |severity| finding(severity, 20);
    let attach = Verdict::Attach { incident: taken.id.clone() };
    // Not above the headline, above what is known of this finding: heard once.
    assert_eq!(verdict(&copy(Severity::High), &told(&taken, Severity::Medium), 20), attach);
    assert_eq!(verdict(&copy(Severity::High), &told(&taken, Severity::High), 20), repeat(&taken));
    assert_eq!(verdict(&copy(Severity::High), &own(&taken), 20), repeat(&taken), "an old entry");
    // Critical raises, as it does when it joins; what no contact is paged for any more pages again.
    let critical = Incident { severity: Severity::Critical, ..taken.clone() };
    let raised = verdict(&copy(Severity::Critical), &told(&critical, Severity::High), 20);
    assert_eq!(raised, raise(&critical, Cause::CriticalJoined));
    let silent = verdict(&copy(Severity::High), &told(&incident(), Severity::Medium), 91);
    assert_eq!(silent, raise(&incident(), Cause::NotAcknowledged));
    // A headline's own increase, and what is below the threshold, are as before.
    let cause = Cause::SeverityIncreased { from: Severity::High };
    let headline = verdict(&copy(Severity::Critical), &told(&taken, Severity::High), 20);
    assert_eq!(headline, raise(&taken, cause));
    let low = told(&taken, Severity::Informational);
    assert_eq!(verdict(&copy(Severity::Low), &low, 20), repeat(&taken));
    // A retry of an older copy finishes what the more severe one began.
    let mut begun = told(&critical, Severity::Critical);
    let entry = begun.entry.as_mut().unwrap();
    (entry.started, entry.joined) = (false, true);
    let finished = verdict(&copy(Severity::Medium), &begun, 20);
    assert_eq!(finished, raise(&critical, Cause::CriticalJoined));
    // One that is reopened, too: first that, so that no message says that it is closed.
    let mut closed = told(&taken, Severity::Medium);
    let entry = closed.entry.as_mut().unwrap();
    (entry.closed_at, entry.closed_by) = (Some(after(15)), Some(Route::GuardDuty));
    let reopen = Verdict::Reopen { incident: taken.id.clone() };
    assert_eq!(verdict(&copy(Severity::High), &closed, 20), reopen);
    // What the ledger keeps never falls within an incident.
    let (id, high) = (&critical.id, told(&critical, Severity::High));
    assert_eq!(high.told_severity(&copy(Severity::Medium), id), Severity::High);
    assert_eq!(high.told_severity(&copy(Severity::Critical), id), Severity::Critical);
    let another = "another".parse().unwrap();
    assert_eq!(high.told_severity(&copy(Severity::Medium), &another), Severity::Medium);
}

#[test]
fn a_group_has_an_age() {
    let hours = |hours: i64| hours * 60;
    let old = group(&incident(), hours(24) + 1);
    let at = hours(24) + 2;
    let earlier = Some(Earlier::Aged(incident().id));
    assert_eq!(verdict(&finding(Severity::High, at), &old, at), Verdict::Open { earlier });
    let at = hours(24);
    let young = verdict(&finding(Severity::High, at), &group(&incident(), at - 1), at);
    assert!(matches!(young, Verdict::Raise { cause: Cause::NotAcknowledged, .. }), "{young:?}");
}

#[test]
fn a_custom_action_raises_once_for_each_event() {
    let taken = acknowledged();
    let asked = |event: &str| {
        let asked = Asked {
            action: "Page the team".into(),
            action_arn: "arn".into(),
            account: "444455556666".into(),
            event: event.into(),
        };
        let low = finding(Severity::Low, 20);
        let reported_at = Some(after(if event == "e2" { 30 } else { 20 }));
        Finding { route: Route::CustomAction, asked: Some(asked), reported_at, ..low }
    };
    let cause = Cause::Asked { action: "Page the team".into(), account: "444455556666".into() };
    assert_eq!(verdict(&asked("e1"), &own(&taken), 30), raise(&taken, cause));
    let mut known = own(&taken);
    known.entry.as_mut().unwrap().asked_event = Some("e1".into());
    assert_eq!(verdict(&asked("e1"), &known, 30), repeat(&taken), "delivered twice");
    assert!(matches!(verdict(&asked("e2"), &known, 30), Verdict::Raise { .. }));
    // One press for several findings is an event for each, and asks once.
    let policy = (&Policy::default(), EscalationPlan::default());
    let asked_for = Cause::Asked { action: String::new(), account: String::new() };
    let paged = taken.raise(&asked("e1"), false, asked_for, policy, after(20));
    let mut other = asked("e3");
    other.identity = FindingIdentity::guardduty("other");
    let joins = Verdict::Attach { incident: paged.id.clone() };
    assert_eq!(verdict(&other, &group(&paged, 20), 21), joins);
    assert_eq!(verdict(&asked("e3"), &own(&paged), 21), repeat(&paged));
    assert_eq!(paged.finding.asked, asked("e1").asked, "who asked stays known");
}

#[test]
fn what_its_source_closes_ends_what_the_policy_says() {
    let open = incident();
    let closed =
        |category, quiet| Finding { category, quiet: Some(quiet), ..finding(Severity::High, 20) };
    let check = |finding: &Finding, known: &Known, closing: Closing| {
        let (incident, state) = (open.id.clone(), finding.quiet.unwrap());
        assert_eq!(verdict(finding, known, 30), Verdict::Close { incident, state, closing });
    };
    let threat = closed(Category::Threat, Quiet::Archived);
    let control = closed(Category::Control, Quiet::Passed);
    check(&threat, &own(&open), Closing::Tell);
    check(&control, &own(&open), Closing::Tell);
    // Others are active: nothing ends, and only the headline's own end is told in messages.
    let others = Known { others_active: true, ..own(&open) };
    check(&control, &others, Closing::Note);
    let mut headline = others.clone();
    headline.own.as_mut().unwrap().finding.identity = control.identity.clone();
    check(&control, &headline, Closing::Tell);
    // Noted before, or of no incident that is open: recorded.
    let mut noted = own(&open);
    noted.entry.as_mut().unwrap().closed_at = Some(after(20));
    assert_eq!(verdict(&control, &noted, 30), Verdict::Record(Reason::Passed));
    let over = open.resolve(Actor::Muster, after(25)).unwrap();
    assert_eq!(verdict(&control, &own(&over), 30), Verdict::Record(Reason::Passed));
    // What is no end of it says nothing of that: handed on to another tool, it goes on here.
    let notified = closed(Category::Threat, Quiet::Notified);
    assert_eq!(verdict(&notified, &own(&open), 30), repeat(&open));
    let worse = Finding { severity: Severity::Critical, ..notified };
    assert!(matches!(verdict(&worse, &own(&open), 30), Verdict::Raise { .. }));
    assert_eq!(verdict(&worse, &Known::default(), 30), Verdict::Record(Reason::Notified));
    // A sample that another route took for real is none; a threat does not end with its vulnerability.
    check(&closed(Category::Threat, Quiet::Sample), &own(&open), Closing::Stop);
    check(&closed(Category::Vulnerability, Quiet::Resolved), &own(&open), Closing::Tell);
    let mut fixed = own(&open);
    fixed.own.as_mut().unwrap().finding.category = Category::Control;
    check(&control, &fixed, Closing::Stop);
}

#[test]
fn a_closing_that_comes_late_ends_nothing() {
    let open = incident();
    let mut known = own(&open);
    known.entry.as_mut().unwrap().active_securityhub_at = Some(after(20));
    let copy = |route, quiet, reported: i64| Finding {
        route,
        quiet: Some(quiet),
        reported_at: Some(after(reported)),
        ..finding(Severity::High, 5)
    };
    let hub = |reported| copy(Route::SecurityHub, Quiet::Resolved, reported);
    let resolved = Verdict::Record(Reason::Resolved);
    assert_eq!(verdict(&hub(19), &known, 40), resolved, "older than the reopening");
    assert_eq!(verdict(&hub(20), &known, 40), resolved, "as old: nothing says which was last");
    assert!(matches!(verdict(&hub(21), &known, 40), Verdict::Close { .. }));
    let listed = Finding { reported_at: None, ..hub(0) };
    assert!(matches!(verdict(&listed, &known, 40), Verdict::Close { .. }));
    // Another route has an order of its own.
    let direct = copy(Route::GuardDuty, Quiet::Archived, 10);
    assert!(matches!(verdict(&direct, &known, 40), Verdict::Close { .. }));
    // What is kept: the newest active copy, and none of a future that a wrong clock tells of.
    let active = |reported| Finding { quiet: None, ..hub(reported) };
    assert_eq!(known.newly_active(&active(20), after(40)), None);
    assert_eq!(known.newly_active(&active(21), after(40)), Some(after(21)));
    assert_eq!(known.newly_active(&active(999), after(40)), Some(after(40)));
    assert_eq!(known.newly_active(&hub(30), after(40)), None);
    let handed_on = copy(Route::SecurityHub, Quiet::Notified, 30);
    assert_eq!(known.newly_active(&handed_on, after(40)), Some(after(30)));
}

#[test]
fn what_is_reopened_pages_if_nobody_is_on_it() {
    let stopped = incident().close_at_source(Quiet::Resolved, after(20), true, after(20));
    let known = |own_incident: &Incident| {
        let mut known = own(own_incident);
        let entry = known.entry.as_mut().unwrap();
        (entry.closed_at, entry.closed_by) = (Some(after(20)), Some(Route::GuardDuty));
        known
    };
    // By hand in Security Hub: no time of the finding changes, only that of its delivery.
    let active = |delivered: i64| Finding {
        reported_at: Some(after(delivered)),
        ..finding(Severity::High, 5)
    };
    assert_eq!(verdict(&active(10), &known(&stopped), 40), repeat(&stopped), "a late copy");
    let reopen = Verdict::Reopen { incident: stopped.id.clone() };
    assert_eq!(verdict(&active(30), &known(&stopped), 40), reopen);
    let elsewhere = Finding { route: Route::SecurityHubV2, ..active(30) };
    assert_eq!(verdict(&elsewhere, &known(&stopped), 40), repeat(&stopped), "another route");
    let listed = Finding { reported_at: None, ..active(0) };
    assert!(matches!(verdict(&listed, &known(&stopped), 40), Verdict::Reopen { .. }));
    let again = stopped.reopen_at_source(after(40));
    assert_eq!((again.run, again.cause, again.closed), (3, Some(Cause::Reopened), None));
    // Only told of the closing, and silent because no contact acknowledged: it pages. While it pages, a fact is enough.
    let told = incident().close_at_source(Quiet::Suppressed, after(20), false, after(20));
    assert_eq!(told.reopen_at_source(after(40)).run, told.run);
    let again = told.reopen_at_source(after(91));
    assert_eq!(again.silent_since(after(92)), None);
    assert_eq!((again.run, again.cause), (told.run + 1, Some(Cause::Reopened)));
    // Somebody is on it: a fact.
    let taken = acknowledged().close_at_source(Quiet::Resolved, after(20), true, after(20));
    assert_eq!(taken.reopen_at_source(after(40)).run, taken.run);
    // Resolved here meanwhile: an incident of its own. A copy of what nobody closed at its source is late.
    let over = stopped.resolve(Actor::Muster, after(35)).unwrap();
    let earlier = Some(Earlier::Reopened(over.id.clone()));
    let moved = active(36);
    assert_eq!(verdict(&moved, &known(&over), 40), Verdict::Open { earlier });
    assert_eq!(verdict(&moved, &own(&over), 40), repeat(&over));
}

#[test]
fn a_stopped_incident_pages_nobody_and_swallows_nothing() {
    let stopped = incident().close_at_source(Quiet::Resolved, after(20), true, after(20));
    assert_eq!(stopped.silent_since(after(21)), Some(after(20)));
    let other =
        Finding { identity: FindingIdentity::guardduty("other"), ..finding(Severity::High, 30) };
    let joined = verdict(&other, &group(&stopped, 15), 30);
    assert_eq!(joined, raise(&stopped, Cause::StillActive));
    let policy = (&Policy::default(), EscalationPlan::default());
    let raised = stopped.raise(&other, true, Cause::NotAcknowledged, policy, after(30));
    assert!(!raised.stopped() && raised.silent_since(after(31)).is_none());
    let taken = acknowledged().close_at_source(Quiet::Resolved, after(20), true, after(20));
    assert_eq!(taken.lapses_at(), None, "its end is no reason to page");
}

#[test]
fn what_joins_a_stopped_incident_that_is_acknowledged_leaves_it_so() {
    let taken = acknowledged();
    let stopped = taken.close_at_source(Quiet::Resolved, after(20), true, after(20));
    let incident = stopped.id.clone();
    let joins = verdict(&finding(Severity::High, 30), &group(&stopped, 15), 30);
    assert_eq!(joins, Verdict::Attach { incident: incident.clone() });
    // Once it is part of it, the source's word ends the incident no more; then contacts are told.
    let joined = |own_incident: &Incident| {
        let mut known = own(own_incident);
        let entry = known.entry.as_mut().unwrap();
        (entry.started, entry.joined) = (false, true);
        verdict(&finding(Severity::High, 30), &known, 30)
    };
    assert_eq!(joined(&stopped), Verdict::Restart { incident: incident.clone() });
    let goes_on = stopped.restart_active(after(30));
    assert_eq!((goes_on.status, goes_on.run), (State::Acknowledged, taken.run));
    assert!(!goes_on.stopped() && goes_on.acknowledged_by(&"ada".parse().unwrap()));
    assert_eq!(goes_on.lapses_at(), taken.lapses_at());
    assert!(goes_on.lapses_at().is_some());
    assert_eq!(joined(&goes_on), Verdict::Finish { incident, tell: true });
    // A Critical one raises it as any acknowledged incident.
    let critical = Incident { severity: Severity::Critical, ..stopped };
    let joins = verdict(&finding(Severity::Critical, 30), &group(&critical, 15), 30);
    assert_eq!(joins, raise(&critical, Cause::CriticalJoined));
}

#[test]
fn what_one_route_knows_holds_for_every_route() {
    let mut entry = LedgerEntry::new(now());
    entry.quiet_securityhub = Some(Quiet::Suppressed);
    let known = |entry: LedgerEntry| Known { entry: Some(entry), ..Known::default() };
    let direct = finding(Severity::High, 20);
    let suppressed = Verdict::Record(Reason::Suppressed);
    assert_eq!(verdict(&direct, &known(entry.clone()), 30), suppressed);
    // Its own route takes it back; a person who asks, and what is only handed on, are not held up.
    let hub = Finding { route: Route::SecurityHub, ..direct.clone() };
    assert_eq!(verdict(&hub, &known(entry.clone()), 30), Verdict::Open { earlier: None });
    let asked = Finding { route: Route::CustomAction, ..direct.clone() };
    assert_eq!(verdict(&asked, &known(entry.clone()), 30), Verdict::Open { earlier: None });
    entry.quiet_securityhub = Some(Quiet::Notified);
    assert_eq!(verdict(&direct, &known(entry), 30), Verdict::Open { earlier: None });
    let sample = LedgerEntry { quiet_guardduty: Some(Quiet::Sample), ..LedgerEntry::new(now()) };
    let v2 = Finding { route: Route::SecurityHubV2, ..direct };
    assert_eq!(verdict(&v2, &known(sample), 30), Verdict::Record(Reason::Sample));
}

#[test]
fn each_kind_of_source_has_its_own_threshold() {
    let check = |category, exploited, severity, pages: bool| {
        let finding = Finding { category, exploited, ..finding(severity, 0) };
        let opens = verdict(&finding, &Known::default(), 1) == Verdict::Open { earlier: None };
        assert_eq!(opens, pages, "{category:?} {severity:?}");
    };
    check(Category::Threat, false, Severity::Medium, true);
    check(Category::Threat, false, Severity::Low, false);
    check(Category::Vulnerability, false, Severity::High, false);
    check(Category::Vulnerability, false, Severity::Critical, true);
    check(Category::Vulnerability, true, Severity::High, true);
    check(Category::Control, false, Severity::Critical, false);
}
