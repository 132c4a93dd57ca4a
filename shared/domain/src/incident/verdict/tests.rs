//! Verdicts: one finding at a time, and whole histories in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::finding::FindingIdentity;
use crate::incident::Actor;
use crate::roster::plan::EscalationPlan;
use crate::samples::{incident, now};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

fn finding(severity: Severity, quiet: Option<InactiveReason>) -> Finding {
    let finding = Finding::assumed(severity, IncidentType::Malware, "111122223333".into());
    Finding { inactive_reason: quiet, ..finding }
}

fn entry(incident: Option<&str>, started: bool) -> LedgerEntry {
    let incident = incident.map(|id| id.parse().unwrap());
    LedgerEntry { incident, started, ..LedgerEntry::new(now()) }
}

fn verdict(finding: &Finding, known: &Known) -> Verdict {
    decide(&Policy::default(), finding, known, now())
}

#[test]
fn new_findings() {
    let check = |severity, quiet, known: &Known, expected: Verdict| {
        assert_eq!(verdict(&finding(severity, quiet), known), expected);
    };
    let nothing = Known::default();
    let open = Verdict::Open { earlier: None };
    check(Severity::Medium, None, &nothing, open.clone());
    check(Severity::Low, None, &nothing, Verdict::Record(Reason::BelowThreshold));
    check(Severity::Informational, None, &nothing, Verdict::Record(Reason::Informational));
    check(
        Severity::Critical,
        Some(InactiveReason::Sample),
        &nothing,
        Verdict::Record(Reason::Sample),
    );
    // Recorded before, grave now.
    let recorded = Known { entry: Some(entry(None, false)), ..Known::default() };
    check(Severity::High, None, &recorded, open.clone());
    // Somebody asks by hand.
    let asked = Finding { source: FindingSource::CustomAction, ..finding(Severity::Low, None) };
    assert_eq!(verdict(&asked, &nothing), open);
}

#[test]
fn findings_of_a_known_incident() {
    let own = incident();
    let id = own.id.clone();
    let check = |severity, quiet, own: &Incident, started, expected: Verdict| {
        let known = Known {
            entry: Some(entry(Some(own.id.as_str()), started)),
            own: Some(own.clone()),
            ..Known::default()
        };
        assert_eq!(verdict(&finding(severity, quiet), &known), expected);
    };
    let repeat = Verdict::Repeat { incident: id.clone() };
    let finish = Verdict::Finish { incident: id.clone(), tell: false };
    check(Severity::High, None, &own, true, repeat.clone());
    // Opened by a writer that died before starting the escalation.
    check(Severity::High, None, &own, false, finish.clone());
    check(Severity::High, Some(InactiveReason::Archived), &own, false, finish);
    check(Severity::High, Some(InactiveReason::Notified), &own, true, repeat.clone());
    check(Severity::Low, None, &own, true, repeat);
    let cause = Cause::SeverityIncreased { from: Severity::High };
    let raise = Verdict::Raise { incident: id.clone(), cause };
    check(Severity::Critical, None, &own, true, raise);
}

#[test]
fn what_comes_back_after_its_resolution_opens_anew() {
    let minutes = |n| now() + SignedDuration::from_mins(n);
    let resolved = incident().resolve(Actor::Muster, minutes(-10)).unwrap();
    let check = |last_seen: Option<Timestamp>, comes_back: bool| {
        let known = Known {
            entry: Some(entry(Some(resolved.id.as_str()), true)),
            own: Some(resolved.clone()),
            ..Known::default()
        };
        let finding = Finding { last_seen_at: last_seen, ..finding(Severity::High, None) };
        let incident = resolved.id.clone();
        let expected = if comes_back {
            Verdict::Open { earlier: Some(Earlier::Recurred(incident)) }
        } else {
            Verdict::Repeat { incident }
        };
        assert_eq!(verdict(&finding, &known), expected, "{last_seen:?}");
    };
    check(Some(minutes(-20)), false);
    check(Some(minutes(-5)), true);
    check(None, true);
}

#[test]
fn new_findings_join_what_they_belong_with() {
    let group = |minutes| {
        let last = now() - SignedDuration::from_mins(minutes);
        Known { group: Some((incident(), last)), ..Known::default() }
    };
    let id = incident().id;
    let attach = Verdict::Attach { incident: id.clone() };
    let open = Verdict::Open { earlier: None };
    assert_eq!(verdict(&finding(Severity::High, None), &group(59)), attach);
    assert_eq!(verdict(&finding(Severity::High, None), &group(61)), open);
    let cause = Cause::SeverityIncreased { from: Severity::High };
    let raise = Verdict::Raise { incident: id, cause };
    assert_eq!(verdict(&finding(Severity::Critical, None), &group(1)), raise);
    let quiet = Verdict::Record(Reason::BelowThreshold);
    assert_eq!(verdict(&finding(Severity::Low, None), &group(1)), quiet);
    // The sequence it is part of comes before its group; what is over takes in nothing.
    let sequence = Incident { id: "sequence".parse().unwrap(), ..incident() };
    let known = Known { related: vec![sequence.clone()], ..group(1) };
    let attached = Verdict::Attach { incident: sequence.id.clone() };
    assert_eq!(verdict(&finding(Severity::High, None), &known), attached);
    let over = sequence.resolve(Actor::Muster, now()).unwrap();
    let known = Known { related: vec![over.clone()], group: Some((over, now())), ..known };
    assert_eq!(verdict(&finding(Severity::High, None), &known), open);
}

/// What happens, in the order in which it reaches us.
#[derive(Clone, Debug)]
enum Happening {
    Finding { number: u8, severity: usize, account: u8 },
    Resolve { incident: usize },
    Wait { minutes: i64 },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..4u8, 0..5usize, 0..2u8)
            .prop_map(|(number, severity, account)| Happening::Finding { number, severity, account }),
        1 => (0..4usize).prop_map(|incident| Happening::Resolve { incident }),
        1 => (0..90i64).prop_map(|minutes| Happening::Wait { minutes }),
    ]
}

proptest! {
    /// Whatever comes in whatever order: a finding worth paging always has an incident that is at
    /// least as serious, none is opened while another of its account is open and fresh, and a run
    /// of the escalation is started exactly when somebody has to be paged.
    #[test]
    fn histories(happenings in prop::collection::vec(happening(), 1..60)) {
        let policy = Policy::default();
        let (mut at, mut incidents) = (now(), Vec::<Incident>::new());
        let mut ledger = BTreeMap::<(u8, u8), usize>::new();
        let mut groups = BTreeMap::<u8, (usize, Timestamp)>::new();
        for happening in happenings {
            match happening {
                Happening::Wait { minutes } => at += SignedDuration::from_mins(minutes),
                Happening::Resolve { incident } => {
                    let resolved = incidents.get(incident).and_then(|i| i.resolve(Actor::Muster, at));
                    if let Some(resolved) = resolved {
                        incidents[incident] = resolved;
                    }
                    at += SignedDuration::from_secs(1);
                }
                Happening::Finding { number, severity, account } => {
                    let severity = Severity::ALL[severity];
                    let mut f = Finding::assumed(severity, IncidentType::Malware, account.to_string());
                    f.identity = FindingIdentity::guardduty(&format!("{account}/{number}"));
                    f.last_seen_at = Some(at);
                    let own = ledger.get(&(account, number)).map(|index| incidents[*index].clone());
                    let known = Known {
                        entry: own.as_ref().map(|own| entry(Some(own.id.as_str()), true)),
                        own,
                        related: vec![],
                        links: BTreeMap::new(),
                        others_active: false,
                        group: groups.get(&account).map(|(i, last)| (incidents[*i].clone(), *last)),
                    };
                    let index = |id: &IncidentId| incidents.iter().position(|i| i.id == *id).unwrap();
                    let worth = policy.min_paging_severity.threats.pages(severity);
                    match decide(&policy, &f, &known, at) {
                        Verdict::Open { earlier } => {
                            if earlier.is_none() {
                                let fresh = known.group.as_ref().is_some_and(|(i, last)| {
                                    i.status != IncidentStatus::Resolved
                                        && at.duration_since(*last) <= SignedDuration::from_mins(60)
                                });
                                prop_assert!(!fresh, "a second incident beside a fresh one");
                                prop_assert!(worth);
                            }
                            let id = format!("i-{}", incidents.len()).parse().unwrap();
                            let plan = EscalationPlan::default();
                            let incident = Incident::open(id, f, &policy, plan, at);
                            ledger.insert((account, number), incidents.len());
                            groups.insert(account, (incidents.len(), at));
                            incidents.push(incident);
                        }
                        Verdict::Attach { incident } => {
                            let index = index(&incident);
                            let open = &incidents[index];
                            prop_assert!(open.status != IncidentStatus::Resolved);
                            prop_assert!(open.severity >= severity && open.silent_since(at).is_none());
                            ledger.insert((account, number), index);
                            groups.insert(account, (index, at));
                        }
                        Verdict::Raise { incident, cause } => {
                            let index = index(&incident);
                            let before = incidents[index].clone();
                            prop_assert!(before.status != IncidentStatus::Resolved);
                            let by = (&policy, before.escalation_plan.clone());
                            let after = before.raise(&f, known.new_to(&incident), cause, by, at);
                            prop_assert_eq!((after.run, after.status), (before.run + 1, IncidentStatus::Open));
                            prop_assert_eq!(after.severity, before.severity.max(severity));
                            prop_assert_eq!(after.finding.severity, after.severity);
                            ledger.insert((account, number), index);
                            groups.insert(account, (index, at));
                            incidents[index] = after;
                        }
                        Verdict::Repeat { incident } => {
                            let own = &incidents[index(&incident)];
                            prop_assert!(own.severity >= severity || own.status == IncidentStatus::Resolved);
                        }
                        other @ (Verdict::Finish { .. } | Verdict::Close { .. } | Verdict::Reopen { .. } | Verdict::Restart { .. }) => {
                            prop_assert!(false, "{other:?}");
                        }
                        Verdict::Record(_) => prop_assert!(!worth),
                    }
                }
            }
        }
    }
}
