//! Contacts as files: sheets (CSV, RFC 4180) and JSON in and out, vCards (RFC 6350) out.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::draft::ContactInput;
use muster_domain::value::id::ContactId;
use muster_domain::value::stamps::Stamp;
use serde::Deserialize as _;
use serde_json::Value;

mod columns;
mod json;
mod notation;
mod read;
mod row;
mod vcard;
mod write;

pub(crate) use json::read_json;
pub(crate) use read::read_csv;
pub(crate) use vcard::write_vcards;
pub(crate) use write::write_csv;

/// Largest file, in bytes: what a call through the gateway may carry is 10 MB, and 6 MB once it is
/// an event of Lambda's.
pub(crate) const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Most contacts of a file.
pub(crate) const MAX_ROWS: usize = 10_000;

/// One contact of a file, not yet judged.
#[derive(Clone)]
pub(crate) struct Row {
    /// Line number (CSV) or position (JSON), 1-based.
    pub(crate) line: usize,
    /// The contact in the API's shape.
    pub(crate) contact: Value,
    /// What is wrong with it as a row of a sheet.
    faults: Vec<FieldError>,
    /// The fields that the sheet has columns for; none for JSON, which says all there is to say.
    covered: Option<Arc<BTreeSet<&'static str>>>,
}

impl Row {
    /// The id of the contact it describes, given or made from the name; none if there is neither.
    pub(crate) fn id(&self) -> Option<ContactId> {
        match &self.contact["id"] {
            Value::Null => ContactId::from_name(self.contact["name"].as_str()?),
            given => given.as_str()?.parse().ok(),
        }
    }

    /// The row with `current`'s values where the sheet has no column: a sheet without a status must
    /// not bring back who has departed.
    fn completed(&self, current: Option<&Contact>) -> Value {
        let mut contact = self.contact.clone();
        if let (Some(covered), Some(current), Value::Object(fields)) =
            (&self.covered, current, &mut contact)
            && let Ok(Value::Object(kept)) = serde_json::to_value(current)
        {
            let kept = kept.into_iter().filter(|(field, _)| !covered.contains(field.as_str()));
            fields.extend(kept.filter(|(field, _)| field != "version"));
        }
        contact
    }

    /// The contact this row describes; `current` is the entry it replaces, if there is one.
    ///
    /// # Errors
    /// Every fault of the row, by the fields of a contact.
    pub(crate) fn check(
        &self,
        current: Option<&Contact>,
        stamp: &Stamp,
    ) -> Result<Contact, Vec<FieldError>> {
        let contact = self.completed(current);
        let Ok(draft) = ContactInput::deserialize(&contact) else {
            let example = r#"{"name": "Ada Lovelace", …}"#;
            return Err(vec![FieldError::new("contact", "must be a JSON object", example)]);
        };
        let mut faults = self.faults.clone();
        match draft.check(None, current, stamp) {
            Ok(contact) if faults.is_empty() => return Ok(contact),
            Ok(_) => {}
            Err(more) => faults.extend(more),
        }
        Err(faults)
    }
}

// Debug ends up in logs and in failed assertions: never names, numbers and addresses.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Refuses a file that is larger than [`MAX_BYTES`].
fn within_size(bytes: &[u8]) -> Result<(), Vec<FieldError>> {
    if bytes.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(vec![FieldError::new("file", "must be at most 5 MB", "split the file")])
}

fn too_many_rows() -> Vec<FieldError> {
    vec![FieldError::new("file", "must contain at most 10,000 contacts", "split the file")]
}

#[cfg(test)]
mod tests;
