//! A JSON value that may be of the wrong type, so that one wrong type does not hide other faults.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// A value as somebody gave it: of the type we want, or not.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Given<T> {
    /// Of the wanted type.
    Value(T),
    /// Of another type, or out of its range.
    Other(IgnoredAny),
}

impl<T> Given<T> {
    /// The value, if it is of the wanted type.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

/// The value inside an optional field that may be absent, null or of the wrong type.
pub fn known<T>(field: Option<&Given<T>>) -> Option<&T> {
    field.and_then(Given::as_ref)
}
