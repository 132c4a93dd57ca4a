//! A contact as somebody sends it, and the checks that make a [`Contact`] of it or name every fault.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{AvailabilityDraft, Faults, Field, ZONE};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::roster::contact::Contact;
use crate::roster::hole::LEAST_KINDS;
use crate::value::id::ContactId;
use crate::value::stamps::Stamp;

mod checks;

/// A contact as somebody sends it: every field may be missing or of the wrong type.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "a contact object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct ContactInput {
    id: Field<String>,
    name: Field<String>,
    roles: Field<Vec<Given<String>>>,
    channels: Field<Vec<Given<ChannelDraft>>>,
    department: Field<String>,
    manager: Field<String>,
    backup_contact: Field<String>,
    availability: Field<AvailabilityDraft>,
    time_zone: Field<String>,
    escalation_level: Field<i64>,
    skills: Field<Vec<Given<String>>>,
    certifications: Field<Vec<Given<String>>>,
    accounts: Field<Vec<Given<String>>>,
    status: Field<StatusDraft>,
    version: Field<u64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
struct ChannelDraft {
    r#type: Field<String>,
    address: Field<String>,
    #[serde(flatten)]
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
    /// The version its sender has read, if the draft says so: what was written since must not be
    /// lost.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        known(self.version.as_ref()).copied()
    }

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
