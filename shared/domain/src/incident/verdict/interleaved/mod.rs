//! Eight writers at once, in any order, dying in between: the same facts make the same incidents.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::finding::FindingIdentity;
use crate::incident::Actor;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::{ClosedAtSourceAction, ClosedAtSourceActions};
use crate::samples::now;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use store::Store;

/// Where a writer is with its delivery.
#[derive(Clone)]
enum Doing {
    /// It has read this.
    Read(Box<Known>),
    /// It has written, or found written, and is to do what follows: to start an escalation, to tell.
    Finish(IncidentId, bool),
}

/// A writer: the deliveries that it still has to deal with, and where it is with the first.
#[derive(Clone, Default)]
struct Writer {
    due: Vec<Finding>,
    doing: Option<Doing>,
}

impl Writer {
    /// One step: a read, a write or a start; then others may come in between.
    fn step(&mut self, store: &mut Store, policy: &Policy) {
        let Some(finding) = self.due.first().cloned() else { return };
        let known = match self.doing.take() {
            None => {
                self.doing = Some(Doing::Read(Box::new(store.known(&finding))));
                return;
            }
            Some(Doing::Finish(id, tell)) => {
                let run = store.incidents[&id].run;
                if tell {
                    store.told.insert((id.clone(), finding.identity.clone()));
                }
                store.started.insert((id, run));
                // What has been closed meanwhile is for whoever closed it to finish.
                if let Some(entry) = store.ledger.get_mut(&finding.identity)
                    && (finding.inactive_reason.is_some() || entry.closed_at.is_none())
                {
                    entry.started = true;
                }
                return;
            }
            Some(Doing::Read(known)) => known,
        };
        let finding = known.judged(&finding).into_owned();
        match decide(policy, &finding, &known, now()) {
            // What it says is noted if the entry is as it was read: else there is more to do.
            Verdict::Record(_) | Verdict::Repeat { .. } => {
                if store.count(&finding, &known) {
                    self.due.remove(0);
                }
            }
            // What is read next says whether an escalation has to be started.
            Verdict::Reopen { .. } => {
                let after = known.own.as_ref().unwrap().reopen_at_source(&finding.identity, now());
                store.reopen(&finding, &known, after);
            }
            // What is read next says whether others have joined or ended meanwhile.
            Verdict::Close { state, closing, .. } => {
                let own = known.own.as_ref().unwrap();
                let after = match closing {
                    Closing::Note => None,
                    Closing::Tell => {
                        Some(own.close_at_source(&finding.identity, (state, now()), false, now()))
                    }
                    Closing::Stop => {
                        Some(own.close_at_source(&finding.identity, (state, now()), true, now()))
                    }
                    Closing::Resolve => own.resolve(Actor::Muster, now()),
                };
                store.close(&finding, &known, after);
            }
            Verdict::Restart { .. } => {
                let after = known.own.as_ref().unwrap().restart_active(now());
                store.close(&finding, &known, Some(after));
            }
            Verdict::Finish { incident, tell } => {
                self.doing = Some(Doing::Finish(incident, tell));
            }
            Verdict::Open { earlier } => {
                let id = format!("i-{}", store.incidents.len()).parse().unwrap();
                let plan = EscalationPlan::default();
                let incident = Incident::open(id, finding, policy, plan, now());
                let id = incident.id.clone();
                let previous = earlier.map(|earlier| earlier.incident().clone());
                if store.open(Incident { previous_incident: previous, ..incident }, &known, now()) {
                    self.doing = Some(Doing::Finish(id, false));
                }
            }
            // What is read next says what follows.
            Verdict::Attach { incident } => drop(store.join(&incident, None, &finding, &known)),
            Verdict::Raise { incident, cause } => {
                let before = known.incident(&incident).unwrap();
                let (new, by) = (known.new_to(&incident), (policy, before.escalation_plan.clone()));
                let after = before.raise(&finding, new, cause, by, now());
                store.join(&incident, Some(after), &finding, &known);
            }
        }
    }

    /// Dies; what it was at comes again later.
    fn die(&mut self) {
        self.doing = None;
        if !self.due.is_empty() {
            self.due.rotate_left(1);
        }
    }
}

const SEQUENCE: u8 = 5;

/// A delivery of one of the facts: five findings of two kinds, and the sequence that two of them are
/// part of. They say so themselves, or the sequence does, or both.
fn delivery(
    fact: u8,
    severity: Severity,
    route: FindingSource,
    quiet: Option<InactiveReason>,
) -> Finding {
    let identity = |fact: u8| FindingIdentity::guardduty(&format!("fact-{fact}"));
    let kinds = [IncidentType::Malware, IncidentType::DataExposure];
    let kind = match fact {
        SEQUENCE => IncidentType::AccountCompromise,
        fact => kinds[usize::from(fact % 2)],
    };
    let mut finding = Finding::assumed(severity, kind, "111122223333".into());
    finding.identity = identity(fact);
    finding.source = route;
    finding.inactive_reason = quiet;
    finding.last_seen_at = Some(now());
    finding.related_findings = match fact {
        // One names its sequence, the other is named by it.
        0 => vec![identity(SEQUENCE)],
        SEQUENCE => vec![identity(1)],
        _ => vec![],
    };
    finding
}

fn deliveries() -> impl Strategy<Value = Vec<(usize, Finding)>> {
    let route = prop_oneof![
        Just(FindingSource::GuardDuty),
        Just(FindingSource::SecurityHub),
        Just(FindingSource::SecurityHubV2)
    ];
    let quiet = prop_oneof![9 => Just(None), 1 => Just(Some(InactiveReason::Archived))];
    let severity = prop_oneof![
        1 => Just(Severity::Low), 4 => Just(Severity::Medium), 4 => Just(Severity::High),
        2 => Just(Severity::Critical)
    ];
    let one = (0..8usize, 0..=SEQUENCE, severity, route, quiet).prop_map(
        |(writer, fact, severity, route, quiet)| (writer, delivery(fact, severity, route, quiet)),
    );
    // Each is reported at a time of its own, and comes when it comes.
    prop::collection::vec(one, 1..24).prop_map(|mut all| {
        let times = (1..).map(|second| now() - SignedDuration::from_secs(second));
        for ((_, finding), at) in all.iter_mut().rev().zip(times) {
            finding.reported_at = Some(at);
        }
        all
    })
}

/// Whether the newest copy by each route that delivered a fact says that it is active.
fn active(deliveries: &[(usize, Finding)], identity: &FindingIdentity) -> bool {
    let copies = deliveries.iter().filter(|(_, finding)| finding.identity == *identity);
    let newest: BTreeMap<_, _> =
        copies.map(|(_, finding)| (finding.source, finding.active())).collect();
    newest.values().all(|active| *active)
}

/// Everything delivered, however the writers come in each other's way; then, as AWS does, again.
fn play(deliveries: &[(usize, Finding)], order: &[(usize, bool)], acks: &[usize]) -> Store {
    let when_closed_at_source = ClosedAtSourceActions {
        threats: ClosedAtSourceAction::StopPaging,
        ..ClosedAtSourceActions::default()
    };
    let policy = Policy { closed_at_source: when_closed_at_source, ..Policy::default() };
    let mut store = Store::default();
    let mut writers = vec![Writer::default(); 8];
    for (writer, finding) in deliveries {
        writers[*writer].due.push(finding.clone());
    }
    for (step, (writer, dies)) in order.iter().enumerate() {
        if acks.contains(&step) {
            store.acknowledge();
        }
        if *dies {
            writers[*writer].die();
        } else {
            writers[*writer].step(&mut store, &policy);
        }
    }
    for writer in &mut writers {
        while !writer.due.is_empty() {
            writer.step(&mut store, &policy);
        }
    }
    store
}

/// Which facts share an incident.
fn partition(store: &Store) -> BTreeSet<BTreeSet<String>> {
    let mut sets = BTreeMap::<&IncidentId, BTreeSet<String>>::new();
    for (identity, entry) in &store.ledger {
        if let Some(incident) = &entry.incident {
            sets.entry(incident).or_default().insert(identity.to_string());
        }
    }
    sets.into_values().collect()
}

/// Whether a delivery of the same finding by the same route says that it is closed, and is not older.
fn outlived(deliveries: &[(usize, Finding)], finding: &Finding) -> bool {
    deliveries.iter().any(|(_, other)| {
        let same = (&other.identity, other.source) == (&finding.identity, finding.source);
        same && other.inactive_reason.is_some_and(InactiveReason::closed)
            && other.reported_at >= finding.reported_at
    })
}

proptest! {
    #[test]
    fn writers_that_come_in_each_others_way(
        deliveries in deliveries(),
        order in prop::collection::vec((0..8usize, prop::bool::weighted(0.05)), 0..200),
        acks in prop::collection::vec(0..100usize, 0..3),
    ) {
        let store = play(&deliveries, &order, &acks);
        for (id, incident) in &store.incidents {
            let held = store.members(id).count();
            let counted = incident.finding_count + store.joined.get(id).copied().unwrap_or_default();
            prop_assert_eq!(counted, u64::try_from(held).unwrap(), "the count");
            // The last run escalates, unless a contact has taken the incident up; of those before, a later one has taken over. It ends once all that it is about
            // has ended at its source, and only then.
            let active = store.members(id).filter(|(_, entry)| entry.closed_at.is_none()).count();
            prop_assert_eq!(incident.stopped(), active == 0, "{} active", active);
            let started = store.started.contains(&(id.clone(), incident.run));
            let taken = incident.status == IncidentStatus::Acknowledged;
            prop_assert!(started || taken || incident.stopped(), "no one is paged");
        }
        for (_, finding) in &deliveries {
            let worth = finding.inactive_reason.is_none() && finding.severity >= Severity::Medium;
            let entry = &store.ledger[&finding.identity];
            prop_assert!(!worth || entry.incident.is_some(), "a finding is lost");
            if let Some(incident) = &entry.incident {
                prop_assert!(entry.started, "its escalation is not known to have started");
                let incident = &store.incidents[incident];
                // A copy that is older than a closing by its route may come after that: then it says nothing.
                let heard = worth && !outlived(&deliveries, finding);
                let less = heard && incident.severity < finding.severity;
                prop_assert!(!less, "less serious than a finding");
                let told = entry.notified_severity.is_some_and(|told| told >= finding.severity);
                prop_assert!(!heard || told, "more severe than what its incident has heard");
                let late = entry.closed_at.is_some() && active(&deliveries, &finding.identity);
                prop_assert!(!late, "closed by an older word than the newest");
            }
        }
        let groups: BTreeSet<_> = store.opened.iter().collect();
        prop_assert_eq!(groups.len(), store.incidents.len(), "two incidents of one kind");
    }

    #[test]
    fn the_order_makes_no_difference_to_what_belongs_together(
        deliveries in deliveries(),
        order in prop::collection::vec((0..8usize, prop::bool::weighted(0.05)), 0..200),
    ) {
        // What is worth paging once is so in every order; a sequence draws others to where it is first.
        let plain: Vec<_> = deliveries
            .into_iter()
            .filter(|(_, finding)| finding.identity != FindingIdentity::guardduty("fact-5"))
            .map(|(writer, finding)| (writer, Finding { related_findings: vec![], ..finding }))
            .collect();
        prop_assert_eq!(partition(&play(&plain, &order, &[])), partition(&play(&plain, &[], &[])));
    }

    #[test]
    fn a_sequence_and_its_members_meet(
        order in prop::collection::vec((0..8usize, prop::bool::weighted(0.05)), 0..60),
        copies in prop::collection::vec((0..8usize, prop::sample::select(vec![0, 1, SEQUENCE])), 3..16),
    ) {
        let mut facts: Vec<_> = copies;
        facts.extend([(0, 0), (3, 1), (6, SEQUENCE)]);
        let deliver = |(writer, fact): (usize, u8)| {
            (writer, delivery(fact, Severity::High, FindingSource::GuardDuty, None))
        };
        let deliveries: Vec<_> = facts.into_iter().map(deliver).collect();
        let store = play(&deliveries, &order, &[]);
        let of = |fact: u8| {
            let entry = &store.ledger[&FindingIdentity::guardduty(&format!("fact-{fact}"))];
            entry.incident.clone()
        };
        // Each member is with the sequence, unless both members had opened one before it came.
        prop_assert!(of(SEQUENCE) == of(0) || of(SEQUENCE) == of(1));
        prop_assert!(store.incidents.len() <= 2);
    }
}
