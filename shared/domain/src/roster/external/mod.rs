//! An external resource: an organization that helps in an incident or must be told of it.

pub mod draft;
mod kind;
mod portal;

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::kind::ExternalResourceType;
pub use self::portal::{Portal, PortalError};

use crate::value::availability::{Availability, Zone};
use crate::value::channel::{Channel, Email, Phone};
use crate::value::id::{ContactId, ResourceId};
use crate::value::incident_type::IncidentType;
use crate::value::stamps::Stamp;

/// Which incidents an organization must be told of, and how soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationObligation {
    /// The types of incident to report; at least one.
    pub incident_types: BTreeSet<IncidentType>,
    /// Whole hours from learning of the incident to the report.
    pub within_hours: NonZeroU32,
}

/// An organization outside the house. Built from a [`crate::roster::external::draft::ExternalDraft`], which checks every
/// field; read back from the store through the same newtypes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalResource {
    /// The entry's id; never changes.
    pub id: ResourceId,
    /// The organization's name.
    pub organization: String,
    /// What kind of organization it is.
    pub r#type: ExternalResourceType,
    /// The person to ask for, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<String>,
    /// What that person or the organization is in an incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What it does for us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_type: Option<String>,
    /// The contract or policy to name when calling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_number: Option<String>,
    /// The level of support that was bought or is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_level: Option<String>,
    /// Where to write first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<Email>,
    /// Where to call first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<Phone>,
    /// Where to write when nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_email: Option<Email>,
    /// Where to call when nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_phone: Option<Phone>,
    /// Where to open a case; for the teams of AWS it does without an e-mail or a phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_url: Option<Portal>,
    /// When it answers.
    pub availability: Availability,
    /// Where its wall clock hangs; always there when the availability is weekly windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    /// Whole minutes within which it promised to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_sla_minutes: Option<NonZeroU32>,
    /// What it knows best.
    pub expertise_areas: Vec<String>,
    /// What must be reported to it; empty but for the kinds with [`ResourceKind::has_duties`].
    pub notification_obligations: Vec<NotificationObligation>,
    /// Who keeps the entry true, and sees to its duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ContactId>,
    /// When its owner last confirmed the entry.
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

impl ExternalResource {
    /// Its addresses and numbers, each with the same place whatever the others of a page are: the first
    /// of each type, then those for when nobody answers.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        let mails = self.contact_email.iter().chain(&self.escalation_email).cloned();
        let phones = self.contact_phone.iter().chain(&self.escalation_phone).cloned();
        mails.map(Channel::Email).chain(phones.map(Channel::Voice)).collect()
    }

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

    /// Whether it answers at `now`.
    #[must_use]
    pub fn in_hours(&self, now: Timestamp) -> bool {
        // Without a zone it is open round the clock: the draft's check sees to that.
        self.time_zone.as_ref().is_none_or(|zone| self.availability.covers(zone, now))
    }
}
