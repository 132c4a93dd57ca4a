//! What is known of the ways to reach somebody: when each was last proven, and whether it is dead.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::roster::contact::Contact;
use crate::value::id::ContactId;

/// Why nothing arrives by a channel any more, as its provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndeliverableReason {
    /// Mail to it came back, so that SES sends none any more.
    Bounced,
    /// Its owner called our mail unwanted, so that SES sends none any more.
    Complaint,
    /// Its owner answered STOP, so that SNS sends no texts any more.
    OptedOut,
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

/// What is known of one channel of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelVerification {
    /// When its owner last showed that a message arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// When a message to prove it last went out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested_at: Option<Timestamp>,
    /// Why nothing arrives any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
