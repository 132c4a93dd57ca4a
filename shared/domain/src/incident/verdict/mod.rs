//! What a finding leads to, decided from the policy and what the ledger knows of it.

mod closing;
mod ledger;
mod reason;
mod reports;

use jiff::{SignedDuration, Timestamp};

pub use self::ledger::{Known, LedgerEntry};
pub use self::reason::Reason;
pub use self::reports::{ReportAttributes, SourceReport, SourceReports};

use self::closing::{closed, outdated, reopened, verified};
use crate::finding::{Finding, FindingSource, InactiveReason};
use crate::incident::{Cause, Incident, IncidentStatus, TeamRequest};
use crate::roster::policy::Policy;
use crate::value::id::IncidentId;
use crate::value::severity::Severity;

/// The incident that came before a new one, and why the finding is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// The finding was part of it; it was resolved, and the finding has been seen since.
    Recurred(IncidentId),
    /// The finding was part of it; it was resolved, and the finding was reopened at its source.
    Reopened(IncidentId),
    /// It is of the same group, which takes in no more findings: it is too old.
    Aged(IncidentId),
}

impl Earlier {
    /// Returns the incident.
    #[must_use]
    pub const fn incident(&self) -> &IncidentId {
        match self {
            Self::Recurred(id) | Self::Reopened(id) | Self::Aged(id) => id,
        }
    }
}

/// What follows for an incident when its source reports one of its findings closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The timeline says so. Others of its findings are active, and messages speak of another one.
    Note,
    /// The timeline and later messages say so.
    Tell,
    /// Paging ends, too.
    Stop,
    /// The incident is resolved.
    Resolve,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Open a new incident and page its team.
    Open {
        /// The incident before it, if there is one.
        earlier: Option<Earlier>,
    },
    /// Note it on the timeline of an open incident, as a new member or as a member that is more severe than before; page
    /// no one.
    Attach {
        /// Which.
        incident: IncidentId,
    },
    /// Restart paging: it is more serious than what was paged for, or goes on, or a person asks.
    Raise {
        /// For which incident.
        incident: IncidentId,
        /// Why.
        cause: Cause,
    },
    /// It is on record with its incident, and what follows is not known to be done: who wrote it may have
    /// died in between. Start the escalation, if it has not started.
    Finish {
        /// The incident.
        incident: IncidentId,
        /// Whether contacts who acknowledged the incident have to be told of the finding.
        tell: bool,
    },
    /// The finding is known: count it.
    Repeat {
        /// The incident it belongs to.
        incident: IncidentId,
    },
    /// Its source reports it closed: a fact on the timeline of its incident.
    Close {
        /// The incident.
        incident: IncidentId,
        /// How.
        state: InactiveReason,
        /// What follows.
        closing: Closing,
    },
    /// Its source has reopened it: a fact on the timeline, and paging again if that ended for it.
    Reopen {
        /// The incident.
        incident: IncidentId,
    },
    /// Its incident ended because its source has closed its findings, and another one is active: page again. While the
    /// incident is acknowledged, no one is paged; the time until the acknowledgment times out counts again.
    Restart {
        /// The incident.
        incident: IncidentId,
    },
    /// Count it, and page nobody.
    Record(Reason),
}

/// Returns the verdict on `finding`, given what is known.
#[must_use]
pub fn decide(policy: &Policy, finding: &Finding, known: &Known, now: Timestamp) -> Verdict {
    let finding = &*known.judged(finding);
    // What was begun comes before everything: also before a later copy of the finding that says "archived".
    if let (Some(entry), Some(own)) = (&known.entry, &known.own)
        && !entry.started
        // What closes it is finished by a copy that says so, too.
        && (entry.closed_at.is_none() || finding.inactive_reason.is_some_and(InactiveReason::closed))
    {
        return unfinished(policy, finding, known, (entry, own), now);
    }
    let taken_up = known.own.as_ref().is_some_and(|own| own.status != IncidentStatus::Resolved);
    match known.quiet(finding) {
        // Handed on by another tool: an incident that pages, or was acknowledged, does not end by that.
        Some(InactiveReason::Notified) if taken_up => {}
        Some(quiet) => {
            let news = closed(policy, finding, known, now);
            return news.unwrap_or_else(|| Verdict::Record(quiet.into()));
        }
        None => {}
    }
    if let Some(own) = &known.own {
        return again(policy, finding, known, own, now);
    }
    // Whoever asks for people by hand, or for a drill, has judged already.
    let asked = finding.asks() || finding.source == FindingSource::Drill;
    if !finding.pages(policy) && !asked {
        let informational = finding.severity == Severity::Informational;
        let reason = if informational { Reason::Informational } else { Reason::BelowThreshold };
        return Verdict::Record(reason);
    }
    open_or_join(policy, finding, known, None, now)
}

/// The verdict on a finding that was written down with its incident and no more.
fn unfinished(
    policy: &Policy,
    finding: &Finding,
    known: &Known,
    (entry, own): (&LedgerEntry, &Incident),
    now: Timestamp,
) -> Verdict {
    let incident = own.id.clone();
    if entry.closed_at.is_some() && finding.inactive_reason.is_some_and(InactiveReason::closed) {
        return verified(policy, finding, known, own);
    }
    if !entry.joined {
        return Verdict::Finish { incident, tell: false };
    }
    if own.status == IncidentStatus::Resolved {
        if let Some(quiet) = known.quiet(finding) {
            // Closed meanwhile, too. A copy that says that it is active finds it unfinished, or reopened.
            return Verdict::Record(quiet.into());
        }
        // Resolved at the same moment, by a person who has not seen this finding.
        return open_or_join(policy, finding, known, Some(Earlier::Recurred(incident)), now);
    }
    if finding.inactive_reason.is_some_and(InactiveReason::closed) && !known.late(finding, now) {
        // Closed before what it began was finished. Its next reading closes it; it pages no one.
        return Verdict::Finish { incident, tell: false };
    }
    match join(policy, finding, own, now) {
        // The source's word had ended it for the contacts who acknowledged, too.
        Verdict::Attach { incident } if own.stopped() => Verdict::Restart { incident },
        Verdict::Attach { incident } => {
            // Open: the pages to come, and the page behind each link, name it.
            let tell = own.status == IncidentStatus::Acknowledged && finding.pages(policy);
            Verdict::Finish { incident, tell }
        }
        verdict => verdict,
    }
}

/// The verdict on a finding that joins the open incident of its kind, if there is one, or opens its own.
fn open_or_join(
    policy: &Policy,
    finding: &Finding,
    known: &Known,
    earlier: Option<Earlier>,
    now: Timestamp,
) -> Verdict {
    if let Some(open) = joined(policy, finding, known, now) {
        return join(policy, finding, open, now);
    }
    let aged = || {
        let (incident, _) = known.group.as_ref()?;
        let too_old = belongs(finding, incident) && !young(policy, incident, now);
        too_old.then(|| Earlier::Aged(incident.id.clone()))
    };
    Verdict::Open { earlier: earlier.or_else(aged) }
}

/// The verdict on a finding that joins an open incident.
fn join(policy: &Policy, finding: &Finding, open: &Incident, now: Timestamp) -> Verdict {
    let incident = open.id.clone();
    let acknowledged = open.status == IncidentStatus::Acknowledged;
    let worth = finding.pages(policy) || finding.asks() || finding.drill.is_some();
    let cause = if let Some(asked) = asked_anew(finding, open, now) {
        asked
    } else if !worth {
        return Verdict::Attach { incident };
    } else if open.stopped() && !acknowledged {
        Cause::StillActive
    } else if finding.severity > open.severity {
        Cause::SeverityIncreased { from: open.severity }
    } else if open.silent_since(now).is_some() {
        // An incident that pages nobody any more, and that nobody has taken up, must not swallow it.
        Cause::NotAcknowledged
    } else if acknowledged && finding.severity == Severity::Critical {
        Cause::CriticalJoined
    } else if let Some(seen_at) = still_happening(policy, finding, open, now) {
        Cause::StillHappening { seen_at }
    } else {
        return Verdict::Attach { incident };
    };
    Verdict::Raise { incident, cause }
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
    let asked = asked_anew(finding, own, now).filter(|_| !known.asked_before(finding));
    let worth = finding.pages(policy) || asked.is_some();
    let reopened = reopened(finding, known, now);
    if let Some(resolution) = &own.resolution {
        // Copies of what was resolved come late, by other routes and at the next publication. Only
        // what was seen to happen after the resolution has come back, or what a person asks for or reopens.
        let seen = finding.last_seen_at.unwrap_or(now) > resolution.at;
        let earlier = if worth && (seen || asked.is_some()) {
            Earlier::Recurred(incident)
        } else if worth && reopened {
            Earlier::Reopened(incident)
        } else {
            return Verdict::Repeat { incident };
        };
        return open_or_join(policy, finding, known, Some(earlier), now);
    }
    if let Some(cause) = asked {
        return Verdict::Raise { incident, cause };
    }
    if outdated(finding, known, now) {
        return Verdict::Repeat { incident };
    }
    if worth && finding.severity > own.severity {
        let cause = Cause::SeverityIncreased { from: own.severity };
        return Verdict::Raise { incident, cause };
    }
    if worth && !reopened && known.increased_from(finding).is_some() {
        // Not more severe than the headline, but more than what its team knows of this finding. One that is reopened, too,
        // is told of after that.
        return join(policy, finding, own, now);
    }
    match still_happening(policy, finding, own, now) {
        Some(seen_at) if worth => {
            Verdict::Raise { incident, cause: Cause::StillHappening { seen_at } }
        }
        _ if reopened => Verdict::Reopen { incident },
        _ => Verdict::Repeat { incident },
    }
}

/// The cause, if a person asks for the team with this finding and the incident has not heard of that request: a press on
/// the button for several findings asks once.
fn asked_anew(finding: &Finding, incident: &Incident, now: Timestamp) -> Option<Cause> {
    let asked = finding.custom_action.as_ref()?;
    let request = TeamRequest::of(finding, now)?;
    let heard = incident.team_request.as_ref().is_some_and(|before| before.holds(&request));
    let cause =
        Cause::TeamRequested { action: asked.action.clone(), account: asked.account.clone() };
    (!heard).then_some(cause)
}

/// When a finding was seen long after its incident was acknowledged, or after an escalation ended without an
/// acknowledgment: whoever took it up, or did not, must hear that it goes on.
fn still_happening(
    policy: &Policy,
    finding: &Finding,
    incident: &Incident,
    now: Timestamp,
) -> Option<Timestamp> {
    let since = match incident.status {
        IncidentStatus::Acknowledged => incident.acknowledgments.last()?.at,
        IncidentStatus::Open => incident.silent_since(now)?,
        IncidentStatus::Resolved => return None,
    };
    let seen = finding.last_seen_at.unwrap_or(now).min(now);
    let remind = SignedDuration::from_mins(i64::from(policy.reminder_minutes));
    (seen.duration_since(since) > remind).then_some(seen)
}

/// The open incident that a new finding joins: that of the findings it belongs with, else that of
/// its group while findings keep coming and the group is not too old.
fn joined<'a>(
    policy: &Policy,
    finding: &Finding,
    known: &'a Known,
    now: Timestamp,
) -> Option<&'a Incident> {
    let open = |incident: &&Incident| belongs(finding, incident);
    let oldest = |incident: &&Incident| (incident.opened_at, incident.id.clone());
    if let Some(incident) = known.related.iter().filter(open).min_by_key(oldest) {
        return Some(incident);
    }
    let (incident, last) = known.group.as_ref()?;
    let window = SignedDuration::from_mins(i64::from(policy.grouping_window_minutes));
    let fresh = now.duration_since(*last) <= window && !window.is_zero();
    (open(&incident) && fresh && young(policy, incident, now)).then_some(incident)
}

/// Whether a finding can be part of an incident. Drills and real ones stay apart.
fn belongs(finding: &Finding, incident: &Incident) -> bool {
    let apart = incident.drill().is_some() != finding.drill.is_some();
    incident.status != IncidentStatus::Resolved && !apart
}

/// Whether an incident's group takes in further findings: what goes on for days must not hide behind the first.
fn young(policy: &Policy, incident: &Incident, now: Timestamp) -> bool {
    let age = SignedDuration::from_hours(i64::from(policy.max_grouping_hours));
    now.duration_since(incident.opened_at) <= age
}

#[cfg(test)]
mod continuing;
#[cfg(test)]
mod interleaved;
#[cfg(test)]
mod tests;
