//! What the interleaved writers share: it keeps to what `DynamoDB` promises of the incidents table.
//!
//! Single reads are of the moment; a transaction happens whole or not at all, and not at all if one of its conditions no
//! longer holds.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

#[derive(Clone, Default)]
pub(super) struct Store {
    pub(super) ledger: BTreeMap<FindingIdentity, LedgerEntry>,
    pub(super) links: BTreeMap<FindingIdentity, IncidentId>,
    pub(super) groups: BTreeMap<(String, IncidentType), (IncidentId, Timestamp)>,
    pub(super) incidents: BTreeMap<IncidentId, Incident>,
    /// The group of each incident's opener: a raise may change the type that the incident is about.
    pub(super) opened: Vec<(String, IncidentType)>,
    /// Every escalation that was started: of an incident and a run there is one, however often.
    pub(super) started: BTreeSet<(IncidentId, u32)>,
    /// How many findings joined each incident without a change of it.
    pub(super) joined: BTreeMap<IncidentId, u64>,
    /// The findings that contacts who had acknowledged were told of.
    pub(super) told: BTreeSet<(IncidentId, FindingIdentity)>,
}

fn group(finding: &Finding) -> (String, IncidentType) {
    (finding.account.clone(), finding.incident_type)
}

impl Store {
    pub(super) fn known(&self, finding: &Finding) -> Known {
        let entry = self.ledger.get(&finding.identity).cloned();
        let own = entry.as_ref().and_then(|entry| self.incidents.get(entry.incident.as_ref()?));
        let link = |id: &FindingIdentity| (id.clone(), self.links.get(id).cloned());
        let links: BTreeMap<_, _> =
            finding.related_findings.iter().chain([&finding.identity]).map(link).collect();
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
                let mut others = self.members(&own.id);
                finding.inactive_reason.is_some()
                    && others.any(|(other, entry)| {
                        *other != finding.identity && entry.closed_at.is_none()
                    })
            }),
        }
    }

    /// The findings of an incident.
    pub(super) fn members(
        &self,
        id: &IncidentId,
    ) -> impl Iterator<Item = (&FindingIdentity, &LedgerEntry)> {
        self.ledger.iter().filter(move |(_, entry)| entry.incident.as_ref() == Some(id))
    }

    /// The condition of every write: the finding's entry is as it was read.
    fn as_read(&self, finding: &Finding, known: &Known) -> bool {
        let of = |entry: Option<&LedgerEntry>| {
            entry.map(|e| {
                (
                    e.incident.clone(),
                    e.closed_at,
                    e.reports.of(finding.source).active_at,
                    e.notified_severity,
                )
            })
        };
        let none = (None, None, None, None);
        let now = of(self.ledger.get(&finding.identity)).unwrap_or(none.clone());
        now == of(known.entry.as_ref()).unwrap_or(none)
    }

    /// The entry, with what this copy says of whether the finding is active.
    fn counted(&mut self, finding: &Finding, known: &Known) -> &mut LedgerEntry {
        let entry = self.ledger.entry(finding.identity.clone()).or_insert(LedgerEntry::new(now()));
        let newly_active = known.newly_active(finding, now());
        if let Some(at) = newly_active.filter(|_| finding.source.reports()) {
            entry.reports.of_mut(finding.source).active_at = Some(at);
        }
        if finding.inactive_reason.is_some_and(InactiveReason::closed)
            && !known.late(finding, now())
        {
            entry.closed_at = entry.closed_at.or(finding.reported_at);
            entry.closed_by = entry.closed_by.or(Some(finding.source));
        }
        entry
    }

    pub(super) fn count(&mut self, finding: &Finding, known: &Known) -> bool {
        let as_read = self.as_read(finding, known);
        if as_read {
            self.counted(finding, known);
        }
        as_read
    }

    /// The conditions of both transactions: what was read of the ledger, the links and the group.
    fn unchanged(&self, finding: &Finding, known: &Known) -> bool {
        self.as_read(finding, known)
            && known.links.iter().all(|(id, linked)| self.links.get(id) == linked.as_ref())
    }

    /// Lets the finding's entry name its incident.
    fn name(&mut self, finding: &Finding, known: &Known, id: &IncidentId, joined: bool) {
        let told = known.told_severity(finding, id);
        let entry = self.counted(finding, known);
        entry.incident = Some(id.clone());
        entry.notified_severity = Some(told);
        (entry.started, entry.joined) = (false, joined);
        (entry.closed_at, entry.closed_by) = (None, None);
    }

    pub(super) fn link(&mut self, finding: &Finding, known: &Known, id: &IncidentId) {
        for (identity, linked) in &known.links {
            let open = linked.as_ref().is_some_and(|linked| {
                known
                    .related
                    .iter()
                    .any(|i| i.id == *linked && i.status != IncidentStatus::Resolved)
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
        self.name(&finding, known, &id, false);
        self.groups.insert(group(&finding), (id.clone(), at));
        self.opened.push(group(&finding));
        self.link(&finding, known, &id);
        self.incidents.insert(id, incident);
        true
    }

    /// Whether the incident is the one before `after`.
    fn before(&self, after: &Incident) -> bool {
        self.incidents[&after.id].version + 1 == after.version
    }

    /// The end of a finding demands the version that was read only if it changes the incident.
    pub(super) fn close(
        &mut self,
        finding: &Finding,
        known: &Known,
        after: Option<Incident>,
    ) -> bool {
        let raced = after.as_ref().is_some_and(|after| !self.before(after));
        if raced || !self.as_read(finding, known) {
            return false;
        }
        self.counted(finding, known).started = false;
        if let Some(after) = after {
            self.incidents.insert(after.id.clone(), after);
        }
        true
    }

    pub(super) fn reopen(&mut self, finding: &Finding, known: &Known, after: Incident) -> bool {
        if !self.before(&after) || !self.as_read(finding, known) {
            return false;
        }
        let restarts = after.run > self.incidents[&after.id].run;
        let entry = self.counted(finding, known);
        (entry.started, entry.joined) = (!restarts, false);
        (entry.closed_at, entry.closed_by) = (None, None);
        self.incidents.insert(after.id.clone(), after);
        true
    }

    /// A contact acknowledges every open incident.
    pub(super) fn acknowledge(&mut self) {
        let ada = Actor::Contact { contact: "ada".parse().unwrap() };
        for incident in self.incidents.values_mut() {
            if let Some(after) = incident.acknowledge(ada.clone(), now()).unwrap() {
                *incident = after;
            }
        }
    }

    /// A raise demands the version that was read; joining demands nothing of the incident and leaves it as it is.
    pub(super) fn join(
        &mut self,
        id: &IncidentId,
        raised: Option<Incident>,
        finding: &Finding,
        known: &Known,
    ) -> bool {
        let raced = raised.as_ref().is_some_and(|after| !self.before(after));
        if !self.unchanged(finding, known) || raced {
            return false;
        }
        let id = id.clone();
        self.name(finding, known, &id, raised.is_none());
        self.link(finding, known, &id);
        match raised {
            Some(after) => drop(self.incidents.insert(id.clone(), after)),
            None => *self.joined.entry(id.clone()).or_default() += u64::from(known.new_to(&id)),
        }
        if let Some((group, last)) = self.groups.get_mut(&group(finding))
            && *group == id
        {
            *last = now();
        }
        true
    }
}
