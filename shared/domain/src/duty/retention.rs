//! How long resolved incidents are kept.

use jiff::{SignedDuration, Timestamp};

use crate::duty::clock::NotificationDeadline;
use crate::incident::Incident;

/// Least number of days. Copies of a finding arrive for weeks after its incident was resolved, and a kept incident
/// tells them from a finding that happened again.
pub const MIN_DAYS: u16 = 30;

/// How long after its resolution an incident is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    incidents: SignedDuration,
    drills: SignedDuration,
}

impl Retention {
    /// Keeps incidents for `days`, at least [`MIN_DAYS`]. Keeps drills for `drill_days` if that is longer: the coverage
    /// report asks for the last drill of each plan.
    #[must_use]
    pub fn new(days: u16, drill_days: u16) -> Self {
        let days = days.max(MIN_DAYS);
        let of = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        Self { incidents: of(days), drills: of(days.max(drill_days)) }
    }

    /// Returns the time before which an incident must have opened to have expired at `now`.
    #[must_use]
    pub fn opened_before(&self, now: Timestamp) -> Timestamp {
        now.saturating_sub(self.incidents).unwrap_or(Timestamp::MIN)
    }

    /// Checks whether an incident with these notification duties has expired. One with a duty that people are still to
    /// be reminded of has not: a deadline can be a year away.
    #[must_use]
    pub fn expired(
        &self,
        incident: &Incident,
        duties: &[NotificationDeadline],
        now: Timestamp,
    ) -> bool {
        let kept = if incident.drill().is_some() { self.drills } else { self.incidents };
        let Some(resolution) = &incident.resolution else { return false };
        let over = resolution.at.saturating_add(kept).is_ok_and(|until| until <= now);
        over && duties.iter().all(|duty| duty.next_at().is_none())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::finding::drill::Drill;
    use crate::incident::Actor;
    use crate::samples::{incident, now};

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn resolved() -> Incident {
        incident().resolve(Actor::Muster, now()).unwrap()
    }

    fn duty(days: u32) -> NotificationDeadline {
        NotificationDeadline {
            incident: incident().id,
            incident_types: std::collections::BTreeSet::new(),
            restarts: 0,
            resource: "dpa".parse().unwrap(),
            organization: "Data Protection Authority".into(),
            within_hours: NonZeroU32::new(24 * days).unwrap(),
            started_at: now(),
            deadline: now() + DAY * i32::try_from(days).unwrap(),
            reminders_sent: Vec::new(),
            notified: None,
            drill: false,
            version: 1,
        }
    }

    #[test]
    fn an_incident_expires_after_its_resolution() {
        let (keep, before) = (Retention::new(400, 180), SignedDuration::from_secs(1));
        let end = now() + DAY * 400;
        assert!(!keep.expired(&resolved(), &[], end - before));
        assert!(keep.expired(&resolved(), &[], end));
        assert!(!keep.expired(&incident(), &[], end + DAY * 400), "open incidents never expire");
        assert_eq!(keep.opened_before(end), now());
    }

    #[test]
    fn a_number_below_the_least_is_the_least() {
        let end = now() + DAY * 30;
        assert!(!Retention::new(1, 0).expired(&resolved(), &[], end - DAY));
        assert!(Retention::new(1, 0).expired(&resolved(), &[], end));
    }

    #[test]
    fn a_drill_is_kept_as_long_as_the_coverage_report_asks_for_it() {
        let mut drill = resolved();
        drill.finding.drill = Some(Drill::default());
        let keep = Retention::new(400, 730);
        assert!(!keep.expired(&drill, &[], now() + DAY * 729));
        assert!(keep.expired(&drill, &[], now() + DAY * 730));
    }

    #[test]
    fn a_duty_that_still_reminds_people_keeps_its_incident() {
        let (keep, end) = (Retention::new(30, 0), now() + DAY * 31);
        let running = duty(60);
        let done = running.clone().finish("ada".into(), now(), None).unwrap();
        assert!(!keep.expired(&resolved(), &[done.clone(), running], end));
        assert!(keep.expired(&resolved(), &[done], end));
    }
}
