//! What somebody says is wrong with an entry: it waits for the roster's owner.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Subject;
use crate::value::id::ContactId;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeRequestType {
    /// Some fields: a JSON merge patch (RFC 7396) that would mend them, as text; and what else there is
    /// to say.
    Correction {
        /// The patch, as JSON.
        patch: String,
        /// In the person's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The person has left the role, or the organization is no longer ours.
    Departure {
        /// In the person's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// What the owner has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether the entry was changed so.
    pub approved: bool,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A correction that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// Its id.
    pub id: String,
    /// Of whose entry.
    pub subject: Subject,
    /// Who asks for it.
    pub requested_by: ContactId,
    /// When.
    pub requested_at: Timestamp,
    /// What is wrong.
    #[serde(flatten)]
    pub r#type: ChangeRequestType,
    /// What was decided; nothing while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl ChangeRequest {
    /// The person who says to have left, while nobody has decided about it.
    #[must_use]
    pub fn leaving(&self) -> Option<&ContactId> {
        match (&self.r#type, &self.subject, &self.decision) {
            (ChangeRequestType::Departure { .. }, Subject::Contact(id), None) => Some(id),
            _ => None,
        }
    }
}
