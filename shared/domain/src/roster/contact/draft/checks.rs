//! The checks of the fields that only a contact has.

use std::collections::BTreeSet;

use super::{ChannelDraft, StatusDraft};
use crate::draft::checks::{Faults, Field, printable};
use crate::draft::given::{Given, known};
use crate::roster::contact::ContactStatus;
use crate::roster::role::Role;
use crate::value::channel::{Channel, ChannelType};
use crate::value::id::ContactId;

const CHANNELS: &str =
    r#"[{"type":"sms","address":"+14255550101"},{"type":"email","address":"ada@example.com"}]"#;
const ROLES: &str = r#"["incident_commander"]"#;
const STATUS: &str = r#""active", "departed" or {"on_leave":{"until":"2026-12-31"}}"#;

impl Faults {
    pub(super) fn roles(&mut self, given: Field<Vec<Given<String>>>) -> Vec<Role> {
        let names = Role::ALL.map(Role::name).join(", ");
        let wrong = format!("must be one of: {names}");
        let mut roles = Vec::new();
        let none = match &given {
            None => true,
            Some(given) => given.as_ref().is_some_and(Vec::is_empty),
        };
        if none {
            self.add("roles", "must contain at least one role", ROLES);
        }
        for (place, text) in self.entries("roles", given, &wrong, "incident_commander") {
            match Role::from_name(&text) {
                None => self.add(place, &wrong, "incident_commander"),
                Some(role) if roles.contains(&role) => {
                    self.add(place, "must not be listed twice", "technical_lead");
                }
                Some(role) => roles.push(role),
            }
        }
        roles
    }

    /// Channels of `least` kinds at least: two for somebody new. Whoever is in the roster may be
    /// left with one, by somebody who says why: that is judged as a hole.
    pub(super) fn channels(
        &mut self,
        given: Field<Vec<Given<ChannelDraft>>>,
        least: usize,
    ) -> Vec<Channel> {
        if given.is_none() {
            self.add("channels", "is required", CHANNELS);
            return Vec::new();
        }
        let before = self.0.len();
        let sent = known(given.as_ref()).map_or(0, Vec::len);
        let entries =
            self.entries("channels", given, "must be an object with type and address", CHANNELS);
        let mut channels = Vec::new();
        for (place, draft) in entries {
            let Some(channel) = self.channel(&place, draft) else { continue };
            if channels.contains(&channel) {
                self.add(place, "must not repeat an earlier channel", CHANNELS);
            } else {
                channels.push(channel);
            }
        }
        let kinds: BTreeSet<_> = channels.iter().map(Channel::kind).collect();
        // A wrong channel may well be the second type; a missing one is none.
        if kinds.len() < least && (self.0.len() == before || sent < least) {
            let fault = match least {
                1 => "must contain at least one channel",
                _ => "must contain at least two channel types",
            };
            self.add("channels", fault, CHANNELS);
        }
        channels
    }

    pub(super) fn channel(&mut self, place: &str, draft: ChannelDraft) -> Option<Channel> {
        for key in draft.rest.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of a channel", "address");
        }
        let kind_at = format!("{place}.type");
        let wrong = format!("must be one of: {}", ChannelType::names());
        let kind = self.required(&kind_at, draft.r#type, &wrong, "sms");
        let kind = kind.and_then(|text| {
            let kind = ChannelType::from_name(&text);
            if kind.is_none() {
                self.add(kind_at, &wrong, "sms");
            }
            kind
        });
        let example = kind.unwrap_or(ChannelType::Sms).kind().example;
        let address_at = format!("{place}.address");
        let address = self.required(&address_at, draft.address, "must be a string", example)?;
        Channel::read(kind?, &address).map_err(|error| self.add(address_at, &error, example)).ok()
    }

    pub(super) fn backup(
        &mut self,
        given: Field<String>,
        own: Option<&ContactId>,
    ) -> Option<ContactId> {
        const EXAMPLE: &str = "grace-hopper";
        let text = self.typed("backup_contact", given, "must be a contact ID", EXAMPLE)?;
        match text.parse::<ContactId>() {
            Ok(id) if Some(&id) == own => {
                self.add("backup_contact", "must not be the contact's own ID", EXAMPLE);
                None
            }
            Ok(id) => Some(id),
            Err(_) => {
                self.add("backup_contact", "must be a contact ID (a-z, 0-9, and hyphens)", EXAMPLE);
                None
            }
        }
    }

    pub(super) fn accounts(&mut self, given: Field<Vec<Given<String>>>) -> Vec<String> {
        const EXAMPLE: &str = "111122223333";
        let wrong = "must be a 12-digit AWS account ID, as a string";
        let entries = self.entries("accounts", given, wrong, EXAMPLE);
        let mut accounts = Vec::new();
        for (place, text) in entries {
            if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
                accounts.push(text);
            } else {
                self.add(place, wrong, EXAMPLE);
            }
        }
        accounts
    }

    pub(super) fn status(&mut self, given: Field<StatusDraft>) -> ContactStatus {
        let wrong =
            "must be \"active\", \"departed\", or {\"on_leave\": {\"until\": \"YYYY-MM-DD\"}}";
        match self.typed("status", given, wrong, STATUS) {
            None => ContactStatus::Active,
            Some(StatusDraft::Leave { on_leave }) => {
                ContactStatus::OnLeave { until: on_leave.until }
            }
            Some(StatusDraft::Text(text)) => match text.as_str() {
                "active" => ContactStatus::Active,
                "departed" => ContactStatus::Departed,
                _ => {
                    self.add("status", wrong, STATUS);
                    ContactStatus::Active
                }
            },
        }
    }
}
