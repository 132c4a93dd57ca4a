//! A contact: one person of the response team, valid by construction.

pub mod draft;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::availability::{Availability, Zone};
use crate::value::channel::Channel;
use crate::value::id::ContactId;
use crate::value::stamps::Stamp;

/// Whether a person takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "\"active\", \"departed\" or {\"on_leave\": …}")]
pub enum ContactStatus {
    /// Takes part.
    #[default]
    Active,
    /// Away; the backup stands in up to and including the last day, by the person's own calendar.
    OnLeave {
        /// The last day of leave.
        until: Date,
    },
    /// Gone for good; never paged again.
    Departed,
}

/// One person of the response team. Built from a [`crate::roster::contact::draft::ContactDraft`], which checks every field;
/// read back from the store through the same newtypes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The person's id; never changes.
    pub id: ContactId,
    /// The person's name, as people say it.
    pub name: String,
    /// One or more; the first is the primary role.
    pub roles: Vec<Role>,
    /// In order of preference; at least two different types.
    pub channels: Vec<Channel>,
    /// Department, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The manager's contact id or name, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// Who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_contact: Option<ContactId>,
    /// When the person may be disturbed.
    pub availability: Availability,
    /// Where the person's wall clock hangs.
    pub time_zone: Zone,
    /// Escalation level, 1 (first) to 4.
    pub escalation_level: u8,
    /// Skills.
    pub skills: Vec<String>,
    /// Certifications.
    pub certifications: Vec<String>,
    /// AWS accounts (12 digits) a subject matter expert is for; empty means all.
    pub accounts: BTreeSet<String>,
    /// Whether the person takes part.
    pub status: ContactStatus,
    /// When the person last confirmed the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// Since when the entry counts as unconfirmed: nobody answered the reminders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unconfirmed_since: Option<Timestamp>,
    /// When the entry was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who changed it.
    pub updated_by: String,
    /// Counts the changes, from 1; a write names the version it replaces.
    pub version: u64,
}

impl Contact {
    /// The entry after somebody confirmed it.
    #[must_use]
    pub fn confirmed(&self, stamp: &Stamp) -> Self {
        Self { confirmed_at: Some(stamp.at), unconfirmed_since: None, ..self.touched(stamp) }
    }

    /// The entry after its owner left too many reminders unanswered.
    #[must_use]
    pub fn unconfirmed(&self, stamp: &Stamp) -> Self {
        Self { unconfirmed_since: Some(stamp.at), ..self.touched(stamp) }
    }

    /// The entry with a change of this time and hand counted.
    #[must_use]
    pub fn touched(&self, stamp: &Stamp) -> Self {
        Self {
            updated_at: stamp.at,
            updated_by: stamp.by.clone(),
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Whether the person is on leave at `now`, by the calendar of the person's own zone.
    #[must_use]
    pub fn on_leave(&self, now: Timestamp) -> bool {
        match self.status {
            ContactStatus::OnLeave { until } => self.time_zone.date(now) <= until,
            ContactStatus::Active | ContactStatus::Departed => false,
        }
    }

    /// Whether the person has left for good.
    #[must_use]
    pub fn departed(&self) -> bool {
        self.status == ContactStatus::Departed
    }

    /// Whether `now` is within the person's hours.
    #[must_use]
    pub fn in_hours(&self, now: Timestamp) -> bool {
        self.availability.covers(&self.time_zone, now)
    }

    /// Whether the person is there for incidents in `account`: everybody is, but for an expert of
    /// other accounts who has no other role.
    #[must_use]
    pub fn serves(&self, account: &str) -> bool {
        let only_expert = self.roles.iter().all(|role| *role == Role::SubjectMatterExpert);
        !only_expert || self.accounts.is_empty() || self.accounts.contains(account)
    }
}
