//! A contact: one person of the response team, valid by construction.

pub mod draft;
pub mod fields;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::availability::{Availability, Zone};
use crate::value::channel::Channel;
use crate::value::id::ContactId;
use crate::value::stamps::Stamp;

/// Status of a contact: active, on leave, or departed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", expecting = "\"active\", \"departed\" or {\"on_leave\": …}")]
pub enum ContactStatus {
    /// Contact is available for incidents.
    #[default]
    Active,
    /// Contact is on leave, in the contact's time zone. The backup contact covers for them.
    OnLeave {
        /// Last day of the leave (inclusive).
        #[cfg_attr(feature = "schema", schema(value_type = String, format = "date", example = "2026-12-31"))]
        until: Date,
    },
    /// Contact has departed and is never paged.
    Departed,
}

/// A contact. Phone numbers and email addresses are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Contact ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    pub id: ContactId,
    /// Full name.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Ada Lovelace")
    )]
    pub name: String,
    /// Roles. The first is the primary role.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 7))]
    pub roles: Vec<Role>,
    /// Channels in order of preference.
    #[cfg_attr(feature = "schema", schema(
        value_type = Vec<crate::value::channel::MaskedChannel>, min_items = 1, max_items = 100,
        example = json!([
            {"type": "sms", "address": "+1•••••0101"}, {"type": "email", "address": "a•••••@example.com"}
        ])
    ))]
    pub channels: Vec<Channel>,
    /// Department. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Cloud Security")
    )]
    pub department: Option<String>,
    /// Contact ID or name of the manager. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "grace-hopper")
    )]
    pub manager: Option<String>,
    /// ID of the contact who is paged when this contact is away. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "grace-hopper", nullable = false))]
    pub backup_contact: Option<ContactId>,
    /// Hours in which the contact is available.
    pub availability: Availability,
    /// IANA time zone for availability windows, leave, and message times.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "iana-time-zone", example = "Europe/Berlin"))]
    pub time_zone: Zone,
    /// Escalation level, 1 to 4.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub escalation_level: u8,
    /// Skills.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, max_items = 100, example = json!(["forensics"])))]
    pub skills: Vec<String>,
    /// Certifications.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, max_items = 100, example = json!(["GCFA"])))]
    pub certifications: Vec<String>,
    /// AWS account IDs that the contact supports as a subject matter expert. Empty: all accounts.
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9]{12}$", max_items = 100))]
    pub accounts: BTreeSet<String>,
    /// Status of the contact.
    pub status: ContactStatus,
    /// Time when the contact last confirmed the entry. Omitted if the entry was never confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub confirmed_at: Option<Timestamp>,
    /// Time since which reminders to confirm the entry have gone unanswered. Omitted if the entry
    /// is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub unconfirmed_since: Option<Timestamp>,
    /// Time when the entry was created.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub created_at: Timestamp,
    /// IAM ARN or token subject of the caller who created the entry.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub created_by: String,
    /// Time of the last change.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub updated_at: Timestamp,
    /// IAM ARN or token subject of the caller who made the last change.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub updated_by: String,
    /// Version number, increased by each change. Also the `ETag`.
    #[cfg_attr(feature = "schema", schema(example = 3))]
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
