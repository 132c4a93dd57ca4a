//! Recipients of deliveries and messages.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{ContactId, ResourceId};

/// How the text of an external resource begins.
const EXTERNAL: &str = "external:";
const EMERGENCY: &str = "topic:emergency";
const OWNER: &str = "topic:owner";

/// Why a text is no recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a contact ID, external:<id>, topic:emergency, or topic:owner")]
pub struct RecipientError;

/// Recipient of a delivery. As text a contact ID, `external:<id>`, `topic:emergency`, or `topic:owner`: no ID has a
/// colon, so none of them is mistaken for a contact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// A contact.
    Contact(ContactId),
    /// An external resource.
    External(ResourceId),
    /// The emergency topic.
    EmergencyTopic,
    /// The roster owner's topic.
    OwnerTopic,
}

impl Recipient {
    /// Returns the contact's ID, if it is one.
    #[must_use]
    pub const fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::External(_) | Self::EmergencyTopic | Self::OwnerTopic => None,
        }
    }

    /// Returns whether it is an external resource.
    #[must_use]
    pub const fn is_external(&self) -> bool {
        matches!(self, Self::External(_))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contact(id) => id.fmt(f),
            Self::External(id) => write!(f, "{EXTERNAL}{id}"),
            Self::EmergencyTopic => f.write_str(EMERGENCY),
            Self::OwnerTopic => f.write_str(OWNER),
        }
    }
}

impl std::str::FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        match text {
            EMERGENCY => Ok(Self::EmergencyTopic),
            OWNER => Ok(Self::OwnerTopic),
            _ => match text.strip_prefix(EXTERNAL) {
                Some(id) => id.parse().map(Self::External).map_err(|_| RecipientError),
                None => text.parse().map(Self::Contact).map_err(|_| RecipientError),
            },
        }
    }
}

impl TryFrom<String> for Recipient {
    type Error = RecipientError;

    fn try_from(text: String) -> Result<Self, RecipientError> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.to_string()
    }
}

impl From<&ContactId> for Recipient {
    fn from(id: &ContactId) -> Self {
        Self::Contact(id.clone())
    }
}

impl From<&ResourceId> for Recipient {
    fn from(id: &ResourceId) -> Self {
        Self::External(id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_names_one_recipient() {
        let contact: ContactId = "emergency".parse().unwrap();
        let all = [
            (Recipient::Contact(contact), "emergency"),
            (Recipient::External("dpa".parse().unwrap()), "external:dpa"),
            (Recipient::EmergencyTopic, "topic:emergency"),
            (Recipient::OwnerTopic, "topic:owner"),
        ];
        for (recipient, text) in all {
            assert_eq!(recipient.to_string(), text);
            assert_eq!(text.parse(), Ok(recipient));
        }
        for wrong in ["topic:other", "external:", "external:No Id", "Ada", ""] {
            assert_eq!(wrong.parse::<Recipient>(), Err(RecipientError), "{wrong}");
        }
    }
}
