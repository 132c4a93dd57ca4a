//! What is known of the ways to reach somebody: when each was last proven, and whether it is dead.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::roster::contact::Contact;
use crate::value::id::ContactId;
use crate::value::words::words;

words! {
    /// Reason why messages to a channel are undeliverable.
    pub enum UndeliverableReason {
        /// Email bounced, so SES sends no more.
        Bounced = "bounced",
        /// The recipient marked an email as spam, so SES sends no more.
        Complaint = "complaint",
        /// The recipient replied STOP, so no more text messages are sent.
        OptedOut = "opted_out",
    }
}

impl UndeliverableReason {
    /// What has happened, as the end of a sentence that begins with the channel.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Bounced => "is dead: mail to it came back",
            Self::Complaint => "is dead: mail to it was called unwanted",
            Self::OptedOut => "is dead: its owner answered STOP",
        }
    }
}

/// Verification of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChannelVerification {
    /// Time of the last verification. Omitted if never verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub verified_at: Option<Timestamp>,
    /// Time of the last channel test. Omitted if never tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub tested_at: Option<Timestamp>,
    /// Reason why messages are undeliverable. Omitted if they are deliverable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub undeliverable_reason: Option<UndeliverableReason>,
}

impl ChannelVerification {
    /// Whether it was proven within `limit` before `now`.
    #[must_use]
    pub fn proven(&self, limit: SignedDuration, now: Timestamp) -> bool {
        self.verified_at.is_some_and(|at| now.duration_since(at) <= limit)
    }
}

/// What is known of everybody's channels, in the order in which the contact has them. Whoever is not in
/// it, or has more channels than it knows, has nothing proven.
pub type Reached = BTreeMap<ContactId, Vec<ChannelVerification>>;

/// What is known of each of somebody's channels.
#[must_use]
pub fn of(contact: &Contact, known: &Reached) -> Vec<ChannelVerification> {
    let known = known.get(&contact.id).map(Vec::as_slice).unwrap_or_default();
    (0..contact.channels.len()).map(|i| known.get(i).copied().unwrap_or_default()).collect()
}
