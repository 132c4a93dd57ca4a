//! Verdicts on findings that go on: after an acknowledgment, after silence, asked for, unfinished.

use super::*;
use crate::finding::{CustomAction, FindingIdentity};
use crate::incident::Actor;
use crate::roster::plan::EscalationPlan;
use crate::samples::{incident, now};
use crate::value::category::Category;
use crate::value::incident_type::IncidentType;

pub(super) fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

pub(super) fn finding(severity: Severity, seen: i64) -> Finding {
    let finding = Finding::assumed(severity, IncidentType::Malware, "111122223333".into());
    let seen = Some(after(seen));
    Finding { last_seen_at: seen, updated_at: seen, reported_at: seen, ..finding }
}

/// The incident of the findings here, acknowledged ten minutes after it opened.
pub(super) fn acknowledged() -> Incident {
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    incident().acknowledge(ada, after(10)).unwrap().unwrap()
}

pub(super) fn own(own: &Incident) -> Known {
    let incident = Some(own.id.clone());
    let entry = Some(LedgerEntry { incident, started: true, ..LedgerEntry::new(now()) });
    Known { entry, own: Some(own.clone()), ..Known::default() }
}

pub(super) fn group(incident: &Incident, last: i64) -> Known {
    Known { group: Some((incident.clone(), after(last))), ..Known::default() }
}

pub(super) fn verdict(finding: &Finding, known: &Known, at: i64) -> Verdict {
    decide(&Policy::default(), finding, known, after(at))
}

pub(super) fn raise(incident: &Incident, cause: Cause) -> Verdict {
    Verdict::Raise { incident: incident.id.clone(), cause }
}

pub(super) fn repeat(incident: &Incident) -> Verdict {
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
        known.entry.as_mut().unwrap().notified_severity = Some(told);
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
    (entry.closed_at, entry.closed_by) = (Some(after(15)), Some(FindingSource::GuardDuty));
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
        let asked = CustomAction {
            action: "Page the team".into(),
            action_arn: "arn".into(),
            account: "444455556666".into(),
            event: event.into(),
        };
        let low = finding(Severity::Low, 20);
        let reported_at = Some(after(if event == "e2" { 30 } else { 20 }));
        Finding {
            source: FindingSource::CustomAction,
            custom_action: Some(asked),
            reported_at,
            ..low
        }
    };
    let cause =
        Cause::TeamRequested { action: "Page the team".into(), account: "444455556666".into() };
    assert_eq!(verdict(&asked("e1"), &own(&taken), 30), raise(&taken, cause));
    let mut known = own(&taken);
    known.entry.as_mut().unwrap().asked_event = Some("e1".into());
    assert_eq!(verdict(&asked("e1"), &known, 30), repeat(&taken), "delivered twice");
    assert!(matches!(verdict(&asked("e2"), &known, 30), Verdict::Raise { .. }));
    // One press for several findings is an event for each, and asks once.
    let policy = (&Policy::default(), EscalationPlan::default());
    let asked_for = Cause::TeamRequested { action: String::new(), account: String::new() };
    let paged = taken.raise(&asked("e1"), false, asked_for, policy, after(20));
    let mut other = asked("e3");
    other.identity = FindingIdentity::guardduty("other");
    let joins = Verdict::Attach { incident: paged.id.clone() };
    assert_eq!(verdict(&other, &group(&paged, 20), 21), joins);
    assert_eq!(verdict(&asked("e3"), &own(&paged), 21), repeat(&paged));
    assert_eq!(paged.finding.custom_action, asked("e1").custom_action, "who asked stays known");
}

#[test]
fn what_one_route_knows_holds_for_every_route() {
    let mut entry = LedgerEntry::new(now());
    entry.reports.of_mut(FindingSource::SecurityHub).inactive = Some(InactiveReason::Suppressed);
    let known = |entry: LedgerEntry| Known { entry: Some(entry), ..Known::default() };
    let direct = finding(Severity::High, 20);
    let suppressed = Verdict::Record(Reason::Suppressed);
    assert_eq!(verdict(&direct, &known(entry.clone()), 30), suppressed);
    // Its own route takes it back; a person who asks, and what is only handed on, are not held up.
    let hub = Finding { source: FindingSource::SecurityHub, ..direct.clone() };
    assert_eq!(verdict(&hub, &known(entry.clone()), 30), Verdict::Open { earlier: None });
    let asked = Finding { source: FindingSource::CustomAction, ..direct.clone() };
    assert_eq!(verdict(&asked, &known(entry.clone()), 30), Verdict::Open { earlier: None });
    entry.reports.of_mut(FindingSource::SecurityHub).inactive = Some(InactiveReason::Notified);
    assert_eq!(verdict(&direct, &known(entry), 30), Verdict::Open { earlier: None });
    let mut sample = LedgerEntry::new(now());
    sample.reports.of_mut(FindingSource::GuardDuty).inactive = Some(InactiveReason::Sample);
    let v2 = Finding { source: FindingSource::SecurityHubV2, ..direct };
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
