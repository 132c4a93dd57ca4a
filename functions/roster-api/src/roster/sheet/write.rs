//! Writing a sheet that [`super::read_csv`] reads back unchanged.

use muster_domain::roster::contact::Contact;
use muster_domain::roster::role::Role;

use super::notation::{guard, hours, join, status};

/// One column holds all channels: the columns of one channel each can hold neither their order nor
/// a third number.
const COLUMNS: [&str; 14] = [
    "id",
    "name",
    "roles",
    "channels",
    "department",
    "manager",
    "backup_contact",
    "availability",
    "time_zone",
    "escalation_level",
    "skills",
    "certifications",
    "accounts",
    "status",
];

/// The contacts as CSV (RFC 4180) with a header row, in UTF-8 without a byte order mark: not every
/// gateway counts its bytes, and a file cut short is worse than a program that has to be told.
pub(crate) fn write_csv(contacts: &[Contact]) -> String {
    let mut sheet = String::new();
    line(&mut sheet, COLUMNS.map(str::to_owned));
    for contact in contacts {
        line(&mut sheet, cells(contact));
    }
    sheet
}

fn line(sheet: &mut String, cells: [String; COLUMNS.len()]) {
    sheet.push_str(&cells.map(|cell| quoted(guard(cell))).join(","));
    sheet.push_str("\r\n");
}

/// Also cells with semicolons, for which some spreadsheets split whatever the comma says.
fn quoted(cell: String) -> String {
    if cell.contains(['"', ',', ';', '\t', '\r', '\n']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

fn cells(contact: &Contact) -> [String; COLUMNS.len()] {
    let list = |entries: &[String]| join(entries.iter().map(String::as_str));
    let typed = |channel: &muster_domain::value::channel::Channel| {
        format!("{}:{}", channel.kind().name(), channel.address())
    };
    let channels: Vec<String> = contact.channels.iter().map(typed).collect();
    [
        contact.id.to_string(),
        contact.name.clone(),
        join(contact.roles.iter().copied().map(Role::name)),
        list(&channels),
        contact.department.clone().unwrap_or_default(),
        contact.manager.clone().unwrap_or_default(),
        contact.backup_contact.as_ref().map(ToString::to_string).unwrap_or_default(),
        hours(&contact.availability),
        contact.time_zone.clone().into(),
        contact.escalation_level.to_string(),
        list(&contact.skills),
        list(&contact.certifications),
        join(contact.accounts.iter().map(String::as_str)),
        status(contact.status),
    ]
}
