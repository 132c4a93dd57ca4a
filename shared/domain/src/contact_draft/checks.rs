//! The checks of a draft's fields, each of which notes its faults and goes on.

use std::collections::BTreeSet;

use super::{AvailabilityDraft, ChannelDraft, Field, StatusDraft};
use crate::availability::{Availability, Zone};
use crate::channel::{Channel, ChannelType, Email, Phone};
use crate::contact::Status;
use crate::fault::Fault;
use crate::given::{Given, known};
use crate::id::ContactId;
use crate::role::Role;

/// Longest free text (names, departments), in characters: fits an e-mail subject and a vCard line.
const MAX_TEXT: usize = 200;
/// Most entries of a list: far above any real person, far below DynamoDB's 400 KB an item.
const MAX_LIST: usize = 100;
/// Shown as the example of a phone number; a number reserved for fiction.
const PHONE: &str = "+14255550101";
const EMAIL: &str = "ada@example.com";
const CHANNELS: &str =
    r#"[{"type":"sms","address":"+14255550101"},{"type":"email","address":"ada@example.com"}]"#;
const ROLES: &str = r#"["incident_commander"]"#;
const STATUS: &str = r#""active", "departed" or {"on_leave":{"until":"2026-12-31"}}"#;
const HOURS: &str = r#""24/7" or [{"days":["mon","tue"],"from":"08:00","to":"18:00"}]"#;
/// A key somebody sent, made fit for an error message: it may be anything, even an address.
pub(super) fn printable(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.len() <= 40 && key.chars().all(plain) { key.to_owned() } else { "(a field)".to_owned() }
}

/// The faults found so far.
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, field: impl Into<String>, fault: &str, example: &str) {
        self.0.push(Fault::new(field, fault, example));
    }

    /// The value of a field that may be absent; one of the wrong type is a fault.
    pub(super) fn typed<T>(
        &mut self,
        field: &str,
        given: Field<T>,
        kind: &str,
        example: &str,
    ) -> Option<T> {
        match given {
            None => None,
            Some(Given::Value(value)) => Some(value),
            Some(Given::Other(_)) => {
                self.add(field, kind, example);
                None
            }
        }
    }

    /// The value of a field that must be there.
    pub(super) fn required<T>(
        &mut self,
        field: &str,
        given: Field<T>,
        kind: &str,
        eg: &str,
    ) -> Option<T> {
        if given.is_none() {
            self.add(field, "is missing", eg);
        }
        self.typed(field, given, kind, eg)
    }

    pub(super) fn trimmed(&mut self, field: &str, text: &str, example: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, "is empty", example);
        } else if text.chars().count() > MAX_TEXT {
            self.add(field, "is longer than 200 characters", example);
        } else if text.chars().any(char::is_control) {
            self.add(field, "has a line break or another control character", example);
        } else {
            return Some(text.to_owned());
        }
        None
    }

    pub(super) fn text(
        &mut self,
        field: &str,
        given: Field<String>,
        example: &str,
    ) -> Option<String> {
        let text = self.required(field, given, "must be a text", example)?;
        self.trimmed(field, &text, example)
    }

    pub(super) fn optional_text(
        &mut self,
        field: &str,
        given: Field<String>,
        example: &str,
    ) -> Option<String> {
        let text = self.typed(field, given, "must be a text", example)?;
        self.trimmed(field, &text, example)
    }

    pub(super) fn id(
        &mut self,
        given: Field<String>,
        path: Option<&ContactId>,
        name: Option<&str>,
    ) -> Option<ContactId> {
        const EXAMPLE: &str = "ada-lovelace";
        let wrong = "must be 1 to 64 characters of a-z, 0-9 and '-'";
        let absent = given.is_none();
        let own = match self.typed("id", given, wrong, EXAMPLE) {
            None => None,
            Some(text) => {
                if let Ok(id) = text.parse::<ContactId>() {
                    Some(id)
                } else {
                    self.add("id", wrong, EXAMPLE);
                    None
                }
            }
        };
        match (path, own) {
            (Some(path), Some(own)) if *path != own => {
                self.add("id", "is not the id in the path; an id never changes", path.as_str());
                None
            }
            (Some(path), _) => Some(path.clone()),
            (None, Some(own)) => Some(own),
            (None, None) if absent => {
                let id = ContactId::from_name(name?);
                if id.is_none() {
                    self.add("id", "cannot be made from this name; give one", EXAMPLE);
                }
                id
            }
            (None, None) => None,
        }
    }

    /// The entries of a list that are of the right type; the others, and too many, are faults.
    pub(super) fn entries<T>(
        &mut self,
        field: &str,
        given: Field<Vec<Given<T>>>,
        kind: &str,
        example: &str,
    ) -> Vec<(String, T)> {
        let list = self.typed(field, given, "must be a list", example).unwrap_or_default();
        if list.len() > MAX_LIST {
            self.add(field, "has more than 100 entries", example);
            return Vec::new();
        }
        let mut entries = Vec::new();
        for (index, entry) in list.into_iter().enumerate() {
            let place = format!("{field}[{index}]");
            if let Some(value) = self.typed(&place, Some(entry), kind, example) {
                entries.push((place, value));
            }
        }
        entries
    }

    pub(super) fn list(
        &mut self,
        field: &str,
        given: Field<Vec<Given<String>>>,
        example: &str,
    ) -> Vec<String> {
        let entries = self.entries(field, given, "must be a text", example);
        let texts = entries.into_iter().filter_map(|(at, text)| self.trimmed(&at, &text, example));
        texts.collect()
    }

    pub(super) fn roles(&mut self, given: Field<Vec<Given<String>>>) -> Vec<Role> {
        let names = Role::ALL.map(Role::name).join(", ");
        let wrong = format!("must be one of {names}");
        let mut roles = Vec::new();
        let none = match &given {
            None => true,
            Some(given) => given.as_ref().is_some_and(Vec::is_empty),
        };
        if none {
            self.add("roles", "must name at least one role", ROLES);
        }
        for (place, text) in self.entries("roles", given, &wrong, "incident_commander") {
            match Role::from_name(&text) {
                None => self.add(place, &wrong, "incident_commander"),
                Some(role) if roles.contains(&role) => {
                    self.add(place, "is named twice", "technical_lead");
                }
                Some(role) => roles.push(role),
            }
        }
        roles
    }

    pub(super) fn channels(&mut self, given: Field<Vec<Given<ChannelDraft>>>) -> Vec<Channel> {
        if given.is_none() {
            self.add("channels", "is missing", CHANNELS);
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
                self.add(place, "is the same as an earlier channel", CHANNELS);
            } else {
                channels.push(channel);
            }
        }
        let kinds: BTreeSet<_> = channels.iter().map(Channel::kind).collect();
        // A wrong channel may well be the second type; a missing one is none.
        if kinds.len() < 2 && (self.0.len() == before || sent < 2) {
            self.add("channels", "must have at least two different types", CHANNELS);
        }
        channels
    }

    pub(super) fn channel(&mut self, place: &str, draft: ChannelDraft) -> Option<Channel> {
        for key in draft.rest.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of a channel", "address");
        }
        let kind_at = format!("{place}.type");
        let kind = self.required(&kind_at, draft.r#type, "must be email, sms or voice", "sms");
        let kind = kind.and_then(|text| {
            let known = [ChannelType::Email, ChannelType::Sms, ChannelType::Voice];
            let kind = known.into_iter().find(|kind| kind.name() == text);
            if kind.is_none() {
                self.add(kind_at, "must be email, sms or voice", "sms");
            }
            kind
        });
        let example = if kind == Some(ChannelType::Email) { EMAIL } else { PHONE };
        let address_at = format!("{place}.address");
        let address = self.required(&address_at, draft.address, "must be a text", example)?;
        let phone = |address: &str| address.parse::<Phone>().map_err(|error| error.to_string());
        let channel = match kind? {
            ChannelType::Email => {
                address.parse::<Email>().map(Channel::Email).map_err(|error| error.to_string())
            }
            ChannelType::Sms => phone(&address).map(Channel::Sms),
            ChannelType::Voice => phone(&address).map(Channel::Voice),
        };
        channel.map_err(|fault| self.add(address_at, &fault, example)).ok()
    }

    pub(super) fn backup(
        &mut self,
        given: Field<String>,
        own: Option<&ContactId>,
    ) -> Option<ContactId> {
        const EXAMPLE: &str = "grace-hopper";
        let text = self.typed("backup", given, "must be a contact's id", EXAMPLE)?;
        match text.parse::<ContactId>() {
            Ok(id) if Some(&id) == own => {
                self.add("backup", "is the contact itself", EXAMPLE);
                None
            }
            Ok(id) => Some(id),
            Err(_) => {
                self.add("backup", "must be a contact's id (a-z, 0-9 and '-')", EXAMPLE);
                None
            }
        }
    }

    pub(super) fn availability(&mut self, given: Field<AvailabilityDraft>) -> Availability {
        let wrong = "must be \"24/7\" or a list of weekly windows";
        match self.typed("availability", given, wrong, HOURS) {
            None => Availability::Always,
            Some(AvailabilityDraft::Text(text)) => {
                if text != "24/7" {
                    self.add("availability", wrong, HOURS);
                }
                Availability::Always
            }
            Some(AvailabilityDraft::Windows(list)) => {
                if list.is_empty() {
                    self.add("availability", "has no window: nobody could reach them", HOURS);
                }
                let wrong = "must have days (mon to sun), from and to (00:00 to 24:00)";
                let entries = self.entries("availability", Some(Given::Value(list)), wrong, HOURS);
                let mut windows = Vec::new();
                for (place, window) in entries {
                    if window.days.is_empty() {
                        self.add(format!("{place}.days"), "names no day", "[\"mon\"]");
                    }
                    windows.push(window);
                }
                Availability::Weekly(windows)
            }
        }
    }

    pub(super) fn time_zone(&mut self, given: Field<String>) -> Option<Zone> {
        const EXAMPLE: &str = "Europe/Berlin";
        let wrong = "must be an IANA time zone name";
        let text = self.required("time_zone", given, wrong, EXAMPLE)?;
        let zone = text.parse::<Zone>().ok();
        if zone.is_none() {
            self.add("time_zone", wrong, EXAMPLE);
        }
        zone
    }

    pub(super) fn level(&mut self, given: Field<i64>) -> Option<u8> {
        let wrong = "must be a whole number from 1 to 4";
        let level = self.typed("level", given, wrong, "2")?;
        let level = u8::try_from(level).ok().filter(|level| (1..=4).contains(level));
        if level.is_none() {
            self.add("level", wrong, "2");
        }
        level
    }

    pub(super) fn accounts(&mut self, given: Field<Vec<Given<String>>>) -> Vec<String> {
        const EXAMPLE: &str = "111122223333";
        let wrong = "must be an AWS account id: 12 digits as a text";
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

    pub(super) fn status(&mut self, given: Field<StatusDraft>) -> Status {
        let wrong = "must be active, departed or on_leave with a last day";
        match self.typed("status", given, wrong, STATUS) {
            None => Status::Active,
            Some(StatusDraft::Leave { on_leave }) => Status::OnLeave { until: on_leave.until },
            Some(StatusDraft::Text(text)) => match text.as_str() {
                "active" => Status::Active,
                "departed" => Status::Departed,
                _ => {
                    self.add("status", wrong, STATUS);
                    Status::Active
                }
            },
        }
    }
}
