//! Reading contacts as JSON.

use muster_domain::draft::fault::FieldError;
use serde_json::Value;

use super::{MAX_ROWS, Row, too_many_rows, within_size};

const EXAMPLE: &str = r#"{"contacts": [{"name": "Ada Lovelace", …}]}"#;

/// The contacts of a JSON text: a list of contacts, or an object with that list in `contacts`.
///
/// # Errors
/// What is wrong with the text as a whole. Faults of single contacts are told by [`Row::check`].
pub(crate) fn read_json(bytes: &[u8]) -> Result<Vec<Row>, Vec<FieldError>> {
    within_size(bytes)?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let value = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        vec![FieldError::new(place, "is not valid JSON", EXAMPLE)]
    })?;
    let fault = |wrong: &str| Err(vec![FieldError::new("file", wrong, EXAMPLE)]);
    let contacts = match value {
        Value::Array(contacts) => contacts,
        Value::Object(mut fields) => match fields.remove("contacts") {
            Some(_) if !fields.is_empty() => {
                return fault("must not contain fields other than contacts");
            }
            Some(Value::Array(contacts)) => contacts,
            _ => return fault("must have an array of contacts in contacts"),
        },
        _ => return fault("must be an array of contacts"),
    };
    if contacts.len() > MAX_ROWS {
        return Err(too_many_rows());
    }
    let row = |(line, contact)| Row { line, contact, faults: Vec::new(), covered: None };
    Ok((1..).zip(contacts).map(row).collect())
}
