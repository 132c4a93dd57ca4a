//! What the interleaved writers share: it keeps to what `DynamoDB` promises of the incidents table.
//!
//! Single reads are of the moment; a transaction happens whole or not at all, and not at all if one of its conditions no
//! longer holds.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// A finding's place in the ledger: its incident, whether what follows is known to be done, and whether it joined.
type Entry = (IncidentId, bool, bool);

#[derive(Clone, Default)]
pub(super) struct Store {
    pub(super) ledger: BTreeMap<FindingIdentity, Entry>,
    pub(super) links: BTreeMap<FindingIdentity, IncidentId>,
    pub(super) groups: BTreeMap<(String, IncidentType), (IncidentId, Timestamp)>,
    pub(super) incidents: BTreeMap<IncidentId, Incident>,
    /// The group of each incident's opener: a raise may change the type that the incident is about.
    pub(super) opened: Vec<(String, IncidentType)>,
    /// Every escalation that was started: of an incident and a run there is one, however often.
    pub(super) started: BTreeSet<(IncidentId, u32)>,
    /// How many findings joined each incident without a change of it.
    pub(super) joined: BTreeMap<IncidentId, u64>,
    /// The findings that their source has closed.
    pub(super) closed: BTreeSet<FindingIdentity>,
    /// The findings that contacts who had acknowledged were told of.
    pub(super) told: BTreeSet<(IncidentId, FindingIdentity)>,
}

fn group(finding: &Finding) -> (String, IncidentType) {
    (finding.account.clone(), finding.incident_type)
}

impl Store {
    pub(super) fn known(&self, finding: &Finding) -> Known {
        let entry = self.ledger.get(&finding.identity).map(|(incident, started, joined)| {
            let incident = Some(incident.clone());
            let closed = self.closed.contains(&finding.identity);
            LedgerEntry {
                incident,
                started: *started,
                joined: *joined,
                closed_at: closed.then(now),
                ..LedgerEntry::new(now())
            }
        });
        let own = entry.as_ref().and_then(|entry| self.incidents.get(entry.incident.as_ref()?));
        let link = |id: &FindingIdentity| (id.clone(), self.links.get(id).cloned());
        let links: BTreeMap<_, _> =
            finding.related.iter().chain([&finding.identity]).map(link).collect();
        let related: BTreeSet<_> = links.values().flatten().collect();
        Known {
            own: own.cloned(),
            related: related.into_iter().map(|id| self.incidents[id].clone()).collect(),
            group: self
                .groups
                .get(&group(finding))
                .map(|(id, last)| (self.incidents[id].clone(), *last)),
            entry,
            links,
            others_active: own.is_some_and(|own| {
                let others = self.ledger.iter().filter(|(other, _)| **other != finding.identity);
                let mut others = others.filter(|(_, (incident, ..))| *incident == own.id);
                finding.quiet.is_some() && others.any(|(other, _)| !self.closed.contains(other))
            }),
        }
    }

    /// The conditions of both transactions: what was read of the ledger, the links and the group.
    pub(super) fn unchanged(&self, finding: &Finding, known: &Known) -> bool {
        let before = known.entry.as_ref().and_then(|entry| entry.incident.as_ref());
        self.ledger.get(&finding.identity).map(|(incident, ..)| incident) == before
            && known.links.iter().all(|(id, linked)| self.links.get(id) == linked.as_ref())
    }

    pub(super) fn link(&mut self, finding: &Finding, known: &Known, id: &IncidentId) {
        for (identity, linked) in &known.links {
            let open = linked.as_ref().is_some_and(|linked| {
                known.related.iter().any(|i| i.id == *linked && i.status != State::Resolved)
            });
            if *identity == finding.identity || !open {
                self.links.insert(identity.clone(), id.clone());
            }
        }
    }

    pub(super) fn open(&mut self, incident: Incident, known: &Known, at: Timestamp) -> bool {
        let finding = incident.finding.clone();
        let group_before = known.group.as_ref().map(|(incident, _)| &incident.id);
        let group_now = self.groups.get(&group(&finding)).map(|(id, _)| id);
        if !self.unchanged(&finding, known) || group_now != group_before {
            return false;
        }
        let id = incident.id.clone();
        self.ledger.insert(finding.identity.clone(), (id.clone(), false, false));
        self.closed.remove(&finding.identity);
        self.groups.insert(group(&finding), (id.clone(), at));
        self.opened.push(group(&finding));
        self.link(&finding, known, &id);
        self.incidents.insert(id, incident);
        true
    }

    /// The end of a finding demands the version that was read only if it changes the incident.
    pub(super) fn close(
        &mut self,
        finding: &Finding,
        known: &Known,
        after: Option<Incident>,
    ) -> bool {
        let Some((id, started, _)) = self.ledger.get_mut(&finding.identity) else { return false };
        let same = known.own.as_ref().is_some_and(|own| own.id == *id);
        let version = self.incidents[id].version;
        if !same || after.as_ref().is_some_and(|after| after.version != version + 1) {
            return false;
        }
        *started = false;
        let id = id.clone();
        self.closed.insert(finding.identity.clone());
        if let Some(after) = after {
            self.incidents.insert(id, after);
        }
        true
    }

    /// A raise demands the version that was read; joining demands nothing of the incident and leaves it as it is.
    pub(super) fn join(
        &mut self,
        id: &IncidentId,
        raised: Option<Incident>,
        finding: &Finding,
        known: &Known,
    ) -> bool {
        let before = self.incidents[id].version;
        let raced = raised.as_ref().is_some_and(|after| after.version != before + 1);
        if !self.unchanged(finding, known) || raced {
            return false;
        }
        let id = id.clone();
        self.ledger.insert(finding.identity.clone(), (id.clone(), false, raised.is_none()));
        self.closed.remove(&finding.identity);
        self.link(finding, known, &id);
        match raised {
            Some(after) => drop(self.incidents.insert(id.clone(), after)),
            None => *self.joined.entry(id.clone()).or_default() += 1,
        }
        if let Some((group, last)) = self.groups.get_mut(&group(finding))
            && *group == id
        {
            *last = now();
        }
        true
    }
}
