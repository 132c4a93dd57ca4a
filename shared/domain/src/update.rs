//! Updates: what contacts who know of an incident are told besides pages.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::{ContactId, IncidentId};
use crate::incident::{Actor, Incident, State};

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
    /// Returns the update about a finding that joined `incident`; `digest` tells it from others.
    #[must_use]
    pub fn joined(incident: &IncidentId, digest: &str, finding: Finding, at: Timestamp) -> Self {
        let name = format!("joined-{digest}");
        let about = About::Joined { finding: Box::new(finding) };
        Self { incident: incident.clone(), name, about, at }
    }

    /// Returns the daily update about `incident`, and when the next one is due; nothing once it is resolved.
    #[must_use]
    pub fn daily(incident: &Incident, now: Timestamp) -> Option<(Self, Timestamp)> {
        if incident.status == State::Resolved || incident.drill().is_some() {
            return None;
        }
        let age = now.duration_since(incident.opened_at);
        let day = age.as_secs().checked_div(DAILY.as_secs())?;
        let hours = DAILY.as_hours().checked_mul(day.checked_add(1)?)?;
        let next = incident.opened_at.checked_add(SignedDuration::from_hours(hours)).ok()?;
        let name = format!("daily-{day:04}");
        Some((
            Self { incident: incident.id.clone(), name, about: About::Unresolved, at: now },
            next,
        ))
    }
}

/// Returns the contacts who have taken up an incident, in order: they are told of updates. None if no contact has,
/// and then the owner's topic is told.
#[must_use]
pub fn recipients(incident: &Incident) -> Vec<ContactId> {
    let mut contacts: Vec<ContactId> = Vec::new();
    for deed in incident.acknowledgements.iter().skip(incident.acknowledged_before) {
        if let Actor::Contact(id) = &deed.by
            && !contacts.contains(id)
        {
            contacts.push(id.clone());
        }
    }
    contacts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{incident, now};

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
    fn those_who_acknowledged_are_told() {
        let ada: ContactId = "ada".parse().unwrap();
        let open = incident();
        assert!(recipients(&open).is_empty());
        let taken = open.acknowledge(Actor::Contact(ada.clone()), now()).unwrap().unwrap();
        assert_eq!(recipients(&taken), [ada]);
        assert!(recipients(&taken.lapse(now())).is_empty());
    }
}
