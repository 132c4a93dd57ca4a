//! Send records: one for each page to one person by one channel, claimed before it is sent.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::incident::escalation::Cursor;
use crate::value::channel_key::SendChannel;
use crate::value::recipient::Recipient;
use crate::value::words::words;

/// How long a claim holds before another try may take it over: longer than the pager can run
/// (its timeout in the template is 30 s), so that a claim is only taken from the dead.
pub const LEASE: SignedDuration = SignedDuration::from_secs(40);
/// How often a send that failed for a passing reason, or whose pager died, is tried in all.
pub const MOST_TRIES: u32 = 3;
/// How long to wait before a send that failed for a passing reason is tried again.
pub const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// Identifies a delivery within its incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeliveryKey {
    /// Position of the escalation.
    #[serde(flatten)]
    pub cursor: Cursor,
    /// ID of the contact, `external:<id>` for an external resource, or `topic:emergency` for the
    /// emergency topic.
    pub contact: Recipient,
    /// Channel of the delivery.
    pub channel: SendChannel,
    /// Update that the message belongs to. Omitted for a page of an escalation step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// State of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// A process is sending the page.
    Sending {
        /// Time when the sending lease expires.
        lease_expires_at: Timestamp,
        /// Process that sends the page.
        claimed_by: String,
    },
    /// The provider accepted the page.
    Sent {
        /// Message ID of the provider.
        message_id: String,
    },
    /// The provider rejected the page.
    Failed {
        /// Error code of the provider.
        // Never the text of the error, which might repeat the address.
        error: String,
        /// Whether a retry might succeed.
        retryable: bool,
    },
    /// The stack has no provider for the channel type.
    Unavailable,
    /// Not sent: the page belongs to a dry run.
    DryRun,
    /// The paging limit of the channel was reached. The page is sent in a digest.
    Held {
        /// Earliest time for the digest.
        not_before: Timestamp,
    },
    /// The page was held, and the incident was acknowledged or stopped paging before the digest.
    /// Nothing was sent.
    Dropped,
    /// Whether the digest with the page was sent is unknown. The page is not sent again.
    Unconfirmed,
}

impl DeliveryState {
    /// An attempt for which the run had no time left: nothing was sent, and the next run tries it.
    #[must_use]
    pub fn late() -> Self {
        Self::Failed { error: "Late".to_owned(), retryable: true }
    }

    /// Returns the status, which is its name in JSON.
    #[must_use]
    pub const fn status(&self) -> DeliveryStatus {
        match self {
            Self::Sending { .. } => DeliveryStatus::Sending,
            Self::Sent { .. } => DeliveryStatus::Sent,
            Self::Failed { .. } => DeliveryStatus::Failed,
            Self::Unavailable => DeliveryStatus::Unavailable,
            Self::DryRun => DeliveryStatus::DryRun,
            Self::Held { .. } => DeliveryStatus::Held,
            Self::Dropped => DeliveryStatus::Dropped,
            Self::Unconfirmed => DeliveryStatus::Unconfirmed,
        }
    }

    /// Returns its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.status().name()
    }
}

words! {
    /// State of a page.
    pub enum DeliveryStatus {
        /// A process is sending the page.
        Sending = "sending",
        /// The provider accepted the page.
        Sent = "sent",
        /// The provider rejected the page.
        Failed = "failed",
        /// The stack has no provider for the channel type.
        Unavailable = "unavailable",
        /// Not sent: the page belongs to a dry run.
        DryRun = "dry_run",
        /// The paging limit of the channel was reached. The page is sent in a digest.
        Held = "held",
        /// The page was held and is not sent, because the incident no longer pages.
        Dropped = "dropped",
        /// Whether the digest with the page was sent is unknown. The page is not sent again.
        Unconfirmed = "unconfirmed",
    }
}

/// A page to one contact on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Identity of the delivery.
    #[serde(flatten)]
    pub key: DeliveryKey,
    /// State of the delivery.
    #[serde(flatten)]
    pub state: DeliveryState,
    /// Number of attempts (1-based).
    pub attempts: u32,
    /// Time when the delivery reached its state.
    pub at: Timestamp,
}

impl Delivery {
    /// Whether it has ended for good and did not go out. A claim whose owner died counts once its
    /// tries are used up: what kills the pager every time must not go on for ever.
    #[must_use]
    pub fn given_up(&self, now: Timestamp) -> bool {
        match &self.state {
            DeliveryState::Sent { .. }
            | DeliveryState::Held { .. }
            | DeliveryState::Dropped
            | DeliveryState::DryRun => false,
            // It may have gone out, but nobody can rely on it.
            DeliveryState::Unavailable | DeliveryState::Unconfirmed => true,
            DeliveryState::Failed { .. } => !self.may_try_again(),
            DeliveryState::Sending { lease_expires_at: until, .. } => {
                *until <= now && self.attempts >= MOST_TRIES
            }
        }
    }

    /// Whether it failed for a passing reason and has a try left.
    #[must_use]
    pub const fn may_try_again(&self) -> bool {
        matches!(self.state, DeliveryState::Failed { retryable: true, .. })
            && self.attempts < MOST_TRIES
    }
}

/// What to do about a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is claimed by the one who asks: send.
    Mine,
    /// Claim it (as this try) and send.
    Take {
        /// This will be the try with this number, from 1.
        attempt: u32,
    },
    /// Somebody else may be at it, or it failed a moment ago: look again then.
    Later(Timestamp),
    /// Nothing more to do.
    Settled,
}

/// The end of the longest claim that a clock could have made which agrees with this one.
pub(crate) fn longest(now: Timestamp) -> Timestamp {
    now.saturating_add(LEASE * 2).unwrap_or(Timestamp::MAX)
}

/// What `owner` does about a send whose record, if there is one, is `record`.
#[must_use]
pub fn claim(record: Option<&Delivery>, owner: &str, now: Timestamp) -> Claim {
    let Some(record) = record else { return Claim::Take { attempt: 1 } };
    let again = |ready: Timestamp| {
        if ready > now { Claim::Later(ready) } else { Claim::Take { attempt: record.attempts + 1 } }
    };
    match &record.state {
        DeliveryState::Sending { claimed_by: mine, .. } if mine == owner => Claim::Mine,
        // The last resort is tried as long as somebody looks.
        _ if record.given_up(now) && record.key.channel != SendChannel::Topic => Claim::Settled,
        // Longer than any claim holds: the clock that it was made by is ahead, and may be far ahead.
        DeliveryState::Sending { lease_expires_at: until, .. } if *until > longest(now) => {
            again(now)
        }
        DeliveryState::Sending { lease_expires_at: until, .. } => again(*until),
        DeliveryState::Failed { .. } => {
            again(record.at.saturating_add(TRY_AGAIN).unwrap_or(Timestamp::MAX))
        }
        DeliveryState::Sent { .. }
        | DeliveryState::Unavailable
        | DeliveryState::DryRun
        | DeliveryState::Held { .. }
        | DeliveryState::Dropped
        | DeliveryState::Unconfirmed => Claim::Settled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::channel::ChannelType;
    use crate::value::channel_key::ChannelKey;

    #[test]
    fn claims() {
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let soon = now + SignedDuration::from_secs(5);
        let record = |state, tries| Delivery {
            key: DeliveryKey {
                cursor: Cursor { run: 1, round: 1, step: 0 },
                contact: Recipient::Contact("ada".parse().unwrap()),
                channel: ChannelKey::first(ChannelType::Sms).into(),
                about: None,
            },
            state,
            attempts: tries,
            at: now,
        };
        let claimed = |owner: &str| DeliveryState::Sending {
            lease_expires_at: soon,
            claimed_by: owner.into(),
        };
        let failed =
            |passing| DeliveryState::Failed { error: "Throttled".into(), retryable: passing };
        let check = |record: Option<Delivery>, at, expected| {
            assert_eq!(claim(record.as_ref(), "me", at), expected, "{record:?}");
        };
        check(None, now, Claim::Take { attempt: 1 });
        check(Some(record(DeliveryState::Sent { message_id: "m".into() }, 1)), now, Claim::Settled);
        check(Some(record(claimed("other"), 1)), now, Claim::Later(soon));
        check(Some(record(claimed("other"), 1)), soon, Claim::Take { attempt: 2 });
        check(Some(record(claimed("other"), 3)), now, Claim::Later(soon));
        check(Some(record(claimed("other"), 3)), soon, Claim::Settled);
        check(Some(record(claimed("me"), 1)), now, Claim::Mine);
        let ahead = DeliveryState::Sending {
            lease_expires_at: now + LEASE * 3,
            claimed_by: "other".into(),
        };
        check(Some(record(ahead, 1)), now, Claim::Take { attempt: 2 });
        check(Some(record(failed(false), 1)), now, Claim::Settled);
        check(Some(record(failed(true), 1)), now, Claim::Later(now + TRY_AGAIN));
        check(Some(record(failed(true), 1)), now + TRY_AGAIN, Claim::Take { attempt: 2 });
        check(Some(record(failed(true), 3)), now + TRY_AGAIN, Claim::Settled);
        check(Some(record(DeliveryState::Dropped, 1)), now, Claim::Settled);
        check(Some(record(DeliveryState::Unconfirmed, 1)), now, Claim::Settled);
    }

    #[test]
    fn records_round_trip() {
        let text = r#"{"run":1,"round":2,"step":0,"contact":"ada","channel":"sms","state":"sent","message_id":"m","attempts":1,"at":"2026-11-23T03:00:00Z"}"#;
        let record: Delivery = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
        let further = text.replace("\"sms\"", "\"sms-2\"");
        let record: Delivery = serde_json::from_str(&further).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), further);
        // A misspelt channel is an error, not a send of its own.
        assert!(serde_json::from_str::<Delivery>(&text.replace("sms", "smss")).is_err());
    }
}
