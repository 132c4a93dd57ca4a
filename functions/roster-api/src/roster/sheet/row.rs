//! A row of a sheet as a contact in the API's shape.

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::fields::{Cell, ContactField, FIELDS};
use muster_domain::roster::role::Role;
use serde_json::{Map, Value, json};

use super::columns::{Column, SINGLE, letters};
use super::notation::{read_hours, read_status, split, unguard};

const CHANNELS: &str = "sms:+14255550101; email:ada@example.com";
const TYPED: &str = "must be a list of type:address pairs in order of preference";
const HOURS: &str = "24/7 or mon-fri 08:00-18:00; sun 22:00-06:00";
const STATUS: &str = "active, departed or on_leave until 2026-12-31";

/// What the cells say, and what is wrong with them beyond what every contact is judged by.
pub(super) fn contact(columns: &[Column], cells: &[&str]) -> (Value, Vec<FieldError>) {
    let given = columns.iter().zip(cells).map(|(column, cell)| (*column, unguard(cell.trim())));
    let given: Vec<(Column, &str)> = given.filter(|(_, cell)| !cell.is_empty()).collect();
    let of = |column: Column| given.iter().find(|(known, _)| *known == column);
    let (mut contact, mut faults) = (Map::new(), Vec::new());
    for known in &FIELDS {
        let Some((_, cell)) = of(Column::Field(known)) else { continue };
        let (field, value) = (known.name, value(known, cell));
        // A quote that is closed lines too late swallows other people's rows; in a list, a line
        // break beside a semicolon would pass for white space.
        if cell.chars().any(char::is_control) {
            let wrong = "must not contain line breaks or control characters";
            faults.push(FieldError::new(field, wrong, "one line of text"));
        }
        match value {
            Ok(value) => {
                contact.insert(field.into(), value);
            }
            Err(fault) => faults.push(fault),
        }
    }
    let single: Vec<Value> = SINGLE
        .iter()
        .filter_map(|single| Some(channel(single.kind.name(), of(Column::Channel(single))?.1)))
        .collect();
    if !single.is_empty() {
        if contact.contains_key("channels") {
            let wrong = "must be empty if a single-channel column is filled";
            faults.push(FieldError::new("channels", wrong, CHANNELS));
        } else {
            contact.insert("channels".into(), single.into());
        }
    }
    // With no channel at all the contact is short of two types, not of a field.
    contact.entry("channels").or_insert_with(|| json!([]));
    (Value::Object(contact), faults)
}

/// What a cell says of a field.
fn value(field: &ContactField, cell: &str) -> Result<Value, FieldError> {
    let noted = |value: Option<Value>, wrong: &str, example: &str| {
        value.ok_or_else(|| FieldError::new(field.name, wrong, example))
    };
    match field.cell {
        Cell::Text => Ok(json!(cell)),
        Cell::Number => Ok(cell.parse::<i64>().map_or_else(|_| json!(cell), Value::from)),
        Cell::List => Ok(json!(split(cell))),
        Cell::Roles => Ok(split(cell).iter().map(|role| json!(named(role))).collect()),
        Cell::Channels => noted(channels(cell), TYPED, CHANNELS),
        Cell::Hours => {
            let wrong = "must be 24/7 or days and hours, separated by semicolons";
            noted(read_hours(cell), wrong, HOURS)
        }
        Cell::Status => {
            let wrong = "must be active, departed, or \"on_leave until YYYY-MM-DD\"";
            noted(read_status(cell), wrong, STATUS)
        }
    }
}

/// The name of the role that a person calls by its name or title, in any spelling.
fn named(text: &str) -> &str {
    let plain = letters(text);
    Role::ALL.into_iter().map(Role::name).find(|name| letters(name) == plain).unwrap_or(text)
}

fn channels(cell: &str) -> Option<Value> {
    let typed = |entry: &String| {
        let (kind, address) = entry.split_once(':')?;
        Some(channel(&kind.trim().to_lowercase(), address.trim()))
    };
    split(cell).iter().map(typed).collect()
}

/// A channel. A number as people write it, `+1 (425) 555-0101`, loses what is between its digits.
fn channel(kind: &str, address: &str) -> Value {
    let between = [' ', '\u{a0}', '(', ')', '-', '.', '/'];
    let number = kind != "email" && address.starts_with('+');
    let address = if number { address.replace(between, "") } else { address.to_owned() };
    json!({ "type": kind, "address": address })
}
