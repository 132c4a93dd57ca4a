//! Whether a value is what a service's model asks for: everything that is wrong with it.
//!
//! A service itself reads over members that it does not know. Here they are refused, for they are
//! nearly always a member that somebody has misspelt.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::shape::{Member, Shape};

/// Most letters of a value that a complaint repeats.
const SHOWN: usize = 60;

/// Something wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Where, as in `input.Plan.Stages[0].DurationInMinutes`.
    pub path: String,
    /// What, in AWS's words where it has some.
    pub what: String,
    shown: String,
}

impl Wrong {
    /// What is wrong with the value at this path.
    pub(crate) fn new(path: &str, value: &Value, what: impl Into<String>) -> Self {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { path: path.to_owned(), what: what.into(), shown }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, what, shown } = self;
        // No answer may have a line break: the pattern of some services' messages forbids it.
        let shown = shown.replace(['\n', '\r'], " ");
        write!(out, "Value '{shown}' at '{path}' failed to satisfy constraint: {what}")
    }
}

/// All that is wrong with `value`, which stands at `path`.
pub(crate) fn check(shape: Shape<'_>, value: &Value, path: &str) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    at(shape, value, path, &mut wrongs);
    wrongs
}

/// All of it in one line.
pub(crate) fn told(wrongs: &[Wrong]) -> String {
    wrongs.iter().map(Wrong::to_string).collect::<Vec<_>>().join("; ")
}

fn at(shape: Shape<'_>, value: &Value, path: &str, wrongs: &mut Vec<Wrong>) {
    if shape.is_document() {
        return;
    }
    let complaint = match (shape.kind(), value) {
        ("structure", Value::Object(given)) => {
            structure(shape, given, path, wrongs);
            None
        }
        ("list", Value::Array(given)) => {
            for (index, one) in given.iter().enumerate() {
                if let Some(part) = shape.part("member") {
                    at(part, one, &format!("{path}[{index}]"), wrongs);
                }
            }
            length(shape, given.len())
        }
        ("map", Value::Object(given)) => {
            map(shape, given, path, wrongs);
            length(shape, given.len())
        }
        ("string", Value::String(given)) => return string(shape, given, path, wrongs),
        ("boolean", Value::Bool(_)) => None,
        ("integer", Value::Number(given)) => match given.as_i64() {
            Some(number) if i32::try_from(number).is_ok() => amount(shape, given.as_f64()),
            _ => Some("Member must be a whole number of 32 bits".to_owned()),
        },
        ("long", Value::Number(given)) => match given.as_i64() {
            Some(_) => amount(shape, given.as_f64()),
            None => Some("Member must be a whole number of 64 bits".to_owned()),
        },
        ("float" | "double", Value::Number(given)) => amount(shape, given.as_f64()),
        ("timestamp", Value::Number(_)) if !shape.is_written_time() => None,
        ("timestamp", Value::String(given)) if shape.is_written_time() => {
            let good = given.parse::<Timestamp>().is_ok();
            (!good).then(|| "Member must be a timestamp in ISO 8601".to_owned())
        }
        ("blob", Value::String(given)) => match STANDARD.decode(given) {
            Ok(bytes) => length(shape, bytes.len()),
            Err(_) => Some("Member must be base64".to_owned()),
        },
        ("timestamp", _) if !shape.is_written_time() => {
            Some("Member must be a timestamp in seconds since 1970".to_owned())
        }
        (kind, _) => Some(format!("Member must be a {kind}")),
    };
    wrongs.extend(complaint.map(|what| Wrong::new(path, value, what)));
}

/// A member that is `null` is one that is not there, in AWS's JSON.
fn structure(shape: Shape<'_>, given: &Map<String, Value>, path: &str, wrongs: &mut Vec<Wrong>) {
    let members: Vec<Member<'_>> = shape.members().collect();
    for member in &members {
        let path = format!("{path}.{}", member.wire);
        match given.get(member.wire).unwrap_or(&Value::Null) {
            Value::Null if member.required => {
                wrongs.push(Wrong::new(&path, &Value::Null, "Member must not be null"));
            }
            Value::Null => {}
            value => at(member.shape, value, &path, wrongs),
        }
    }
    for (name, value) in given {
        if !members.iter().any(|member| member.wire == name) {
            let what = format!("{} has no such member", shape.name);
            wrongs.push(Wrong::new(&format!("{path}.{name}"), value, what));
        }
    }
    let set = given.values().filter(|value| !value.is_null()).count();
    if shape.is_union() && set != 1 {
        let what = format!("{} must have exactly one member, not {set}", shape.name);
        wrongs.push(Wrong::new(path, &Value::Object(given.clone()), what));
    }
}

fn map(shape: Shape<'_>, given: &Map<String, Value>, path: &str, wrongs: &mut Vec<Wrong>) {
    let (Some(key), Some(part)) = (shape.part("key"), shape.part("value")) else { return };
    for (name, value) in given {
        let path = format!("{path}[{name}]");
        string(key, name, &path, wrongs);
        at(part, value, &path, wrongs);
    }
}

fn string(shape: Shape<'_>, given: &str, path: &str, wrongs: &mut Vec<Wrong>) {
    let values = shape.values();
    let mut complaints = Vec::from_iter(length(shape, given.chars().count()));
    if let Some(pattern) = shape.pattern().filter(|pattern| !pattern.holds(given)) {
        let text = &pattern.text;
        complaints.push(format!("Member must satisfy regular expression pattern: {text}"));
    }
    if !values.is_empty() && !values.contains(&given) {
        let values = values.join(", ");
        complaints.push(format!("Member must satisfy enum value set: [{values}]"));
    }
    let value = Value::from(given);
    wrongs.extend(complaints.into_iter().map(|what| Wrong::new(path, &value, what)));
}

#[expect(clippy::cast_precision_loss, reason = "no length here is anywhere near 2^52")]
fn length(shape: Shape<'_>, length: usize) -> Option<String> {
    bounds(shape, length as f64, "length")
}

fn amount(shape: Shape<'_>, amount: Option<f64>) -> Option<String> {
    bounds(shape, amount?, "value")
}

fn bounds(shape: Shape<'_>, given: f64, of: &str) -> Option<String> {
    let (least, most) = shape.bounds();
    if let Some(least) = least.filter(|least| given < *least) {
        return Some(format!("Member must have {of} greater than or equal to {least}"));
    }
    let most = most.filter(|most| given > *most)?;
    Some(format!("Member must have {of} less than or equal to {most}"))
}
