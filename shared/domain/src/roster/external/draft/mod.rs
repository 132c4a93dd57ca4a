//! An external resource as somebody sends it, and the checks that make an [`ExternalResource`] of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{AvailabilityDraft, EMAIL, Faults, Field, PHONE};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::roster::external::ExternalResource;
use crate::value::id::ResourceId;
use crate::value::stamps::Stamp;

mod checks;
mod starters;

const PORTAL: &str = "https://console.aws.amazon.com/support/home";

/// An external resource as somebody sends it: every field may be missing or of the wrong type.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an external resource object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct ExternalResourceInput {
    id: Field<String>,
    organization: Field<String>,
    r#type: Field<String>,
    contact_name: Field<String>,
    role: Field<String>,
    service_type: Field<String>,
    contract_number: Field<String>,
    support_level: Field<String>,
    contact_email: Field<String>,
    contact_phone: Field<String>,
    escalation_email: Field<String>,
    escalation_phone: Field<String>,
    portal_url: Field<String>,
    availability: Field<AvailabilityDraft>,
    time_zone: Field<String>,
    response_sla_minutes: Field<i64>,
    expertise_areas: Field<Vec<Given<String>>>,
    notification_obligations: Field<Vec<Given<DutyDraft>>>,
    owner: Field<String>,
    version: Field<u64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
struct DutyDraft {
    incident_types: Field<Vec<Given<String>>>,
    within_hours: Field<i64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

impl ExternalResourceInput {
    /// The version its sender has read, if the draft says so: what was written since must not be
    /// lost.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        known(self.version.as_ref()).copied()
    }

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
