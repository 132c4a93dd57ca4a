//! An escalation: where it stands, what its next turn needs, and what that turn does.

mod emergency;
mod needs;
mod outcome;
mod plan_turn;
mod turn;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::emergency::Emergency;
pub use self::needs::{Found, Wanted, call, wanted};
pub use self::plan_turn::{plan_turn, plan_update};
pub use self::turn::{ExternalPage, Next, PersonPage, Turn};

use crate::value::id::IncidentId;

/// The highest escalation level there is.
pub const LAST_LEVEL: u8 = 4;

/// Where an escalation stands: the turn that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Which escalation of the incident, from 1.
    pub run: u32,
    /// Which time through the plan's steps, from 1.
    pub round: u32,
    /// Which step, from 0.
    pub step: u32,
}

impl Cursor {
    /// The first turn of an incident's first escalation.
    pub const FIRST: Self = Self { run: 1, round: 1, step: 0 };
}

/// What travels through the state machine: the incident and the turn that comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnInput {
    /// The incident.
    pub incident: IncidentId,
    /// The turn.
    #[serde(flatten)]
    pub cursor: Cursor,
    /// When it is due, to tell how late it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
