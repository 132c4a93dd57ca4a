//! What is wrong with a value somebody sent: the field, the fault and a value that would do.

use serde::Serialize;

/// An invalid field.
// It never repeats the value that was sent, which might be a phone number or an email address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON path of the field, such as `channels[1].address`.
    #[cfg_attr(feature = "schema", schema(example = "limit"))]
    pub field: String,
    /// Error message that completes "{field} …".
    #[cfg_attr(feature = "schema", schema(example = "must be an integer from 1 to 200"))]
    pub message: String,
    /// A valid value.
    #[cfg_attr(feature = "schema", schema(example = "50"))]
    pub example: String,
}

impl FieldError {
    /// A fault at `field`.
    pub fn new(field: impl Into<String>, fault: impl Into<String>, example: &str) -> Self {
        Self { field: field.into(), message: fault.into(), example: example.to_owned() }
    }
}
