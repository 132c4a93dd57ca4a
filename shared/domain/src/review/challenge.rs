//! A code that was sent to a channel: whoever knows it has shown that messages arrive there.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::roster::contact::Contact;
use crate::value::channel::Channel;
use crate::value::id::ContactId;

/// How long a code is good for.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How often a code may be guessed: five of a million.
pub const MOST_TRIES: u8 = 5;
/// How many codes somebody may ask for within [`CODE_LIFE`], by all channels together: what a stranger
/// with a stolen link could make us send.
pub const MOST_CODES: usize = 5;

/// What a right code does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Purpose {
    /// It proves a channel that the contact has.
    Prove,
    /// It adds the channel.
    Add,
    /// It puts the channel in the place of another.
    Replace {
        /// The other.
        old: Channel,
    },
}

/// A code on its way to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Whose channel it is, or is to be.
    pub contact: ContactId,
    /// The channel.
    pub channel: Channel,
    /// What a right code does.
    #[serde(flatten)]
    pub purpose: Purpose,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The code's digest; none until it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How often a code for it was asked for while the one before was good, from 1.
    pub asks: u8,
    /// How often somebody has guessed.
    #[serde(default)]
    pub attempts: u8,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
}

/// What a code that somebody gives is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// It cannot be told any more: too late, too often, or none was sent.
    Over,
}

impl Challenge {
    /// The challenge of a channel, asked for at `now`.
    #[must_use]
    pub fn new(contact: ContactId, channel: Channel, purpose: Purpose, now: Timestamp) -> Self {
        let until = now.saturating_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        let expires_at = until.as_second();
        Self {
            contact,
            channel,
            purpose,
            asked_at: now,
            code: None,
            asks: 1,
            attempts: 0,
            expires_at,
        }
    }

    /// What the code with this digest is worth.
    #[must_use]
    pub fn given(&self, digest: &str, now: Timestamp) -> Given {
        match &self.code {
            Some(code) if now.as_second() < self.expires_at && self.attempts < MOST_TRIES => {
                if code == digest { Given::Right } else { Given::Wrong }
            }
            _ => Given::Over,
        }
    }

    /// The contact's channels once the code was right; none if they have changed so that it cannot be
    /// done any more.
    #[must_use]
    pub fn applied(&self, contact: &Contact) -> Option<Vec<Channel>> {
        let mut channels = contact.channels.clone();
        let there = channels.contains(&self.channel);
        match &self.purpose {
            Purpose::Prove => there.then_some(channels),
            Purpose::Add if there => Some(channels),
            Purpose::Add => {
                channels.push(self.channel.clone());
                Some(channels)
            }
            Purpose::Replace { .. } if there => None,
            Purpose::Replace { old } => {
                let place = channels.iter_mut().find(|channel| *channel == old)?;
                place.clone_from(&self.channel);
                Some(channels)
            }
        }
    }
}
