//! The rate ladder: how many pages one person gets by one kind of channel, and what waits for a digest.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::channel::ChannelType;
use crate::id::IncidentId;
use crate::incident::Incident;
use crate::policy::Policy;
use crate::severity::Severity;

/// How many Critical incidents a ladder remembers to have let through.
const MOST_CRITICAL: usize = 100;

/// What one person got by one kind of channel lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// When, oldest first.
    pub sent: Vec<Timestamp>,
    /// The Critical incidents that were let through whatever the ladder said.
    #[serde(default)]
    pub critical: Vec<IncidentId>,
    /// Counts the changes, from 1.
    pub version: u64,
}

/// Whether a page goes out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It does; the ladder after it.
    Go(Ladder),
    /// It waits for the digest; the earliest time for one.
    Hold(Timestamp),
}

/// How many within how long.
fn rung(policy: &Policy, kind: ChannelType) -> (usize, SignedDuration) {
    let quarter = SignedDuration::from_mins(15);
    let (most, within) = match kind {
        ChannelType::Sms => (policy.sms_per_15_minutes, quarter),
        ChannelType::Voice => (policy.calls_per_15_minutes, quarter),
        ChannelType::Email => (policy.emails_per_minute, SignedDuration::from_mins(1)),
    };
    (usize::from(most), within)
}

impl Ladder {
    /// Whether a page by this `kind` of channel goes out `now`: for `incident`, or a digest if there
    /// is none. A Critical incident passes once.
    #[must_use]
    pub fn pass(
        &self,
        policy: &Policy,
        kind: ChannelType,
        incident: Option<&Incident>,
        now: Timestamp,
    ) -> Pass {
        let (most, within) = rung(policy, kind);
        let since = now.saturating_sub(within).unwrap_or(Timestamp::MIN);
        let mut next = self.clone();
        next.sent.retain(|at| *at > since);
        next.version += 1;
        let critical = incident.filter(|incident| {
            incident.severity == Severity::Critical && !self.critical.contains(&incident.id)
        });
        if next.sent.len() >= most && critical.is_none() {
            // The page that must have left the window first.
            let first = next.sent.get(next.sent.len().saturating_sub(most)).copied();
            let until = first.and_then(|at| at.checked_add(within).ok()).unwrap_or(now);
            return Pass::Hold(until);
        }
        next.sent.push(now);
        if let Some(incident) = critical {
            next.critical.push(incident.id.clone());
            let many = next.critical.len().saturating_sub(MOST_CRITICAL);
            next.critical.drain(..many);
        }
        Pass::Go(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{incident, now};

    fn after(seconds: i64) -> Timestamp {
        now() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn five_texts_in_a_quarter_of_an_hour() {
        let (policy, incident) = (Policy::default(), incident());
        let mut ladder = Ladder::default();
        for second in 0..5 {
            let pass = ladder.pass(&policy, ChannelType::Sms, Some(&incident), after(second));
            let Pass::Go(next) = pass else { panic!("{second}: {pass:?}") };
            ladder = next;
        }
        let sms = |ladder: &Ladder, at| ladder.pass(&policy, ChannelType::Sms, Some(&incident), at);
        assert_eq!(sms(&ladder, after(5)), Pass::Hold(after(15 * 60)));
        assert!(matches!(sms(&ladder, after(15 * 60)), Pass::Go(next) if next.sent.len() == 5));
    }

    #[test]
    fn a_critical_incident_passes_once() {
        let policy = Policy::default();
        let mut critical = incident();
        critical.severity = Severity::Critical;
        let full = Ladder { sent: vec![now()], ..Ladder::default() };
        let mail = |ladder: &Ladder, incident: Option<&Incident>| {
            ladder.pass(&policy, ChannelType::Email, incident, after(1))
        };
        assert_eq!(mail(&full, Some(&incident())), Pass::Hold(after(60)));
        assert_eq!(mail(&full, None), Pass::Hold(after(60)));
        let Pass::Go(passed) = mail(&full, Some(&critical)) else { panic!("held") };
        assert_eq!((passed.sent.len(), passed.critical.len()), (2, 1));
        // A second time it waits like any other, until the window has room again.
        assert_eq!(mail(&passed, Some(&critical)), Pass::Hold(after(61)));
    }
}
