//! What a finding leads to, decided from the policy and what the ledger knows of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingIdentity, Quiet, Route};
use crate::id::IncidentId;
use crate::incident::{Incident, State};
use crate::policy::Policy;
use crate::severity::Severity;

/// What the ledger knows of one finding, by its identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The incident it opened, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Whether the incident's escalation is known to have started.
    #[serde(default)]
    pub started: bool,
    /// How often it was delivered, by all routes.
    pub deliveries: u64,
    /// When it first came.
    pub first_at: Timestamp,
    /// When it last came.
    pub last_at: Timestamp,
}

/// Why a finding was recorded and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Less severe than the policy pages for.
    BelowThreshold,
    /// Its source says that it is for information, and the policy pages nobody for that.
    Informational,
    /// Made by "generate sample findings".
    Sample,
    /// Archived at its source.
    Archived,
    /// Suppressed in Security Hub.
    Suppressed,
    /// Marked as resolved in Security Hub.
    Resolved,
    /// Marked in Security Hub as handed on.
    Notified,
    /// A control that passed.
    Passed,
    /// A control that could not be checked.
    Inconclusive,
    /// A custom action that is not Muster's.
    AnotherAction,
}

impl Reason {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BelowThreshold => "below_threshold",
            Self::Informational => "informational",
            Self::Sample => "sample",
            Self::Archived => "archived",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
            Self::Notified => "notified",
            Self::Passed => "passed",
            Self::Inconclusive => "inconclusive",
            Self::AnotherAction => "another_action",
        }
    }
}

impl From<Quiet> for Reason {
    fn from(quiet: Quiet) -> Self {
        match quiet {
            Quiet::Sample => Self::Sample,
            Quiet::Archived => Self::Archived,
            Quiet::Suppressed => Self::Suppressed,
            Quiet::Resolved => Self::Resolved,
            Quiet::Notified => Self::Notified,
            Quiet::Passed => Self::Passed,
            Quiet::Inconclusive => Self::Inconclusive,
        }
    }
}

/// What is known that bears on a finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// What the ledger has of it.
    pub entry: Option<LedgerEntry>,
    /// The incident that the ledger's entry names.
    pub own: Option<Incident>,
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
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Open a new incident and page its team.
    Open {
        /// The resolved incident that this finding was of before.
        previous: Option<IncidentId>,
    },
    /// Note it on the timeline of an open incident; page nobody.
    Attach {
        /// Which.
        incident: IncidentId,
    },
    /// It is more serious than what was paged for: note it, and page those whom that adds.
    Raise {
        /// Which incident becomes more serious.
        incident: IncidentId,
    },
    /// The finding is known: count it.
    Repeat {
        /// The incident it belongs to.
        incident: IncidentId,
        /// Whether that incident's escalation must still be started: whoever opened it may have
        /// died in between.
        start: bool,
    },
    /// Count it, and page nobody.
    Record(Reason),
}

/// The verdict on `finding`, given what is known.
#[must_use]
pub fn decide(policy: &Policy, finding: &Finding, known: &Known, now: Timestamp) -> Verdict {
    // An incident whose escalation has not started comes before everything: also before a later
    // copy of the finding that says "archived".
    if let Some(entry) = &known.entry
        && let Some(incident) = &entry.incident
        && !entry.started
    {
        return Verdict::Repeat { incident: incident.clone(), start: true };
    }
    if let Some(quiet) = finding.quiet {
        return Verdict::Record(quiet.into());
    }
    if let Some(own) = &known.own {
        return again(policy, finding, known, own, now);
    }
    // Whoever asks for people by hand, or for a drill, has judged already.
    let asked = matches!(finding.route, Route::CustomAction | Route::Drill);
    if !policy.pages(finding) && !asked {
        let informational = finding.severity == Severity::Informational;
        let reason = if informational { Reason::Informational } else { Reason::BelowThreshold };
        return Verdict::Record(reason);
    }
    match joined(policy, finding, known, now) {
        None => Verdict::Open { previous: None },
        Some(open) => join(finding, open, now),
    }
}

/// The verdict on a finding that joins an open incident. One that pages nobody any more, and that
/// nobody has taken up, must not swallow it.
fn join(finding: &Finding, open: &Incident, now: Timestamp) -> Verdict {
    let incident = open.id.clone();
    if finding.severity > open.severity || open.gone_silent(now) {
        Verdict::Raise { incident }
    } else {
        Verdict::Attach { incident }
    }
}

/// The verdict on a finding that has an incident of its own.
fn again(
    policy: &Policy,
    finding: &Finding,
    known: &Known,
    own: &Incident,
    now: Timestamp,
) -> Verdict {
    let incident = own.id.clone();
    let asked = finding.route == Route::CustomAction;
    match &own.resolution {
        // Copies of what was resolved come late, by other routes and at the next publication. Only
        // what was seen to happen after the resolution has come back, or what somebody asks for.
        Some(resolution)
            if asked
                || policy.pages(finding) && finding.last_seen.unwrap_or(now) > resolution.at =>
        {
            match joined(policy, finding, known, now) {
                // Others of its kind have come back before it.
                Some(open) => join(finding, open, now),
                None => Verdict::Open { previous: Some(incident) },
            }
        }
        None if finding.severity > own.severity => Verdict::Raise { incident },
        _ => Verdict::Repeat { incident, start: false },
    }
}

/// The open incident that a new finding joins: that of the findings it belongs with, else that of
/// its group while findings keep coming. Drills and real ones stay apart.
fn joined<'a>(
    policy: &Policy,
    finding: &Finding,
    known: &'a Known,
    now: Timestamp,
) -> Option<&'a Incident> {
    let open = |incident: &&Incident| {
        let apart = incident.drill().is_some() != finding.drill.is_some();
        incident.status != State::Resolved && !apart
    };
    let oldest = |incident: &&Incident| (incident.opened_at, incident.id.clone());
    if let Some(incident) = known.related.iter().filter(open).min_by_key(oldest) {
        return Some(incident);
    }
    let (incident, last) = known.group.as_ref()?;
    let window = SignedDuration::from_mins(i64::from(policy.group_minutes));
    (open(&incident) && now.duration_since(*last) <= window && !window.is_zero())
        .then_some(incident)
}

#[cfg(test)]
mod interleaved;
#[cfg(test)]
mod tests;
