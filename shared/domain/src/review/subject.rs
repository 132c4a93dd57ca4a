//! Whose entry a review is about: a person or an organisation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::id::{ContactId, ResourceId};

/// Entry under review, as `contact:<id>` or `external:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// A contact.
    Contact(ContactId),
    /// An external resource.
    External(ResourceId),
}

/// Why a text names no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be contact:<id> or external:<id>")]
pub struct SubjectError;

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        match text.split_once(':') {
            Some(("contact", id)) => id.parse().map(Self::Contact).map_err(|_| SubjectError),
            Some(("external", id)) => id.parse().map(Self::External).map_err(|_| SubjectError),
            _ => Err(SubjectError),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = SubjectError;

    fn try_from(text: String) -> Result<Self, SubjectError> {
        text.parse()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contact(id) => write!(f, "contact:{id}"),
            Self::External(id) => write!(f, "external:{id}"),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

#[cfg(feature = "schema")]
mod schema {
    //! Schema of an entry under review: a text with a form of its own.

    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::Subject;
    use crate::value::id::MAX_ID;

    impl PartialSchema for Subject {
        fn schema() -> RefOr<Schema> {
            let about = "Entry under review: `contact:<id>` or `external:<id>`.";
            let pattern = format!("^(contact|external):[a-z0-9-]{{1,{MAX_ID}}}$");
            crate::value::schema::text(about, pattern, "contact:ada-lovelace")
        }
    }

    impl ToSchema for Subject {
        fn name() -> std::borrow::Cow<'static, str> {
            "ReviewSubject".into()
        }
    }
}
