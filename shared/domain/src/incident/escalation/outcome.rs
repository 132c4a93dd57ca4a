//! What the ends of a turn's sends mean for the emergency topic.

use jiff::Timestamp;

use super::{Emergency, Turn};
use crate::incident::send::{Delivery, DeliveryState};
use crate::value::channel::ChannelType;
use crate::value::channel_key::SendChannel;

impl Turn {
    /// This turn, with the emergency topic told as well if `records`, all that is known of its
    /// sends, say that every one has ended and none went out.
    #[must_use]
    pub fn with_outcome(self, records: &[Delivery], now: Timestamp) -> Self {
        // A notified organization does not help a team that was not paged.
        let counts = |record: &&Delivery| {
            record.key.channel != SendChannel::Topic
                && (self.only_externals || !record.key.contact.is_external())
        };
        let mut sends = records.iter().filter(counts).peekable();
        let tried = sends.peek().is_some();
        let nothing = sends.all(|record| record.given_up(now));
        let wanted = self.only_externals || !self.pages.is_empty();
        if tried && nothing && wanted && self.emergency.is_none() {
            return Self { emergency: Some(Emergency::AllPagesFailed), ..self };
        }
        let shared = ChannelType::ALL.into_iter().filter(|kind| kind.kind().one_provider);
        let ill = shared.into_iter().any(|kind| provider_fails(records, kind, now));
        if ill && self.emergency.is_none() {
            return Self { emergency: Some(Emergency::ChannelFailed), ..self };
        }
        self
    }
}

/// Whether a provider, and not one person's number or address, is what fails: every message of its
/// kind was refused for good, and there were several, or it was for a passing reason each time.
fn provider_fails(records: &[Delivery], kind: ChannelType, now: Timestamp) -> bool {
    let of_kind = || records.iter().filter(|record| record.key.channel.kind() == Some(kind));
    let refused = |record: &Delivery| {
        record.given_up(now)
            && !matches!(record.state, DeliveryState::Unavailable | DeliveryState::Unconfirmed)
    };
    let passing =
        |record: &Delivery| !matches!(record.state, DeliveryState::Failed { retryable: false, .. });
    of_kind().all(refused) && (of_kind().count() > 1 || of_kind().any(passing))
}
