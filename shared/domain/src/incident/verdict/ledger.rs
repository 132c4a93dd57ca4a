//! What is known that bears on a finding: its ledger entry, its incident, and those it could join.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reports::{SourceReport, SourceReports};
use crate::finding::{Finding, FindingIdentity, FindingSource, InactiveReason};
use crate::incident::Incident;
use crate::value::id::IncidentId;
use crate::value::severity::Severity;

/// What the ledger knows of one finding, by its identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The incident it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Whether all that follows from it is known to be done: the escalation started, contacts told.
    #[serde(default)]
    pub started: bool,
    /// Whether it joined its incident, and did not open it.
    #[serde(default)]
    pub joined: bool,
    /// The highest severity at which its incident has heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_severity: Option<Severity>,
    /// How often it was delivered, by all routes.
    pub deliveries: u64,
    /// When it first came.
    pub first_at: Timestamp,
    /// When it last came.
    pub last_at: Timestamp,
    /// When a route first delivered that its source has closed it, and that it has not been reopened since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The route that delivered so: what another route says later is no reopening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<FindingSource>,
    /// The last event by which a person asked for the team with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_event: Option<String>,
    /// What each source reports of it.
    #[serde(flatten)]
    pub reports: SourceReports,
}

impl LedgerEntry {
    /// Returns an entry for a finding that came once, at this time, and has no incident.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self {
            incident: None,
            started: false,
            joined: false,
            notified_severity: None,
            deliveries: 1,
            first_at: at,
            last_at: at,
            closed_at: None,
            closed_by: None,
            asked_event: None,
            reports: SourceReports::new(),
        }
    }

    /// Returns what another route than the finding's own knows that holds for every route: a sample is one whoever
    /// delivers it, and what is suppressed or archived in one service is not to page by way of another. What was archived
    /// before the finding was last seen says nothing: Security Hub archives by itself, too.
    #[must_use]
    pub fn quiet_elsewhere(&self, finding: &Finding) -> Option<InactiveReason> {
        let holds = |quiet: InactiveReason, at: Option<Timestamp>| match quiet {
            InactiveReason::Sample | InactiveReason::Suppressed => true,
            InactiveReason::Archived => {
                at.zip(finding.last_seen_at).is_none_or(|(at, seen)| seen <= at)
            }
            InactiveReason::Resolved
            | InactiveReason::Notified
            | InactiveReason::Passed
            | InactiveReason::Inconclusive => false,
        };
        let marked = |report: SourceReport| {
            report.inactive.filter(|quiet| holds(*quiet, report.inactive_at))
        };
        self.reports.others(finding.source).find_map(marked)
    }
}

/// What is known that bears on a finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// What the ledger has of it.
    pub entry: Option<LedgerEntry>,
    /// The incident that the ledger's entry names.
    pub own: Option<Incident>,
    /// Whether another finding of that incident is not closed at its source; read only for one that is.
    pub others_active: bool,
    /// Incidents of the findings it belongs with: of its attack sequence, or of the findings that it
    /// is a sequence of.
    pub related: Vec<Incident>,
    /// Itself and the findings it belongs with, each with the incident that it was linked to when that
    /// was read: what is written on the strength of it must find it unchanged.
    pub links: BTreeMap<FindingIdentity, Option<IncidentId>>,
    /// The last incident of its group, the same account and type, and when a finding last joined it.
    pub group: Option<(Incident, Timestamp)>,
}

impl Known {
    /// Whether the finding has not been part of this incident so far.
    #[must_use]
    pub fn new_to(&self, id: &IncidentId) -> bool {
        self.own.as_ref().is_none_or(|own| own.id != *id)
    }

    /// The incident with this id, if it is among those known.
    #[must_use]
    pub fn incident(&self, id: &IncidentId) -> Option<&Incident> {
        let group = self.group.as_ref().map(|(incident, _)| incident);
        let mut all = self.own.iter().chain(&self.related).chain(group);
        all.find(|incident| incident.id == *id)
    }

    /// Whether this very request of a person has been dealt with: events are delivered at least once.
    #[must_use]
    pub fn asked_before(&self, finding: &Finding) -> bool {
        let before = self.entry.as_ref().and_then(|entry| entry.asked_event.as_ref());
        let asked = finding.custom_action.as_ref().map(|asked| &asked.event);
        asked.is_some_and(|event| !event.is_empty() && before == Some(event))
    }

    /// Returns the finding as it has to be judged. A sample that is taken for a drill, and that another route has taken for
    /// real, ends that incident: it is a sample. While what follows from a finding is not known to be done, the highest
    /// severity at which it came counts: which copy finishes that is chance.
    #[must_use]
    pub fn judged<'a>(&self, finding: &'a Finding) -> Cow<'a, Finding> {
        let mut judged = Cow::Borrowed(finding);
        let real = self.own.as_ref().is_some_and(|own| own.drill().is_none());
        let asked = finding.source == FindingSource::Drill || finding.asks();
        if real && finding.drill.is_some() && !asked {
            let sample = judged.to_mut();
            (sample.inactive_reason, sample.drill) = (Some(InactiveReason::Sample), None);
        }
        let unfinished = self.entry.as_ref().filter(|entry| !entry.started);
        let severity = unfinished.and_then(|entry| entry.notified_severity);
        if let Some(severity) = severity.filter(|told| *told > finding.severity) {
            judged.to_mut().severity = severity;
        }
        judged
    }

    /// Returns the severity at which the finding's incident last heard of it, if this copy is more severe. Entries of
    /// earlier versions do not say.
    #[must_use]
    pub fn increased_from(&self, finding: &Finding) -> Option<Severity> {
        let told = self.entry.as_ref()?.notified_severity?;
        (finding.severity > told).then_some(told)
    }

    /// Returns the highest severity at which this incident has heard of the finding, once it hears of this copy.
    #[must_use]
    pub fn told_severity(&self, finding: &Finding, incident: &IncidentId) -> Severity {
        let entry = self.entry.as_ref().filter(|entry| entry.incident.as_ref() == Some(incident));
        let told = entry.and_then(|entry| entry.notified_severity);
        told.map_or(finding.severity, |told| told.max(finding.severity))
    }

    /// Returns when this copy says that the finding is active, if its route has not said so since.
    #[must_use]
    pub fn newly_active(&self, finding: &Finding, now: Timestamp) -> Option<Timestamp> {
        // A source whose clock is ahead must not keep its later closing from counting.
        let at = finding.reported_at.unwrap_or(now).min(now);
        let news = self.active_at(finding.source).is_none_or(|newest| at > newest);
        (news && finding.active()).then_some(at)
    }

    /// Whether this copy says that the finding is closed, and is not newer than one by which the same route says that it is
    /// active. Events are delivered at least once and in any order: an old word ends nothing.
    #[must_use]
    pub fn late(&self, finding: &Finding, now: Timestamp) -> bool {
        let at = finding.reported_at.unwrap_or(now);
        // What is a sample is one whenever that is said.
        let closes = finding
            .inactive_reason
            .is_some_and(|quiet| quiet.closed() && quiet != InactiveReason::Sample);
        closes && self.active_at(finding.source).is_some_and(|newest| at <= newest)
    }

    fn active_at(&self, route: FindingSource) -> Option<Timestamp> {
        self.entry.as_ref()?.reports.of(route).active_at
    }

    /// Why the finding is nothing to act on now, by its own word or by that of another route. A custom action
    /// and a drill are asked for by people, who have judged already.
    #[must_use]
    pub fn quiet(&self, finding: &Finding) -> Option<InactiveReason> {
        let elsewhere = || self.entry.as_ref()?.quiet_elsewhere(finding);
        let asked = finding.asks() || finding.drill.is_some();
        finding.inactive_reason.or_else(|| if asked { None } else { elsewhere() })
    }
}
