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
use crate::value::limits::ESCALATION_LEVELS;

/// The highest escalation level there is.
pub const LAST_LEVEL: u8 = *ESCALATION_LEVELS.end();

/// Position of an escalation: run, round, and step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// Number of the escalation run (1-based).
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub run: u32,
    /// Number of the pass through the steps (1-based).
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub round: u32,
    /// Index of the step in the plan (0-based).
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
