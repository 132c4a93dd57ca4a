//! A contact as somebody sends it, and the checks that make a [`Contact`] of it or name every fault.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{AvailabilityDraft, Faults, Field, ZONE};
use crate::draft::fault::FieldError;
use crate::draft::given::Given;
use crate::draft::input::input;
use crate::roster::contact::Contact;
use crate::roster::hole::LEAST_KINDS;
use crate::value::id::ContactId;
use crate::value::stamps::Stamp;

mod checks;

#[cfg(feature = "schema")]
use crate::{
    roster::contact::ContactStatus, roster::role::Role, value::availability::Availability,
    value::channel::ChannelType,
};

input! {
    /// Fields to create or replace a contact. You can send back an entry you read: Muster ignores
    /// read-only fields. If you include `version`, it must be current.
    #[serde(expecting = "a contact object")]
    #[cfg_attr(feature = "schema", schema(example = json!({
            "name": "Ada Lovelace", "roles": ["incident_commander"],
            "channels": [
                {"type": "sms", "address": "+14255550101"}, {"type": "email", "address": "ada@example.com"}
            ],
            "time_zone": "Europe/London"
        })))]
    pub struct ContactInput {
        /// Contact ID. Generated from the name if omitted. Cannot be changed.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "ada-lovelace"))]
        id: Field<String>,
        /// Full name. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Ada Lovelace"))]
        name: Field<String>,
        /// Roles. The first is the primary role.
        #[cfg_attr(feature = "schema", schema(value_type = Vec<Role>, min_items = 1, max_items = 7))]
        roles: Field<Vec<Given<String>>>,
        /// Channels in order of preference. At least two channel types.
        #[cfg_attr(feature = "schema", schema(value_type = Vec<ChannelDraft>, min_items = 1, max_items = 100))]
        channels: Field<Vec<Given<ChannelDraft>>>,
        /// Department. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Cloud Security"))]
        department: Field<String>,
        /// Contact ID or name of the manager. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "grace-hopper"))]
        manager: Field<String>,
        /// ID of the contact who is paged when this contact is away.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "grace-hopper"))]
        backup_contact: Field<String>,
        /// Hours in which the contact is available. Default: `24/7`.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Availability>))]
        availability: Field<AvailabilityDraft>,
        /// IANA time zone.
        #[cfg_attr(feature = "schema", schema(value_type = String, format = "iana-time-zone", example = "Europe/London"))]
        time_zone: Field<String>,
        /// Escalation level, 1 to 4. Default: the level of the first role.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 4))]
        escalation_level: Field<i64>,
        /// Skills. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, min_length = 1, max_length = 200, max_items = 100, example = json!(["forensics"])))]
        skills: Field<Vec<Given<String>>>,
        /// Certifications. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, min_length = 1, max_length = 200, max_items = 100, example = json!(["GCFA"])))]
        certifications: Field<Vec<Given<String>>>,
        /// AWS account IDs that the contact supports as a subject matter expert. Empty: all
        /// accounts.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, pattern = "^[0-9]{12}$", max_items = 100))]
        accounts: Field<Vec<Given<String>>>,
        /// Status of the contact. Default: `active`.
        #[cfg_attr(feature = "schema", schema(value_type = Option<ContactStatus>))]
        status: Field<StatusDraft>,
    }
}

/// A channel on which a contact receives messages.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ChannelInput))]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
struct ChannelDraft {
    /// Type of the channel.
    #[cfg_attr(feature = "schema", schema(value_type = ChannelType))]
    r#type: Field<String>,
    /// Address of the channel, depending on its type: a phone number in E.164 format, a single email
    /// address without a display name, or a webhook URL (`https://`). The masked address of the
    /// current entry keeps the address. Maximum: 2,048 characters.
    #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 2048, example = "+14255550101"))]
    address: Field<String>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum StatusDraft {
    Text(String),
    Leave { on_leave: LeaveDraft },
}

#[derive(Clone, Debug, Deserialize)]
struct LeaveDraft {
    until: Date,
}

impl ContactInput {
    /// The contact this draft describes.
    ///
    /// `id` is the id from the path, if there is one. `current` is the entry that is replaced: its
    /// creation and review are kept and its version counted on.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(
        self,
        id: Option<&ContactId>,
        current: Option<&Contact>,
        stamp: &Stamp,
    ) -> Result<Contact, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of a contact", "department");
        let name = faults.text("name", self.name, "Ada Lovelace");
        let from_name = ContactId::from_name;
        let id = faults.id(self.id, id, name.as_deref(), from_name, "ada-lovelace");
        let roles = faults.roles(self.roles);
        let channels =
            faults.channels(self.channels, if current.is_some() { 1 } else { LEAST_KINDS });
        let department = faults.optional_text("department", self.department, "Cloud Security");
        let manager = faults.optional_text("manager", self.manager, "grace-hopper");
        let backup = faults.backup(self.backup_contact, id.as_ref());
        let availability = faults.availability(self.availability);
        if self.time_zone.is_none() {
            faults.add("time_zone", "is required", ZONE);
        }
        let time_zone = faults.time_zone(self.time_zone);
        let level = faults.level("escalation_level", self.escalation_level);
        let skills = faults.list("skills", self.skills, "forensics");
        let certifications = faults.list("certifications", self.certifications, "GCFA");
        let accounts = faults.accounts(self.accounts);
        let status = faults.status(self.status);
        faults.version(self.version);
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        // Each of these added a fault when it was not there.
        let (Some(id), Some(name), Some(time_zone)) = (id, name, time_zone) else {
            return Err(faults.0);
        };
        let level =
            level.or_else(|| roles.first().map(|role| role.card().escalation_level)).unwrap_or(2);
        Ok(Contact {
            id,
            name,
            escalation_level: level,
            roles,
            channels,
            department,
            manager,
            backup_contact: backup,
            availability,
            time_zone,
            skills,
            certifications,
            accounts: accounts.into_iter().collect(),
            status,
            confirmed_at: current.and_then(|contact| contact.confirmed_at),
            unconfirmed_since: current.and_then(|contact| contact.unconfirmed_since),
            created_at: current.map_or(stamp.at, |contact| contact.created_at),
            created_by: current.map_or_else(|| stamp.by.clone(), |c| c.created_by.clone()),
            updated_at: stamp.at,
            updated_by: stamp.by.clone(),
            version: current.map_or(1, |contact| contact.version + 1),
        })
    }
}

#[cfg(test)]
mod tests;
