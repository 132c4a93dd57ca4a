//! Digests: the pages that waited for one address, on record before they go out in one message.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::send::{DeliveryKey, DeliveryState, longest};
use crate::incident::{Incident, IncidentStatus};
use crate::value::id::ContactId;
use crate::value::recipient::Recipient;

/// How many pages one digest takes: its record names each, and DynamoDB's items end at 400 KB.
pub const MOST_PAGES: usize = 1_000;

/// A digest on its way. It is on record before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Names it among the digests to one address, and its rung on the ladder.
    pub mark: String,
    /// How it stands: claimed while it is being sent.
    #[serde(flatten)]
    pub state: DeliveryState,
    /// The keys of the held pages that it tells of.
    pub pages: Vec<String>,
    /// When it came to stand so.
    pub at: Timestamp,
}

/// What is left of an earlier digest to the same address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: another may be sent.
    Nothing,
    /// It is being sent.
    Busy,
    /// It ended so, and whoever sent it stopped before its pages were told.
    Ended(DeliveryState),
}

/// What is left of the `digest` on record at `now`. One whose sender stopped ends as unconfirmed: it may
/// have gone out, so it is not sent again.
#[must_use]
pub fn left(digest: Option<&Digest>, now: Timestamp) -> Left {
    match digest.map(|digest| &digest.state) {
        None => Left::Nothing,
        Some(DeliveryState::Sending { lease_expires_at: until, .. })
            if *until > now && *until <= longest(now) =>
        {
            Left::Busy
        }
        Some(DeliveryState::Sending { .. }) => Left::Ended(DeliveryState::Unconfirmed),
        Some(state) => Left::Ended(state.clone()),
    }
}

/// Whether an incident still wants this recipient: nobody has answered it, and neither has the recipient,
/// where its plan asks for several.
#[must_use]
pub fn still_wants(incident: &Incident, recipient: &Recipient) -> bool {
    let answered = |id: &ContactId| incident.acknowledged_by(id);
    incident.status == IncidentStatus::Open && !recipient.contact().is_some_and(answered)
}

/// Whether a held page is still wanted: its incident wants the recipient and its source has not stopped the
/// paging, or, of an update, is not resolved.
#[must_use]
pub fn still_wanted(incident: &Incident, page: &DeliveryKey) -> bool {
    match page.about {
        None => !incident.stopped() && still_wants(incident, &page.contact),
        Some(_) => incident.status != IncidentStatus::Resolved,
    }
}

/// How a digest has ended whose one try ended so. `refused`: whether the provider said that it did nothing, for
/// the message's rate or for want of a permission. After any other passing failure, a server's error or silence,
/// the message may have gone out, and it is not sent again.
#[must_use]
pub fn end(state: DeliveryState, refused: bool) -> DeliveryState {
    match state {
        DeliveryState::Failed { retryable: true, .. } if !refused => DeliveryState::Unconfirmed,
        other => other,
    }
}

/// Returns the pages that one digest names, [`MOST_PAGES`] at most, and whether a page that `asks` for a digest is
/// not among them. Those that ask come first, each kind in its order.
pub fn choose<T>(mut pages: Vec<T>, asks: impl Fn(&T) -> bool) -> (Vec<T>, bool) {
    pages.sort_by_key(|page| !asks(page));
    let rest = pages.split_off(pages.len().min(MOST_PAGES));
    (pages, rest.first().is_some_and(asks))
}

/// Puts the most severe incident first, then the oldest.
pub fn sort(incidents: &mut [Incident]) {
    incidents.sort_by_key(|incident| (std::cmp::Reverse(incident.severity), incident.opened_at));
}

#[cfg(test)]
mod tests;
