//! What somebody says is wrong with an entry: it waits for the roster's owner.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Subject;
use crate::value::id::ContactId;

/// Type of a change request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeRequestType {
    /// Some fields are wrong.
    Correction {
        /// Requested change as a JSON Merge Patch (RFC 7396), as text.
        patch: String,
        /// Comment of the contact. Omitted if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(
            feature = "schema",
            schema(
                min_length = 1,
                max_length = 1000,
                nullable = false,
                example = "I moved to the network team."
            )
        )]
        note: Option<String>,
    },
    /// The contact has departed, or the organization is no longer used.
    Departure {
        /// Comment of the contact. Omitted if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(
            feature = "schema",
            schema(
                min_length = 1,
                max_length = 1000,
                nullable = false,
                example = "I moved to the network team."
            )
        )]
        note: Option<String>,
    },
}

/// Decision of the roster owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Whether the change was approved.
    pub approved: bool,
    /// IAM ARN or token subject of the caller who decided.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub by: String,
    /// Time of the decision.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
}

/// A change request from a review page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChangeRequest {
    /// Change request ID.
    #[cfg_attr(
        feature = "schema",
        schema(pattern = "^[a-z0-9-]{1,64}$", example = "4h7k2m9p1q3r5s8t")
    )]
    pub id: String,
    /// Entry to change.
    pub subject: Subject,
    /// Contact who made the request.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    pub requested_by: ContactId,
    /// Time of the request.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub requested_at: Timestamp,
    /// Type of the request, with its content.
    #[serde(flatten)]
    pub r#type: ChangeRequestType,
    /// Decision of the roster owner. Omitted while the request is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
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
