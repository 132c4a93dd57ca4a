//! What somebody asks the review to do, on the stack's own bus.

use serde::{Deserialize, Serialize};

use super::Subject;
use crate::value::id::ContactId;

/// The `detail-type` of the event.
pub const KIND: &str = "Muster Review Requested";

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", expecting = "what is wanted of the review")]
pub enum Wanted {
    /// That people confirm entries now.
    Review {
        /// Marks the request: what comes twice is done once.
        request: String,
        /// Which entries; all that are due, if none is named.
        subjects: Vec<Subject>,
    },
    /// That somebody's channels are tested now.
    Proof {
        /// Marks the request.
        request: String,
        /// Whose.
        contact: ContactId,
    },
    /// That a code is sent to a channel.
    Code {
        /// Marks the request.
        request: String,
        /// Who asks.
        contact: ContactId,
        /// Which channel, as challenges are kept.
        channel: String,
    },
    /// That somebody is told, where they were reached before, that their channels were changed.
    Moved {
        /// Whose.
        contact: ContactId,
        /// The version that the change made.
        version: u64,
    },
    /// That the owner is told of a correction that waits.
    Correction {
        /// Which.
        id: String,
    },
}
