//! What follows when the source of a finding closes it, or reopens it.

use jiff::Timestamp;

use super::{Closing, Known, Verdict};
use crate::finding::{Finding, InactiveReason};
use crate::incident::{Incident, IncidentStatus};
use crate::roster::policy::{ClosedAtSourceAction, Policy};

/// Whether a finding that its source had closed is active there again: delivered later, by the same route. What changes by
/// hand in Security Hub changes no time of the finding itself, and another route may never have heard that it was closed.
pub(super) fn reopened(finding: &Finding, known: &Known, now: Timestamp) -> bool {
    let Some(entry) = &known.entry else { return false };
    let delivered = finding.reported_at.unwrap_or(now);
    let later = entry.closed_at.is_some_and(|closed_at| delivered > closed_at);
    later && entry.closed_by == Some(finding.source)
}

/// Whether this copy of a finding is not newer than the closing by the same route: events come in any order, and an old copy
/// neither pages nor undoes the closing.
pub(super) fn outdated(finding: &Finding, known: &Known, now: Timestamp) -> bool {
    let Some(entry) = &known.entry else { return false };
    let delivered = finding.reported_at.unwrap_or(now);
    let older = entry.closed_at.is_some_and(|closed_at| delivered <= closed_at);
    older && entry.closed_by == Some(finding.source)
}

/// The verdict on a finding that its source reports closed, if it is news for an incident.
pub(super) fn closed(
    policy: &Policy,
    finding: &Finding,
    known: &Known,
    now: Timestamp,
) -> Option<Verdict> {
    let state = finding.inactive_reason.filter(|quiet| quiet.closed())?;
    let own = known.own.as_ref().filter(|own| own.status != IncidentStatus::Resolved)?;
    let on_record = known.entry.as_ref().is_some_and(|entry| entry.closed_at.is_some());
    if on_record || known.late(finding, now) {
        return None;
    }
    let closing = closing(policy, finding, known, own);
    Some(Verdict::Close { incident: own.id.clone(), state, closing })
}

/// What follows for an incident when one of its findings is closed.
fn closing(policy: &Policy, finding: &Finding, known: &Known, own: &Incident) -> Closing {
    if known.others_active {
        let headline = own.finding.identity == finding.identity;
        return if headline { Closing::Tell } else { Closing::Note };
    }
    // A threat does not end because the vulnerability that belongs to it was fixed last.
    let [last, headline] = [finding.category, own.finding.category].map(|c| policy.when_closed(c));
    match last.min(headline) {
        _ if finding.inactive_reason == Some(InactiveReason::Sample) => Closing::Stop,
        ClosedAtSourceAction::Notify => Closing::Tell,
        ClosedAtSourceAction::StopPaging => Closing::Stop,
        ClosedAtSourceAction::Resolve => Closing::Resolve,
    }
}

/// The verdict on a finding whose end is on record: findings may have joined, or ended, between what was read and what was
/// written, since neither writes the incident.
pub(super) fn verified(
    policy: &Policy,
    finding: &Finding,
    known: &Known,
    own: &Incident,
) -> Verdict {
    let incident = own.id.clone();
    if known.others_active && own.ended_by_source() {
        return Verdict::Restart { incident };
    }
    let closing = closing(policy, finding, known, own);
    let done = match closing {
        Closing::Note => true,
        Closing::Tell => own.closed_at_source.is_some(),
        Closing::Stop => own.stopped(),
        Closing::Resolve => false,
    };
    match finding.inactive_reason {
        Some(state) if !done && own.status != IncidentStatus::Resolved => {
            Verdict::Close { incident, state, closing }
        }
        _ => Verdict::Finish { incident, tell: false },
    }
}

#[cfg(test)]
mod tests;
