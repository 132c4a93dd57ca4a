//! Writing a sheet that [`super::read_csv`] reads back unchanged.

use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::fields::{Cell, FIELDS};
use muster_domain::value::channel::Channel;
use serde_json::Value;

use super::notation::{guard, hours, join, status};

/// The contacts as CSV (RFC 4180) with a header row, in UTF-8 without a byte order mark: not every
/// gateway counts its bytes, and a file cut short is worse than a program that has to be told. One column holds all
/// channels: the columns of one channel each can hold neither their order nor a third number.
pub(crate) fn write_csv(contacts: &[Contact]) -> String {
    let mut sheet = String::new();
    line(&mut sheet, FIELDS.map(|field| field.name.to_owned()));
    for contact in contacts {
        line(&mut sheet, cells(contact));
    }
    sheet
}

fn line(sheet: &mut String, cells: [String; FIELDS.len()]) {
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

fn cells(contact: &Contact) -> [String; FIELDS.len()] {
    let stored = serde_json::to_value(contact).unwrap_or_default();
    FIELDS.map(|field| {
        let value = &stored[field.name];
        let text = || value.as_str().unwrap_or_default().to_owned();
        let list = || value.as_array().map(|all| join(all.iter().filter_map(Value::as_str)));
        match field.cell {
            Cell::Text => text(),
            Cell::Number => value.to_string(),
            Cell::List | Cell::Roles => list().unwrap_or_default(),
            Cell::Channels => {
                let typed =
                    |channel: &Channel| format!("{}:{}", channel.kind().name(), channel.address());
                let channels: Vec<String> = contact.channels.iter().map(typed).collect();
                join(channels.iter().map(String::as_str))
            }
            Cell::Hours => hours(&contact.availability),
            Cell::Status => status(contact.status),
        }
    })
}
