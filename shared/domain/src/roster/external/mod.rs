//! An external resource: an organisation that helps in an incident or must be told of it.

pub mod draft;
mod kind;
mod portal;

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::kind::ExternalResourceType;
pub use self::portal::{MAX_PORTAL, Portal, PortalError};

use crate::value::availability::{Availability, Zone};
use crate::value::channel::{Channel, Email, Phone};
use crate::value::id::{ContactId, ResourceId};
use crate::value::incident_type::IncidentType;
use crate::value::stamps::Stamp;

/// Incident types that an organization must be notified of, and the deadline in hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationObligation {
    /// Incident types to report. At least one.
    #[cfg_attr(feature = "schema", schema(min_items = 1))]
    pub incident_types: BTreeSet<IncidentType>,
    /// Hours from learning of the incident to the notification, 1 to 8,760.
    #[cfg_attr(feature = "schema", schema(value_type = u32, minimum = 1, maximum = 8760))]
    pub within_hours: NonZeroU32,
}

/// An organization that helps during an incident or must be notified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExternalResource {
    /// External resource ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
    pub id: ResourceId,
    /// Name of the organization.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Example Forensics")
    )]
    pub organization: String,
    /// Type of the external resource.
    pub r#type: ExternalResourceType,
    /// Name of the contact person. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Grace Hopper")
    )]
    pub contact_name: Option<String>,
    /// Role of the organization or its contact person during an incident. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Lead investigator")
    )]
    pub role: Option<String>,
    /// Service that the organization provides. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Digital forensics")
    )]
    pub service_type: Option<String>,
    /// Contract or policy number. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "C-2026-0042")
    )]
    pub contract_number: Option<String>,
    /// Contracted or required support level. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Retainer, 24/7")
    )]
    pub support_level: Option<String>,
    /// Contact email. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "email", example = "ada@example.com", nullable = false))]
    pub contact_email: Option<Email>,
    /// Contact phone number in E.164 format. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "e164", pattern = "^[+][0-9]{7,15}$", example = "+14255550101", nullable = false))]
    pub contact_phone: Option<Phone>,
    /// Email for escalations, if the first contact does not respond. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "email", example = "ada@example.com", nullable = false))]
    pub escalation_email: Option<Email>,
    /// Phone number for escalations in E.164 format. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "e164", pattern = "^[+][0-9]{7,15}$", example = "+14255550101", nullable = false))]
    pub escalation_phone: Option<Phone>,
    /// URL of the portal for support cases. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "uri", max_length = 2000, example = "https://console.aws.amazon.com/support/home", nullable = false))]
    pub portal_url: Option<Portal>,
    /// Hours in which the organization is available.
    pub availability: Availability,
    /// IANA time zone. Always set with weekly windows, otherwise omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "iana-time-zone", example = "Europe/Berlin", nullable = false))]
    pub time_zone: Option<Zone>,
    /// Agreed response time in minutes, 1 to 525,600. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u32>, minimum = 1, maximum = 525_600, nullable = false))]
    pub response_sla_minutes: Option<NonZeroU32>,
    /// Areas of expertise.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, max_items = 100, example = json!(["memory forensics"])))]
    pub expertise_areas: Vec<String>,
    /// Notification obligations. Only regulators, law enforcement, legal counsel, and insurers have
    /// any.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub notification_obligations: Vec<NotificationObligation>,
    /// ID of the contact who maintains the entry and handles its notification obligations. Omitted
    /// if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", nullable = false))]
    pub owner: Option<ContactId>,
    /// Time when the owner last confirmed the entry. Omitted if the entry was never confirmed.
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
