//! What each field of a contact is called, and how contact files, forms, and messages have it.

use super::{Contact, ContactStatus};
use crate::value::availability::hours;

/// How a cell of a contact file holds a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text,
    /// An integer.
    Number,
    /// Texts, separated by semicolons.
    List,
    /// Roles by name or title, separated by semicolons.
    Roles,
    /// `type:address` pairs, separated by semicolons.
    Channels,
    /// `24/7`, or days and hours.
    Hours,
    /// A status, with the last day of a leave.
    Status,
}

/// A field of a contact. Contact files, the correction form, the review page, and the review email are made from it.
#[derive(Clone, Copy, Debug)]
pub struct ContactField {
    /// Name in the API, and name of its column in a file that Muster writes.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Names of its column in files that Muster reads: letters and digits only, in lower case.
    pub columns: &'static [&'static str],
    /// How a cell holds it.
    pub cell: Cell,
    /// Hint for the contact who corrects it. None if only the roster's owner can change it.
    pub hint: Option<&'static str>,
    shown: fn(&Contact) -> Option<String>,
}

const fn field(
    name: &'static str,
    label: &'static str,
    columns: &'static [&'static str],
    cell: Cell,
    shown: fn(&Contact) -> Option<String>,
) -> ContactField {
    ContactField { name, label, columns, cell, hint: None, shown }
}

impl ContactField {
    const fn corrected(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

const fn not_shown(_: &Contact) -> Option<String> {
    None
}

/// All fields, in the order of a file that Muster writes.
pub const FIELDS: [ContactField; 14] = [
    field("id", "ID", &["id", "contactid"], Cell::Text, not_shown),
    field("name", "Name", &["name", "fullname", "contactname"], Cell::Text, |contact| {
        Some(contact.name.clone())
    })
    .corrected(""),
    field("roles", "Roles", &["roles", "role"], Cell::Roles, |contact| {
        let titles: Vec<_> = contact.roles.iter().map(|role| role.card().title).collect();
        Some(titles.join(", "))
    }),
    field("channels", "Channels", &["channels"], Cell::Channels, not_shown),
    field("department", "Department", &["department"], Cell::Text, |contact| {
        contact.department.clone()
    })
    .corrected(""),
    field("manager", "Manager", &["manager"], Cell::Text, |contact| contact.manager.clone())
        .corrected("Their id in the roster, or their name."),
    field("backup_contact", "Backup", &["backup", "backupcontact"], Cell::Text, |contact| {
        let backup = contact.backup_contact.as_ref();
        Some(backup.map_or_else(|| "nobody".to_owned(), ToString::to_string))
    })
    .corrected("The id of who stands in for you, such as grace-hopper."),
    field("availability", "Hours", &["availability"], Cell::Hours, |contact| {
        Some(hours(&contact.availability))
    }),
    field("time_zone", "Time zone", &["timezone"], Cell::Text, |contact| {
        Some(contact.time_zone.name().to_owned())
    })
    .corrected("Such as Europe/Berlin."),
    field(
        "escalation_level",
        "Escalation level",
        &["level", "escalationlevel"],
        Cell::Number,
        |contact| Some(contact.escalation_level.to_string()),
    ),
    field("skills", "Skills", &["skills", "skill"], Cell::List, not_shown),
    field(
        "certifications",
        "Certifications",
        &["certifications", "certification"],
        Cell::List,
        not_shown,
    ),
    field(
        "accounts",
        "Accounts",
        &["accounts", "account", "awsaccounts", "awsaccount"],
        Cell::List,
        not_shown,
    ),
    field("status", "On leave", &["status"], Cell::Status, |contact| match contact.status {
        ContactStatus::OnLeave { until } => Some(format!("up to and including {until}")),
        ContactStatus::Active | ContactStatus::Departed => None,
    }),
];

/// Returns what a contact's entry says, as labels and texts. Channels are left out, since their addresses are masked.
pub fn shown(contact: &Contact) -> impl Iterator<Item = (&'static str, String)> {
    FIELDS.iter().filter_map(move |field| Some((field.label, (field.shown)(contact)?)))
}
