//! Digests: the pages that waited for one address, on record before they go out in one message.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::ContactId;
use crate::incident::{Incident, State};
use crate::send::{SendKey, SendState, longest};

/// How many pages one digest takes: its record names each, and DynamoDB's items end at 400 KB.
pub const MOST_PAGES: usize = 1_000;

/// A digest on its way. It is on record before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Names it among the digests to one address, and its rung on the ladder.
    pub mark: String,
    /// How it stands: claimed while it is being sent.
    #[serde(flatten)]
    pub state: SendState,
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
    Ended(SendState),
}

/// What is left of the `digest` on record at `now`. One whose sender stopped ends as unconfirmed: it may
/// have gone out, so it is not sent again.
#[must_use]
pub fn left(digest: Option<&Digest>, now: Timestamp) -> Left {
    match digest.map(|digest| &digest.state) {
        None => Left::Nothing,
        Some(SendState::Claimed { until, .. }) if *until > now && *until <= longest(now) => {
            Left::Busy
        }
        Some(SendState::Claimed { .. }) => Left::Ended(SendState::Unconfirmed),
        Some(state) => Left::Ended(state.clone()),
    }
}

/// Whether an incident still wants this recipient: nobody has answered it, and neither has the recipient,
/// where its plan asks for several.
#[must_use]
pub fn still_wants(incident: &Incident, recipient: &str) -> bool {
    let answered = |id: ContactId| incident.acknowledged_by(&id);
    incident.status == State::Open && !recipient.parse().is_ok_and(answered)
}

/// Whether a held page is still wanted: its incident wants the recipient, or, of an update, is not resolved.
#[must_use]
pub fn still_wanted(incident: &Incident, page: &SendKey) -> bool {
    match page.about {
        None => still_wants(incident, &page.contact),
        Some(_) => incident.status != State::Resolved,
    }
}

/// The codes of calls that nobody answered: the provider may have the message all the same.
const UNANSWERED: [&str; 3] = ["Timeout", "NoConnection", "BadAnswer"];

/// How a digest has ended whose send ended so. Without an answer it may have gone out, and is not sent again.
#[must_use]
pub fn end(state: SendState) -> SendState {
    match state {
        SendState::Failed { error, .. } if UNANSWERED.contains(&error.as_str()) => {
            SendState::Unconfirmed
        }
        other => other,
    }
}

/// Puts the most severe incident first, then the oldest.
pub fn sort(incidents: &mut [Incident]) {
    incidents.sort_by_key(|incident| (std::cmp::Reverse(incident.severity), incident.opened_at));
}

#[cfg(test)]
mod tests;
