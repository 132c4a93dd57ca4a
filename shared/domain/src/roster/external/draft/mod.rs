//! An external resource as somebody sends it, and the checks that make an [`ExternalResource`] of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{AvailabilityDraft, EMAIL, Faults, Field, PHONE};
use crate::draft::fault::FieldError;
use crate::draft::given::Given;
use crate::draft::input::input;
use crate::roster::external::ExternalResource;
use crate::value::id::ResourceId;
use crate::value::stamps::Stamp;

mod checks;
mod starters;

#[cfg(feature = "schema")]
use crate::{
    roster::external::ExternalResourceType, value::availability::Availability,
    value::incident_type::IncidentType,
};

const PORTAL: &str = "https://console.aws.amazon.com/support/home";

input! {
    /// Fields to create or replace an external resource. You can send back an entry you read:
    /// Muster ignores read-only fields. If you include `version`, it must be current.
    #[serde(expecting = "an external resource object")]
    #[cfg_attr(feature = "schema", schema(example = json!({
            "organization": "Example Forensics", "type": "forensics", "contact_phone": "+14255550142",
            "contract_number": "C-2026-0042", "response_sla_minutes": 60
        })))]
    pub struct ExternalResourceInput {
        /// External resource ID. Generated from the organization if omitted. Cannot be changed.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
        id: Field<String>,
        /// Name of the organization. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Example Forensics"))]
        organization: Field<String>,
        /// Type of the external resource.
        #[cfg_attr(feature = "schema", schema(value_type = ExternalResourceType))]
        r#type: Field<String>,
        /// Name of the contact person. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Grace Hopper"))]
        contact_name: Field<String>,
        /// Role of the organization or its contact person during an incident. Maximum: 200
        /// characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Lead investigator"))]
        role: Field<String>,
        /// Service that the organization provides. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Digital forensics"))]
        service_type: Field<String>,
        /// Contract or policy number. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "C-2026-0042"))]
        contract_number: Field<String>,
        /// Contracted or required support level. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Retainer, 24/7"))]
        support_level: Field<String>,
        /// Contact email. Required unless `contact_phone` is set (or `portal_url` for AWS teams).
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "email", example = "ada@example.com"))]
        contact_email: Field<String>,
        /// Contact phone number in E.164 format.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "e164", pattern = "^[+][0-9]{7,15}$", example = "+14255550142"))]
        contact_phone: Field<String>,
        /// Email for escalations, if the first contact does not respond.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "email", example = "ada@example.com"))]
        escalation_email: Field<String>,
        /// Phone number for escalations in E.164 format.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "e164", pattern = "^[+][0-9]{7,15}$", example = "+14255550142"))]
        escalation_phone: Field<String>,
        /// URL of the portal for support cases. Must start with `https://`. Maximum: 2,000
        /// characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "uri", max_length = 2000, example = "https://console.aws.amazon.com/support/home"))]
        portal_url: Field<String>,
        /// Hours in which the organization is available. Default: `24/7`.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Availability>))]
        availability: Field<AvailabilityDraft>,
        /// IANA time zone. Required for weekly windows.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "iana-time-zone", example = "Europe/London"))]
        time_zone: Field<String>,
        /// Agreed response time in minutes. Maximum: 525,600.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 525_600))]
        response_sla_minutes: Field<i64>,
        /// Areas of expertise. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, min_length = 1, max_length = 200, max_items = 100, example = json!(["memory forensics"])))]
        expertise_areas: Field<Vec<Given<String>>>,
        /// Notification obligations. Supported for the types `regulator`, `law_enforcement`,
        /// `legal`, and `insurer`.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<DutyDraft>>, max_items = 100))]
        notification_obligations: Field<Vec<Given<DutyDraft>>>,
        /// ID of the contact who maintains the entry and handles its notification obligations.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
        owner: Field<String>,
    }
}

/// Incident types that an organization must be notified of, and the deadline in hours.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = NotificationObligationInput))]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub(crate) struct DutyDraft {
    /// Incident types to report. At least one.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<IncidentType>, min_items = 1, max_items = 100))]
    incident_types: Field<Vec<Given<String>>>,
    /// Hours from learning of the incident to the notification. Maximum: 8,760.
    #[cfg_attr(feature = "schema", schema(value_type = i32, minimum = 1, maximum = 8760, example = 72))]
    within_hours: Field<i64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    rest: BTreeMap<String, IgnoredAny>,
}

impl ExternalResourceInput {
    /// The external resource this draft describes.
    ///
    /// `id` is the id from the path, if there is one. `current` is the entry that is replaced: its
    /// creation and review are kept and its version counted on.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(
        self,
        id: Option<&ResourceId>,
        current: Option<&ExternalResource>,
        stamp: &Stamp,
    ) -> Result<ExternalResource, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of an external resource", "organization");
        let from_name = ResourceId::from_name;
        let written = self.contact_email.is_some() || self.contact_phone.is_some();
        let portal_given = self.portal_url.is_some();
        let organisation = faults.text("organization", self.organization, "AWS Support");
        let id = faults.id(self.id, id, organisation.as_deref(), from_name, "aws-support");
        let kind = faults.kind(self.r#type);
        let contact_name = faults.optional_text("contact_name", self.contact_name, "Ada Lovelace");
        let role = faults.optional_text("role", self.role, "Lead investigator");
        let service_type =
            faults.optional_text("service_type", self.service_type, "Forensics retainer");
        let contract_number =
            faults.optional_text("contract_number", self.contract_number, "C-2026-0042");
        let support_level = faults.optional_text("support_level", self.support_level, "Enterprise");
        let contact_email = faults.optional("contact_email", self.contact_email, EMAIL);
        let contact_phone = faults.optional("contact_phone", self.contact_phone, PHONE);
        let escalation_email = faults.optional("escalation_email", self.escalation_email, EMAIL);
        let escalation_phone = faults.optional("escalation_phone", self.escalation_phone, PHONE);
        let portal = faults.optional("portal_url", self.portal_url, PORTAL);
        if let Some(kind) = kind {
            faults.reach(written, portal_given, kind);
        }
        let availability = faults.availability(self.availability);
        let time_zone = faults.zone_for(&availability, self.time_zone);
        let response_minutes = faults.response_minutes(self.response_sla_minutes);
        let expertise = faults.list("expertise_areas", self.expertise_areas, "memory forensics");
        let duties = faults.duties(self.notification_obligations, kind);
        let owner = faults.optional("owner", self.owner, "ada-lovelace");
        faults.version(self.version);
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        // Each of these added a fault when it was not there.
        let (Some(id), Some(organisation), Some(kind)) = (id, organisation, kind) else {
            return Err(faults.0);
        };
        Ok(ExternalResource {
            id,
            organization: organisation,
            r#type: kind,
            contact_name,
            role,
            service_type,
            contract_number,
            support_level,
            contact_email,
            contact_phone,
            escalation_email,
            escalation_phone,
            portal_url: portal,
            availability,
            time_zone,
            response_sla_minutes: response_minutes,
            expertise_areas: expertise,
            notification_obligations: duties,
            owner,
            confirmed_at: current.and_then(|resource| resource.confirmed_at),
            unconfirmed_since: current.and_then(|resource| resource.unconfirmed_since),
            created_at: current.map_or(stamp.at, |resource| resource.created_at),
            created_by: current.map_or_else(|| stamp.by.clone(), |r| r.created_by.clone()),
            updated_at: stamp.at,
            updated_by: stamp.by.clone(),
            version: current.map_or(1, |resource| resource.version + 1),
        })
    }
}

#[cfg(test)]
mod tests;
