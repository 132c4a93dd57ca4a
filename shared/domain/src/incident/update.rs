//! Updates: what contacts who know of an incident are told besides pages.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::incident::send::{Delivery, DeliveryState};
use crate::incident::{Actor, Incident, IncidentStatus};
use crate::value::id::{ContactId, IncidentId};
use crate::value::recipient::Recipient;

/// How often contacts are told of an incident that is not resolved.
pub const DAILY: SignedDuration = SignedDuration::from_hours(24);

/// What an update is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum About {
    /// A finding that joined an incident after it was acknowledged.
    Joined {
        /// The finding.
        finding: Box<Finding>,
    },
    /// The incident is not resolved for a day or more.
    Unresolved,
}

/// Something to tell contacts who know of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The incident.
    pub incident: IncidentId,
    /// Its name: the only one of its kind in the incident.
    pub name: String,
    /// What it is about.
    pub about: About,
    /// When it came up.
    pub at: Timestamp,
    /// The incident's run at the first try to tell of it: its send records stay there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
}

/// What travels through the state machine: an update of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateInput {
    /// The incident.
    pub incident: IncidentId,
    /// The update's name.
    pub update: String,
}

impl Update {
    /// Returns what names it.
    #[must_use]
    pub fn input(&self) -> UpdateInput {
        UpdateInput { incident: self.incident.clone(), update: self.name.clone() }
    }

    /// Returns the update about a finding that joined `incident`, or is more severe than when it did; `digest` tells it from
    /// others. Each severity of a finding is an update of its own. The name of its execution must fit in 80 characters.
    #[must_use]
    pub fn joined(incident: &IncidentId, digest: &str, finding: Finding, at: Timestamp) -> Self {
        let name = format!("joined-{digest}-{:.4}", finding.severity.name());
        let about = About::Joined { finding: Box::new(finding) };
        Self { incident: incident.clone(), name, about, at, run: None }
    }

    /// Returns the daily update about `incident`, and when the next one is due; nothing once it is resolved.
    #[must_use]
    pub fn daily(incident: &Incident, now: Timestamp) -> Option<(Self, Timestamp)> {
        if incident.status == IncidentStatus::Resolved || incident.drill().is_some() {
            return None;
        }
        let age = now.duration_since(incident.opened_at);
        let day = age.as_secs().checked_div(DAILY.as_secs())?;
        let hours = DAILY.as_hours().checked_mul(day.checked_add(1)?)?;
        let next = incident.opened_at.checked_add(SignedDuration::from_hours(hours)).ok()?;
        let name = format!("daily-{day:04}");
        let (incident, about) = (incident.id.clone(), About::Unresolved);
        Some((Self { incident, name, about, at: now, run: None }, next))
    }
}

/// Returns the contacts who have taken up an incident, in order: they are told of updates. None if no contact has,
/// and then the owner's topic is told.
#[must_use]
pub fn recipients(incident: &Incident) -> Vec<ContactId> {
    let mut contacts: Vec<ContactId> = Vec::new();
    for deed in incident.acknowledgments.iter().skip(incident.previous_acknowledgments) {
        if let Actor::Contact { contact: id } = &deed.by
            && !contacts.contains(id)
        {
            contacts.push(id.clone());
        }
    }
    contacts
}

/// How the messages of an update to contacts stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A message waits for a digest: how it ends is not known.
    Waits,
    /// These contacts were told.
    Told(BTreeSet<Recipient>),
    /// No contact was told.
    Untold,
}

impl Standing {
    /// Returns how an update stands whose sends have all ended or wait for a digest.
    #[must_use]
    pub fn of(records: &[Delivery]) -> Self {
        if records.iter().any(|record| matches!(record.state, DeliveryState::Held { .. })) {
            return Self::Waits;
        }
        let sent =
            records.iter().filter(|record| matches!(record.state, DeliveryState::Sent { .. }));
        let told: BTreeSet<_> = sent.map(|record| record.key.contact.clone()).collect();
        if told.is_empty() { Self::Untold } else { Self::Told(told) }
    }
}

/// Length of a window, in seconds.
const WINDOW: i64 = 5 * 60;

/// How many updates share a message at most: the list of them must fit a DynamoDB item. Others go with a later one.
const MOST_TOGETHER: usize = 2_000;

/// A window of five minutes. Of the findings that join an incident within one, the owner's topic, which no rate ladder
/// protects, is told in two messages: of the first at once, of the others together after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(i64);

impl Window {
    /// Returns the window in which `at` is.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(WINDOW))
    }

    /// Returns the window after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns when it ends.
    #[must_use]
    pub fn end(self) -> Timestamp {
        let second = self.next().0.saturating_mul(WINDOW);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }

    /// Returns the name of the message about its first finding.
    #[must_use]
    pub fn first(self) -> String {
        format!("joined-{}", self.0)
    }

    /// Returns the name of the message about its other findings.
    #[must_use]
    pub fn rest(self) -> String {
        format!("joined-{}-rest", self.0)
    }

    /// Returns the names of the updates that the message about its other findings tells of, if `update` asks for it:
    /// `update`, which an earlier window may have left, and those that are `waiting`, unless the `first` message tells of
    /// them.
    #[must_use]
    pub fn rest_with(self, update: &Update, waiting: &[Update], first: &[String]) -> Vec<String> {
        let with_it = |other: &&Update| {
            matches!(other.about, About::Joined { .. })
                && Self::of(other.at) == self
                && !first.contains(&other.name)
                && other.name != update.name
        };
        let others = waiting.iter().filter(with_it);
        [update].into_iter().chain(others).take(MOST_TOGETHER).map(|u| u.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::escalation::Cursor;
    use crate::incident::send::DeliveryKey;
    use crate::samples::{incident, now};
    use crate::value::severity::Severity;

    #[test]
    fn once_a_day_until_it_is_resolved() {
        let open = incident();
        let hours = |hours| now() + SignedDuration::from_hours(hours);
        let (first, next) = Update::daily(&open, hours(24)).unwrap();
        assert_eq!((first.name.as_str(), next), ("daily-0001", hours(48)));
        // A look that comes late keeps to the day.
        let (late, next) = Update::daily(&open, hours(71)).unwrap();
        assert_eq!((late.name.as_str(), next), ("daily-0002", hours(72)));
        let resolved = open.resolve(Actor::Muster, hours(1)).unwrap();
        assert_eq!(Update::daily(&resolved, hours(24)), None);
    }

    #[test]
    fn each_severity_of_a_finding_that_joined_is_told_once() {
        let open = incident();
        let name = |severity| {
            let finding = Finding { severity, ..open.finding.clone() };
            Update::joined(&open.id, "a", finding, now()).name
        };
        assert_eq!(name(Severity::Medium), "joined-a-medi");
        let names: BTreeSet<_> = Severity::ALL.map(name).into();
        assert_eq!(names.len(), Severity::ALL.len());
    }

    #[test]
    fn those_who_acknowledged_are_told() {
        let ada: ContactId = "ada".parse().unwrap();
        let open = incident();
        assert!(recipients(&open).is_empty());
        let taken =
            open.acknowledge(Actor::Contact { contact: ada.clone() }, now()).unwrap().unwrap();
        assert_eq!(recipients(&taken), [ada]);
        assert!(recipients(&taken.lapse(now())).is_empty());
    }

    fn record(contact: &str, channel: &str, state: DeliveryState) -> Delivery {
        Delivery {
            key: DeliveryKey {
                cursor: Cursor { run: 1, round: 0, step: 0 },
                contact: contact.parse().unwrap(),
                channel: channel.parse().unwrap(),
                about: Some("joined-x".into()),
            },
            state,
            attempts: 1,
            at: now(),
        }
    }

    #[test]
    fn only_those_are_told_whose_message_was_sent() {
        let sent = || DeliveryState::Sent { message_id: "m".into() };
        let refused = || DeliveryState::Failed { error: "OptedOut".into(), retryable: false };
        let ada = record("ada", "sms", refused());
        let told = [ada.clone(), record("ada", "email", sent()), record("bob", "sms", refused())];
        assert_eq!(Standing::of(&told), Standing::Told(BTreeSet::from(["ada".parse().unwrap()])));
        for none in [
            vec![],
            vec![ada],
            vec![record("ada", "voice", DeliveryState::Unavailable)],
            vec![record("ada", "sms", DeliveryState::Unconfirmed)],
            vec![record("ada", "sms", DeliveryState::Dropped)],
            vec![record("ada", "sms", DeliveryState::DryRun)],
        ] {
            assert_eq!(Standing::of(&none), Standing::Untold, "{none:?}");
        }
        // What waits for a digest can still fail.
        let held = [
            record("bob", "sms", sent()),
            record("ada", "sms", DeliveryState::Held { not_before: now() }),
        ];
        assert_eq!(Standing::of(&held), Standing::Waits);
    }

    #[test]
    fn a_window_is_five_minutes() {
        let window = Window::of(now());
        assert_eq!(window.end(), now() + SignedDuration::from_mins(5));
        assert_eq!(Window::of(window.end()), window.next());
        let last = window.end() - SignedDuration::from_nanos(1);
        assert_eq!(Window::of(last), window);
        assert_eq!(window.rest(), format!("{}-rest", window.first()));
    }

    #[test]
    fn the_rest_of_a_window_has_each_finding_that_joined_in_it_once() {
        let open = incident();
        let joined = |name: &str, minutes| {
            let at = now() + SignedDuration::from_mins(minutes);
            Update::joined(&open.id, name, open.finding.clone(), at)
        };
        let daily = Update { about: About::Unresolved, ..joined("daily", 1) };
        let (first, second, third) = (joined("a", 0), joined("b", 1), joined("c", 4));
        let waiting = [first.clone(), second.clone(), third.clone(), joined("d", 5), daily];
        let window = Window::of(now());
        let told = [first.name];
        assert_eq!(window.rest_with(&second, &waiting, &told), ["joined-b-high", "joined-c-high"]);
        assert_eq!(window.rest_with(&third, &waiting, &told), ["joined-c-high", "joined-b-high"]);
        // One that came on record after the message of its window.
        let late = joined("late", -3);
        let rest = window.rest_with(&late, &waiting, &told);
        assert_eq!(rest, ["joined-late-high", "joined-b-high", "joined-c-high"]);
        let many: Vec<_> = (0..3_000).map(|number| joined(&number.to_string(), 1)).collect();
        let rest = window.rest_with(&late, &many, &told);
        assert_eq!((rest.len(), rest[0].as_str()), (2_000, "joined-late-high"));
    }

    #[test]
    fn updates_of_earlier_versions_are_read() {
        let text = r#"{"incident":"20261123-abcdefghjk","name":"daily-0001","about":{"type":"unresolved"},"at":"2026-11-24T03:00:00Z"}"#;
        let update: Update = serde_json::from_str(text).unwrap();
        assert_eq!(update.run, None);
        assert_eq!(serde_json::to_string(&update).unwrap(), text);
    }
}
