//! The rate ladder: how many pages one person gets at one address, and what waits for a digest.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::roster::policy::Policy;
use crate::value::channel::ChannelType;
use crate::value::id::IncidentId;
use crate::value::severity::Severity;

/// How many Critical incidents a ladder remembers to have let through.
const MOST_CRITICAL: usize = 100;

/// A page that was let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// When.
    pub at: Timestamp,
    /// How severe: it takes no room from a page that is more severe.
    pub severity: Severity,
    /// Which send it was, so that another attempt finds the room taken, and a failed one gives it back.
    pub mark: String,
    /// The Critical incident that passed by it whatever the ladder said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<IncidentId>,
}

/// What one person got at one address lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// The pages that were let through, oldest first.
    pub sent: Vec<Rung>,
    /// The Critical incidents that were let through whatever the ladder said.
    #[serde(default)]
    pub critical: Vec<IncidentId>,
    /// Counts the changes, from 1.
    pub version: u64,
}

/// What asks for room: a page, or a digest.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The severity of the page, or of the most severe page in the digest.
    pub severity: Severity,
    /// Which send it is: the same for each attempt.
    pub mark: &'a str,
    /// The incident of a page; a digest has none and never passes a full ladder.
    pub incident: Option<&'a IncidentId>,
    /// Whether pages wait here for a digest. The next rung is the digest's.
    pub waiting: bool,
}

/// Whether a page goes out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It does; the ladder after it.
    Go(Ladder),
    /// It does: an earlier attempt has taken its room, and there is nothing to write.
    Taken,
    /// There is room, but pages wait: they and this one go out in one digest, now.
    Join,
    /// It waits for the digest; the earliest time for one.
    Hold(Timestamp),
    /// It does, without a place on the ladder: others changed it each time that it found room.
    Uncounted,
}

impl Pass {
    /// What becomes of a page that found room on the ladder, and lost it to others each time until there was no
    /// time left. A Critical one does not wait for a digest.
    #[must_use]
    pub fn raced(severity: Severity, now: Timestamp) -> Self {
        if severity == Severity::Critical { Self::Uncounted } else { Self::Hold(now) }
    }
}

/// How many within how long.
fn limit(policy: &Policy, kind: ChannelType) -> (usize, SignedDuration) {
    let quarter = SignedDuration::from_mins(15);
    let (most, within) = match kind {
        ChannelType::Sms => (policy.sms_per_15_minutes, quarter),
        ChannelType::Voice => (policy.calls_per_15_minutes, quarter),
        ChannelType::Email => (policy.emails_per_minute, SignedDuration::from_mins(1)),
        ChannelType::Webhook => (policy.webhooks_per_minute, SignedDuration::from_mins(1)),
    };
    (usize::from(most), within)
}

impl Ladder {
    /// Whether a page by this `kind` of channel goes out `now`. Only pages at least as severe count
    /// against it. A Critical incident passes once, whatever went out and whatever waits.
    #[must_use]
    pub fn pass(&self, policy: &Policy, kind: ChannelType, ask: &Ask<'_>, now: Timestamp) -> Pass {
        let (most, within) = limit(policy, kind);
        let since = now.saturating_sub(within).unwrap_or(Timestamp::MIN);
        let until = now.saturating_add(within).unwrap_or(Timestamp::MAX);
        let mut next = self.clone();
        // One from further ahead than the window was written by a clock that was wrong.
        next.sent.retain(|rung| rung.at > since && rung.at <= until);
        if next.sent.iter().any(|rung| rung.mark == ask.mark) {
            return Pass::Taken;
        }
        let unseen =
            |id: &&IncidentId| ask.severity == Severity::Critical && !self.critical.contains(id);
        let passed = ask.incident.filter(unseen).cloned();
        if passed.is_none() {
            let counts = |rung: &&Rung| rung.severity >= ask.severity;
            let mut counted: Vec<_> = next.sent.iter().filter(counts).map(|rung| rung.at).collect();
            counted.sort_unstable();
            if counted.len() >= most {
                // The page that must have left the window first.
                let first = counted.get(counted.len().saturating_sub(most)).copied();
                let until = first.and_then(|at| at.checked_add(within).ok()).unwrap_or(now);
                return Pass::Hold(until);
            }
            if ask.waiting {
                return Pass::Join;
            }
        }
        next.version += 1;
        next.critical.extend(passed.clone());
        let many = next.critical.len().saturating_sub(MOST_CRITICAL);
        next.critical.drain(..many);
        let mark = ask.mark.to_owned();
        next.sent.push(Rung { at: now, severity: ask.severity, mark, passed });
        Pass::Go(next)
    }

    /// The ladder after the send with this mark did not go out: its room is free again, and a
    /// Critical incident that passed by it may pass again. `None` if it has taken no room.
    #[must_use]
    pub fn give_back(&self, mark: &str) -> Option<Self> {
        let rung = self.sent.iter().find(|rung| rung.mark == mark)?;
        let mut next = self.clone();
        next.sent.retain(|other| other.mark != mark);
        next.critical.retain(|id| rung.passed.as_ref() != Some(id));
        next.version += 1;
        Some(next)
    }
}

#[cfg(test)]
mod tests;
