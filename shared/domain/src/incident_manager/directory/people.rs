//! PERSONAL contacts from the roster.

use std::collections::BTreeMap;

use super::legal::display_name;
use super::{Alias, Line, Person};
use crate::roster::contact::Contact;
use crate::value::channel::Channel;
use crate::value::id::ContactId;

/// The alias of somebody: ids are legal and of one person each, and the word between keeps people and
/// escalations apart.
#[must_use]
pub fn alias(prefix: &str, id: &ContactId) -> Alias {
    format!("{prefix}-contact-{id}")
}

/// Whose alias this is, if it is that of a contact of ours.
#[must_use]
pub fn contact_of(prefix: &str, alias: &str) -> Option<ContactId> {
    alias.strip_prefix(prefix)?.strip_prefix("-contact-")?.parse().ok()
}

/// Everybody who is still here.
#[must_use]
pub fn people<'a>(
    prefix: &str,
    contacts: impl Iterator<Item = &'a Contact>,
) -> BTreeMap<Alias, Person> {
    let here = contacts.filter(|contact| !contact.departed());
    here.map(|contact| (alias(prefix, &contact.id), person(contact))).collect()
}

fn person(contact: &Contact) -> Person {
    let mut lines: Vec<Line> = Vec::new();
    let there = |channel: &&Channel| channel.kind().kind().in_incident_manager;
    for channel in contact.channels.iter().filter(there) {
        let (kind, address) = (channel.kind(), channel.address().to_owned());
        // The same number twice would be two channels that cannot be told apart.
        if lines.iter().any(|line| line.kind == kind && line.address == address) {
            continue;
        }
        let place = lines.iter().filter(|line| line.kind == kind).count() + 1;
        lines.push(Line { kind, address, name: format!("{}-{place}", kind.name()) });
    }
    Person { display_name: display_name(&contact.name), lines }
}
