//! Verdicts on findings that their source closes, reopens, or never meant.

use super::super::continuing::{acknowledged, after, finding, group, own, raise, repeat, verdict};
use super::super::*;
use crate::finding::FindingIdentity;
use crate::incident::Actor;
use crate::roster::plan::EscalationPlan;
use crate::samples::incident;
use crate::value::category::Category;

#[test]
fn what_its_source_closes_ends_what_the_policy_says() {
    let open = incident();
    let closed = |category, quiet| Finding {
        category,
        inactive_reason: Some(quiet),
        ..finding(Severity::High, 20)
    };
    let check = |finding: &Finding, known: &Known, closing: Closing| {
        let (incident, state) = (open.id.clone(), finding.inactive_reason.unwrap());
        assert_eq!(verdict(finding, known, 30), Verdict::Close { incident, state, closing });
    };
    let threat = closed(Category::Threat, InactiveReason::Archived);
    let control = closed(Category::Control, InactiveReason::Passed);
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
    let notified = closed(Category::Threat, InactiveReason::Notified);
    assert_eq!(verdict(&notified, &own(&open), 30), repeat(&open));
    let worse = Finding { severity: Severity::Critical, ..notified };
    assert!(matches!(verdict(&worse, &own(&open), 30), Verdict::Raise { .. }));
    assert_eq!(verdict(&worse, &Known::default(), 30), Verdict::Record(Reason::Notified));
    // A sample that another route took for real is none; a threat does not end with its vulnerability.
    check(&closed(Category::Threat, InactiveReason::Sample), &own(&open), Closing::Stop);
    check(&closed(Category::Vulnerability, InactiveReason::Resolved), &own(&open), Closing::Tell);
    let mut fixed = own(&open);
    fixed.own.as_mut().unwrap().finding.category = Category::Control;
    check(&control, &fixed, Closing::Stop);
}

#[test]
fn a_closing_that_comes_late_ends_nothing() {
    let open = incident();
    let mut known = own(&open);
    known.entry.as_mut().unwrap().reports.of_mut(FindingSource::SecurityHub).active_at =
        Some(after(20));
    let copy = |route, quiet, reported: i64| Finding {
        source: route,
        inactive_reason: Some(quiet),
        reported_at: Some(after(reported)),
        ..finding(Severity::High, 5)
    };
    let hub = |reported| copy(FindingSource::SecurityHub, InactiveReason::Resolved, reported);
    let resolved = Verdict::Record(Reason::Resolved);
    assert_eq!(verdict(&hub(19), &known, 40), resolved, "older than the reopening");
    assert_eq!(verdict(&hub(20), &known, 40), resolved, "as old: nothing says which was last");
    assert!(matches!(verdict(&hub(21), &known, 40), Verdict::Close { .. }));
    let listed = Finding { reported_at: None, ..hub(0) };
    assert!(matches!(verdict(&listed, &known, 40), Verdict::Close { .. }));
    // Another route has an order of its own.
    let direct = copy(FindingSource::GuardDuty, InactiveReason::Archived, 10);
    assert!(matches!(verdict(&direct, &known, 40), Verdict::Close { .. }));
    // What is kept: the newest active copy, and none of a future that a wrong clock tells of.
    let active = |reported| Finding { inactive_reason: None, ..hub(reported) };
    assert_eq!(known.newly_active(&active(20), after(40)), None);
    assert_eq!(known.newly_active(&active(21), after(40)), Some(after(21)));
    assert_eq!(known.newly_active(&active(999), after(40)), Some(after(40)));
    assert_eq!(known.newly_active(&hub(30), after(40)), None);
    let handed_on = copy(FindingSource::SecurityHub, InactiveReason::Notified, 30);
    assert_eq!(known.newly_active(&handed_on, after(40)), Some(after(30)));
}

#[test]
fn what_is_reopened_pages_if_nobody_is_on_it() {
    let stopped = incident().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, after(20)),
        true,
        after(20),
    );
    let known = |own_incident: &Incident| {
        let mut known = own(own_incident);
        let entry = known.entry.as_mut().unwrap();
        (entry.closed_at, entry.closed_by) = (Some(after(20)), Some(FindingSource::GuardDuty));
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
    let elsewhere = Finding { source: FindingSource::SecurityHubV2, ..active(30) };
    assert_eq!(verdict(&elsewhere, &known(&stopped), 40), repeat(&stopped), "another route");
    let listed = Finding { reported_at: None, ..active(0) };
    assert!(matches!(verdict(&listed, &known(&stopped), 40), Verdict::Reopen { .. }));
    let again = stopped.reopen_at_source(&incident().finding.identity, after(40));
    assert_eq!((again.run, again.cause, again.closed_at_source), (3, Some(Cause::Reopened), None));
    // Only told of the closing, and silent because no contact acknowledged: it pages. While it pages, a fact is enough.
    let told = incident().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Suppressed, after(20)),
        false,
        after(20),
    );
    assert_eq!(told.reopen_at_source(&incident().finding.identity, after(40)).run, told.run);
    let again = told.reopen_at_source(&incident().finding.identity, after(91));
    assert_eq!(again.silent_since(after(92)), None);
    assert_eq!((again.run, again.cause), (told.run + 1, Some(Cause::Reopened)));
    // Somebody is on it: a fact.
    let taken = acknowledged().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, after(20)),
        true,
        after(20),
    );
    assert_eq!(taken.reopen_at_source(&incident().finding.identity, after(40)).run, taken.run);
    // Resolved here meanwhile: an incident of its own. A copy of what nobody closed at its source is late.
    let over = stopped.resolve(Actor::Muster, after(35)).unwrap();
    let earlier = Some(Earlier::Reopened(over.id.clone()));
    let moved = active(36);
    assert_eq!(verdict(&moved, &known(&over), 40), Verdict::Open { earlier });
    assert_eq!(verdict(&moved, &own(&over), 40), repeat(&over));
}

#[test]
fn a_stopped_incident_pages_nobody_and_swallows_nothing() {
    let stopped = incident().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, after(20)),
        true,
        after(20),
    );
    assert_eq!(stopped.silent_since(after(21)), Some(after(20)));
    let other =
        Finding { identity: FindingIdentity::guardduty("other"), ..finding(Severity::High, 30) };
    let joined = verdict(&other, &group(&stopped, 15), 30);
    assert_eq!(joined, raise(&stopped, Cause::StillActive));
    let policy = (&Policy::default(), EscalationPlan::default());
    let raised = stopped.raise(&other, true, Cause::NotAcknowledged, policy, after(30));
    assert!(!raised.stopped() && raised.silent_since(after(31)).is_none());
    let taken = acknowledged().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, after(20)),
        true,
        after(20),
    );
    assert_eq!(taken.lapses_at(), None, "its end is no reason to page");
}

#[test]
fn what_joins_a_stopped_incident_that_is_acknowledged_leaves_it_so() {
    let taken = acknowledged();
    let stopped = taken.close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, after(20)),
        true,
        after(20),
    );
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
    assert_eq!((goes_on.status, goes_on.run), (IncidentStatus::Acknowledged, taken.run));
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
fn a_sample_that_another_route_took_for_real_ends_once() {
    let open = incident();
    assert!(InactiveReason::Sample.closed(), "its end is on record like any other");
    let sample =
        Finding { inactive_reason: Some(InactiveReason::Sample), ..finding(Severity::High, 20) };
    let drill = sample.clone().sample_as_drill();
    let ends = Verdict::Close {
        incident: open.id.clone(),
        state: InactiveReason::Sample,
        closing: Closing::Stop,
    };
    let mut known = own(&open);
    known.entry.as_mut().unwrap().reports.of_mut(FindingSource::GuardDuty).active_at =
        Some(after(30));
    for copy in [&sample, &drill] {
        assert_eq!(verdict(copy, &known, 40), ends, "also late: it never was real");
        let judged = known.judged(copy);
        assert_eq!((judged.inactive_reason, &judged.drill), (Some(InactiveReason::Sample), &None));
    }
    let entry = known.entry.as_mut().unwrap();
    (entry.closed_at, entry.closed_by) = (Some(after(20)), Some(FindingSource::GuardDuty));
    for copy in [&sample, &drill] {
        assert_eq!(verdict(copy, &known, 50), Verdict::Record(Reason::Sample), "once");
    }
    // A drill's own copies, a drill that a person asked for, and a press of the button are as before.
    let mut practice = open.clone();
    practice.finding.drill = drill.drill.clone();
    assert_eq!(verdict(&drill, &own(&practice), 40), repeat(&practice));
    for route in [FindingSource::Drill, FindingSource::CustomAction] {
        let asked = Finding { source: route, ..drill.clone() };
        assert_eq!(*own(&open).judged(&asked), asked);
    }
}

#[test]
fn what_is_said_of_one_finding_stays_when_another_is_reopened() {
    let open = acknowledged();
    let [headline, other] = [open.finding.identity.clone(), FindingIdentity::guardduty("other")];
    let about = |incident: &Incident| {
        incident
            .closed_at_source
            .as_ref()
            .map(|closed| (closed.finding.clone().unwrap(), closed.stopped))
    };
    let closed = |incident: &Incident, identity: &FindingIdentity, state, stop| {
        incident.close_at_source(identity, (state, after(20)), stop, after(20))
    };
    let told = closed(&open, &headline, InactiveReason::Resolved, false);
    assert_eq!(about(&told), Some((headline.clone(), false)));
    assert_eq!(about(&told.reopen_at_source(&other, after(40))), about(&told));
    assert_eq!(about(&told.reopen_at_source(&headline, after(40))), None);
    // The other is closed last: that stops the incident, and the headline's end is still what is said.
    let stopped = closed(&told, &other, InactiveReason::Archived, true);
    assert_eq!(about(&stopped), Some((headline.clone(), true)));
    assert_eq!(stopped.closed_at_source.as_ref().unwrap().state, InactiveReason::Resolved);
    assert_eq!(about(&stopped.reopen_at_source(&other, after(40))), about(&told));
    assert_eq!(about(&stopped.restart_active(after(40))), about(&told));
    // Paging restarts: it is about what is active.
    let unanswered = closed(
        &closed(&incident(), &headline, InactiveReason::Resolved, false),
        &other,
        InactiveReason::Archived,
        true,
    );
    assert_eq!(about(&unanswered.reopen_at_source(&other, after(40))), None);
    // An entry of an earlier version does not say which finding it is about.
    let text = r#"{"state":"resolved","at":"2026-11-23T03:20:00Z","stopped":false}"#;
    let old: crate::incident::ClosedAtSource = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&old).unwrap(), text);
    let old = Incident { closed_at_source: Some(old), ..open };
    assert_eq!(about(&old.reopen_at_source(&other, after(40))), None);
}

#[test]
fn what_was_closed_before_its_joining_was_finished_opens_nothing() {
    let over = incident().resolve(Actor::Muster, after(20)).unwrap();
    let mut begun = own(&over);
    let entry = begun.entry.as_mut().unwrap();
    (entry.started, entry.joined) = (false, true);
    let active = finding(Severity::High, 15);
    let archived = Finding { inactive_reason: Some(InactiveReason::Archived), ..active.clone() };
    assert_eq!(verdict(&archived, &begun, 30), Verdict::Record(Reason::Archived));
    // Also by the word of another route. What is active has been seen by no one: it opens.
    let mut elsewhere = begun.clone();
    elsewhere.entry.as_mut().unwrap().reports.of_mut(FindingSource::SecurityHub).inactive =
        Some(InactiveReason::Suppressed);
    assert_eq!(verdict(&active, &elsewhere, 30), Verdict::Record(Reason::Suppressed));
    let earlier = Some(Earlier::Recurred(over.id.clone()));
    assert_eq!(verdict(&active, &begun, 30), Verdict::Open { earlier });
}

#[test]
fn what_is_closed_before_its_joining_is_finished_pages_no_one() {
    // Other findings of the incident were closed: it is stopped, and an active joiner would page again.
    let open = incident();
    let headline = &open.finding.identity;
    let stopped =
        open.close_at_source(headline, (InactiveReason::Resolved, after(10)), true, after(10));
    let mut known = own(&stopped);
    let entry = known.entry.as_mut().unwrap();
    (entry.started, entry.joined) = (false, true);
    let joiner = |quiet| Finding {
        inactive_reason: quiet,
        source: FindingSource::SecurityHub,
        reported_at: Some(after(15)),
        ..finding(Severity::High, 12)
    };
    let finish = Verdict::Finish { incident: stopped.id.clone(), tell: false };
    assert!(matches!(verdict(&joiner(None), &known, 20), Verdict::Raise { .. }));
    assert_eq!(verdict(&joiner(Some(InactiveReason::Resolved)), &known, 20), finish);
    // Finished, it is closed.
    known.entry.as_mut().unwrap().started = true;
    let closed = verdict(&joiner(Some(InactiveReason::Resolved)), &known, 20);
    assert!(matches!(closed, Verdict::Close { .. }), "{closed:?}");
}

#[test]
fn an_active_copy_that_is_older_than_the_closing_changes_nothing() {
    let open = incident();
    let mut known = own(&open);
    let entry = known.entry.as_mut().unwrap();
    (entry.closed_at, entry.closed_by) = (Some(after(20)), Some(FindingSource::SecurityHub));
    entry.notified_severity = Some(Severity::Medium);
    let copy = |severity, reported| Finding {
        source: FindingSource::SecurityHub,
        reported_at: Some(after(reported)),
        ..finding(severity, 5)
    };
    assert_eq!(verdict(&copy(Severity::High, 10), &known, 30), repeat(&open));
    assert_eq!(verdict(&copy(Severity::Critical, 20), &known, 30), repeat(&open));
    assert!(matches!(verdict(&copy(Severity::Critical, 25), &known, 30), Verdict::Raise { .. }));
}
