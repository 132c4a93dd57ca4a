//! A page on an incident's timeline.

use jiff::Timestamp;
use muster_domain::incident::send::{Delivery, DeliveryState, DeliveryStatus};
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use serde::Serialize;

/// Marks an entry of a timeline as a page.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
enum PageEvent {
    /// A page.
    Page,
}

/// A page to one contact on one channel.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct PageEntry {
    /// Time of the last change of the delivery.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    at: Timestamp,
    /// Always `page`.
    event: PageEvent,
    /// Number of the escalation run (1-based).
    run: u32,
    /// Number of the round (1-based).
    round: u32,
    /// Number of the step (1-based).
    step: u32,
    /// ID of the contact; `external:<id>` for an external resource, `topic:emergency` for the emergency topic.
    #[cfg_attr(test, schema(value_type = String))]
    contact: Recipient,
    /// Channel of the contact: its type, with its position from the second of a type on, as in `sms-2`.
    channel: SendChannel,
    /// State of the delivery.
    state: DeliveryStatus,
    /// Time when the sending lease expires (state `sending`).
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_expires_at: Option<Timestamp>,
    /// Process that sends the page (state `sending`).
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<String>,
    /// Earliest time for the digest (state `held`).
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    /// Message ID of the provider (state `sent`).
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    /// Error code of the provider (state `failed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Whether a retry might succeed (state `failed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
    /// Number of attempts (1-based).
    attempts: u32,
}

impl PageEntry {
    pub(crate) const fn at(&self) -> Timestamp {
        self.at
    }
}

impl From<Delivery> for PageEntry {
    fn from(Delivery { key, state, attempts, at }: Delivery) -> Self {
        let mut entry = Self {
            at,
            event: PageEvent::Page,
            run: key.cursor.run,
            round: key.cursor.round,
            step: key.cursor.step + 1,
            contact: key.contact,
            channel: key.channel,
            state: state.status(),
            lease_expires_at: None,
            claimed_by: None,
            not_before: None,
            message_id: None,
            error: None,
            retryable: None,
            attempts,
        };
        match state {
            DeliveryState::Sending { lease_expires_at, claimed_by } => {
                entry.lease_expires_at = Some(lease_expires_at);
                entry.claimed_by = Some(claimed_by);
            }
            DeliveryState::Sent { message_id } => entry.message_id = Some(message_id),
            DeliveryState::Failed { error, retryable } => {
                entry.error = Some(error);
                entry.retryable = Some(retryable);
            }
            DeliveryState::Held { not_before } => entry.not_before = Some(not_before),
            DeliveryState::Unavailable
            | DeliveryState::DryRun
            | DeliveryState::Dropped
            | DeliveryState::Unconfirmed => {}
        }
        entry
    }
}
