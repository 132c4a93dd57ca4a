//! What AWS Incident Manager should know of the roster, and the changes that bring it there.
//!
//! Everything of ours there has a name that begins with a prefix, and nothing else is ever touched. Its
//! ARNs are the service's: here a contact goes by its alias, a channel by its contact and its place.

mod diff;
mod escalations;
mod hand;
mod legal;
mod people;
mod report;
mod response;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use diff::{Change, changes};
pub use escalations::{alias as escalation_alias, escalations, plan_of};
pub use hand::{Written, by_hand};
pub use people::{alias as contact_alias, contact_of, people};
pub use report::{ChannelNotActivated, SyncFailure, SyncReport};
pub use response::{
    Manner, PagingBackend, ResponsePlan, Runbook, impact, is_ours, quiet_plan_name,
    response_plan_name, response_plans,
};

use crate::value::channel::ChannelType;

/// Whether Incident Manager is to be used, as the stack says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// It is; nobody need ask.
    On,
    /// It is not.
    Off,
    /// If the account has a replication set.
    #[default]
    Auto,
}

/// What happens to changes that a person makes in Incident Manager.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ManualEdits {
    /// Muster restores what was edited.
    #[default]
    Revert,
    /// Muster leaves the edits and reports them.
    Keep,
}

/// What the names of ours begin with, unless the stack says otherwise.
pub const PREFIX: &str = "muster";

/// How long an engagement plan waits after each channel, in minutes, before it tries the next.
pub const NEXT_CHANNEL: u8 = 1;

/// A contact's name in Incident Manager: 1 to 255 characters of `a-z`, `0-9`, `_` and `-`.
pub type Alias = String;

/// A channel as it should be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// Its kind, which can never change there.
    pub kind: ChannelType,
    /// The number or address.
    pub address: String,
    /// Its name: kind and place, `sms-2`.
    pub name: String,
}

impl fmt::Debug for Line {
    /// Without the number or address: what is debugged is logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A PERSONAL contact as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name that people see, legal there.
    pub display_name: String,
    /// Its channels in order of preference; the engagement plan goes through them in this order.
    pub lines: Vec<Line>,
}

/// A stage of an ESCALATION contact: these people, and then this long a wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// 0 to 30 minutes; longer waits are chained.
    pub minutes: u8,
    /// Whom it engages.
    pub targets: Vec<Alias>,
}

/// An ESCALATION contact as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The name that people see.
    pub display_name: String,
    /// Its stages.
    pub stages: Vec<Stage>,
}

/// Everything as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// People by alias.
    pub people: BTreeMap<Alias, Person>,
    /// Escalations by alias.
    pub escalations: BTreeMap<Alias, Escalation>,
    /// Response plans by name.
    pub plans: BTreeMap<Alias, ResponsePlan>,
}

/// A channel as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActualChannel {
    /// Its ARN.
    pub arn: String,
    /// What it is.
    pub line: Line,
    /// Whether its owner has activated it; no other is ever engaged.
    pub activated: bool,
}

/// A PERSONAL contact as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualPerson {
    /// The name that people see.
    pub display_name: String,
    /// Its channels, in no order.
    pub channels: Vec<ActualChannel>,
    /// The engagement plan, stage by stage: how long it waits, in minutes, after which channels, by ARN.
    pub plan: Vec<(u8, Vec<String>)>,
}

/// An ESCALATION contact as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualEscalation {
    /// The name that people see.
    pub display_name: String,
    /// Its stages; a target that is no contact of ours has its ARN.
    pub stages: Vec<Stage>,
}

/// Everything of ours as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actual {
    /// People by alias.
    pub people: BTreeMap<Alias, ActualPerson>,
    /// Escalations by alias.
    pub escalations: BTreeMap<Alias, ActualEscalation>,
    /// Response plans by name.
    pub plans: BTreeMap<Alias, ResponsePlan>,
}

#[cfg(test)]
mod tests;
