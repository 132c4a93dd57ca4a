//! The names things go by: contacts, external resources, escalation plans and incidents.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest id, in characters: it is part of keys, links and Step Functions execution names (80).
pub const MAX_ID: usize = 64;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 64 characters: a-z, 0-9, and hyphens")]
pub struct IdError;

fn check(text: &str) -> Result<(), IdError> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > MAX_ID || !text.chars().all(legal) {
        return Err(IdError);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A contact's id: 1 to 64 characters of `a-z`, `0-9` and `-`.
    ContactId
}
id! {
    /// An external resource's id: 1 to 64 characters of `a-z`, `0-9` and `-`.
    ResourceId
}
id! {
    /// An escalation plan's id: 1 to 64 characters of `a-z`, `0-9` and `-`.
    PlanId
}
id! {
    /// An incident's id: the day it opened and a digest of what opened it.
    IncidentId
}

macro_rules! from_name {
    ($name:ident) => {
        impl $name {
            /// The id a name gives: `Ada Lovelace` is `ada-lovelace`; none if the name has no
            /// usable letter.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                slug(name).parse().ok()
            }
        }
    };
}
from_name!(ContactId);
from_name!(ResourceId);
from_name!(PlanId);

impl PlanId {
    /// The id of the built-in plan. A stored plan with this id replaces it.
    pub const DEFAULT: &str = "default";

    /// Returns the id of the built-in plan.
    #[must_use]
    pub fn default_plan() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(MAX_ID);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(
                ContactId::from_name(name).as_ref().map(ContactId::as_str),
                expected,
                "{name}"
            );
        };
        check("Ada Lovelace", Some("ada-lovelace"));
        check("  O'Brien, Pat (on call) ", Some("o-brien-pat-on-call"));
        check("李小龙", None);
        check(&"x".repeat(90), Some(&"x".repeat(64)));
    }

    #[test]
    fn ids_have_one_door() {
        assert!("ada".parse::<ContactId>().is_ok());
        for bad in ["", "Ada", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(bad.parse::<ContactId>(), Err(IdError));
            assert!(serde_json::from_value::<ContactId>(bad.into()).is_err());
        }
    }
}
