//! What is wrong with a value somebody sent: the field, the fault and a value that would do.

use serde::Serialize;

/// One fault of a request; a request's faults are reported all together.
///
/// It never repeats the value that was sent, since that may be somebody's number or address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where, as a path into the JSON: `channels[1].address`.
    pub field: String,
    /// What is wrong, as the end of a sentence that begins with the field.
    pub message: String,
    /// A value that would pass.
    pub example: String,
}

impl FieldError {
    /// A fault at `field`.
    pub fn new(field: impl Into<String>, fault: impl Into<String>, example: &str) -> Self {
        Self { field: field.into(), message: fault.into(), example: example.to_owned() }
    }
}
