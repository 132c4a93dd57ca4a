//! The clock of a notification duty: who must be told of an incident by when, and who is told of that.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::roster::contact::Contact;
use crate::roster::external::ExternalResource;
use crate::roster::role::Role;
use crate::roster::team::{Call, People};
use crate::value::id::{ContactId, IncidentId, ResourceId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use crate::value::words::words;

/// Whose business notification duties are.
const ROLES: [Role; 2] = [Role::LegalCounsel, Role::CommunicationsLead];
/// The last warning comes when this part of the time is left: six hours of three days.
const LAST_PART: i32 = 12;

words! {
    /// Stage of a notification deadline.
    pub enum DeadlineStage {
        /// The deadline started.
        Started = "started",
        /// Half of the time has passed.
        Halfway = "halfway",
        /// One twelfth of the time is left.
        DueSoon = "due_soon",
        /// The deadline has passed.
        Overdue = "overdue",
    }
}

/// Record of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationRecord {
    /// IAM ARN or token subject of the caller who recorded the notification.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub by: String,
    /// Time when the notification was recorded.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Comment, such as the authority's reference number. Omitted if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = "Reference 2026-4711"))]
    pub note: Option<String>,
}

/// A running notification deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationDeadline {
    /// Incident ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s"))]
    pub incident: IncidentId,
    /// External resource that must be notified.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
    pub resource: ResourceId,
    /// Name of the organization that must be notified.
    #[cfg_attr(feature = "schema", schema(example = "Example Data Protection Authority"))]
    pub organization: String,
    /// Hours from the start to the deadline.
    #[cfg_attr(feature = "schema", schema(value_type = u32, minimum = 1))]
    pub within_hours: NonZeroU32,
    /// Time when the first finding of a reportable type opened the incident or was added to it.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub started_at: Timestamp,
    /// Time by which the organization must be notified.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub deadline: Timestamp,
    /// Stages for which reminders were sent.
    pub reminders_sent: Vec<DeadlineStage>,
    /// Record of the notification. Omitted until it is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub notified: Option<NotificationRecord>,
    /// Whether the incident is a drill.
    pub drill: bool,
    /// Types of the incident's findings that require the notification. Omitted if unknown.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub incident_types: BTreeSet<IncidentType>,
    /// Number of times that an added finding restarted the deadline.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub restarts: u32,
    /// Version number, increased by each change.
    pub version: u64,
}

impl NotificationDeadline {
    /// The clock that a finding of this type starts in an incident at this time, if the organization must be told of
    /// its kind; by the shortest of its duties, if several say so.
    #[must_use]
    pub fn start(
        incident: &Incident,
        (incident_type, started_at): (IncidentType, Timestamp),
        resource: &ExternalResource,
    ) -> Option<Self> {
        let duties = resource.notification_obligations.iter();
        let named = duties.filter(|duty| duty.incident_types.contains(&incident_type));
        let within_hours = named.map(|duty| duty.within_hours).min()?;
        let length = SignedDuration::from_hours(i64::from(within_hours.get()));
        Some(Self {
            incident: incident.id.clone(),
            resource: resource.id.clone(),
            organization: resource.organization.clone(),
            within_hours,
            started_at,
            deadline: started_at.saturating_add(length).unwrap_or(Timestamp::MAX),
            reminders_sent: Vec::new(),
            notified: None,
            drill: incident.drill().is_some(),
            incident_types: BTreeSet::from([incident_type]),
            restarts: 0,
            version: 1,
        })
    }

    /// Returns this clock after a finding that would have started `other` for the same organization has joined.
    /// `None` if it counts that type already. The earlier deadline holds, and a clock that was stopped starts
    /// again: the report did not include this finding. Either is announced from the start.
    #[must_use]
    pub fn joined_by(&self, other: &Self) -> Option<Self> {
        if other.incident_types.is_subset(&self.incident_types) {
            return None;
        }
        let incident_types = self.incident_types.union(&other.incident_types).copied().collect();
        let version = self.version + 1;
        if self.notified.is_none() && self.deadline <= other.deadline {
            return Some(Self { incident_types, version, ..self.clone() });
        }
        let restarts = self.restarts + 1;
        Some(Self { incident_types, restarts, version, ..other.clone() })
    }

    /// Returns what tells one start of the clock from the next in keys: nothing for the first.
    #[must_use]
    pub fn again(&self) -> String {
        if self.restarts == 0 { String::new() } else { format!("#{}", self.restarts) }
    }

    /// When a stage is reached.
    #[must_use]
    pub fn reached_at(&self, stage: DeadlineStage) -> Timestamp {
        let length = self.deadline.duration_since(self.started_at);
        let before =
            |part: SignedDuration| self.deadline.saturating_sub(part).unwrap_or(self.started_at);
        match stage {
            DeadlineStage::Started => self.started_at,
            DeadlineStage::Halfway => before(length / 2),
            DeadlineStage::DueSoon => before(length / LAST_PART),
            DeadlineStage::Overdue => self.deadline,
        }
    }

    /// The latest stage that is reached and nobody was told of. Earlier ones that were missed are not
    /// made up for: what counts is how much time is left.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<DeadlineStage> {
        if self.notified.is_some() {
            return None;
        }
        let reached =
            DeadlineStage::ALL.into_iter().rfind(|stage| self.reached_at(*stage) <= now)?;
        self.reminders_sent.iter().all(|told| *told < reached).then_some(reached)
    }

    /// When the next stage is reached that nobody was told of; none once all is over.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        if self.notified.is_some() {
            return None;
        }
        let last = self.reminders_sent.iter().max();
        let next =
            DeadlineStage::ALL.into_iter().find(|stage| last.is_none_or(|last| last < stage))?;
        Some(self.reached_at(next))
    }

    /// The clock after people were told of a stage.
    #[must_use]
    pub fn told(mut self, stage: DeadlineStage) -> Self {
        self.reminders_sent.push(stage);
        self.version += 1;
        self
    }

    /// The clock after somebody said that the report was made; `None` if somebody had before.
    #[must_use]
    pub fn finish(mut self, by: String, at: Timestamp, note: Option<String>) -> Option<Self> {
        if self.notified.is_some() {
            return None;
        }
        self.notified = Some(NotificationRecord { by, at, note });
        self.version += 1;
        Some(self)
    }
}

/// Who is told: counsel and communications, each replaced by their stand-in while on leave, and whoever
/// keeps the organization's entry; commanders if that is nobody. A deadline does not mind office hours.
#[must_use]
pub fn recipients<'a>(
    people: &'a People,
    keeper: Option<&ContactId>,
    now: Timestamp,
) -> Vec<&'a Contact> {
    // Critical, so that nobody is left out for the time of day.
    let call = Call { severity: Severity::Critical, account: "", max_escalation_level: 4, now };
    let mut told: Vec<&Contact> = Vec::new();
    let mut add = |contact: &'a Contact| {
        let here = !contact.departed() && !contact.on_leave(now);
        let person = if here { Some(contact) } else { call.stand_in(contact, people) };
        if let Some(person) = person.filter(|p| told.iter().all(|known| known.id != p.id)) {
            told.push(person);
        }
    };
    let named = |contact: &&Contact| ROLES.iter().any(|role| contact.roles.contains(role));
    people.values().filter(|c| !c.departed()).filter(named).for_each(&mut add);
    if let Some(keeper) = keeper.and_then(|id| people.get(id)) {
        add(keeper);
    }
    if told.is_empty() {
        told = call.commanders(people).into_iter().map(|member| member.contact).collect();
    }
    told
}

#[cfg(test)]
mod tests;
