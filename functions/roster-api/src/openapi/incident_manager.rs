//! The standing of Incident Manager as the document describes it.

#![expect(dead_code, reason = "their shapes are read, and never their values")]

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::roster::ChannelType;

/// What the last run found and did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IncidentManagerStanding {
    /// Absent until there was one, and in accounts that do not use Incident Manager.
    last_run: Option<SyncReport>,
}

/// The result of a run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SyncReport {
    #[schema(format = "date-time")]
    at: String,
    /// A digest of what the stack asked for.
    manner: String,
    /// Whether the account uses Incident Manager.
    in_use: bool,
    dry_run: bool,
    /// The changes that each contact or escalation needed to be in step.
    drift: BTreeMap<String, Vec<String>>,
    /// Names where somebody has changed something there by hand, which was left as it is.
    left: Vec<String>,
    failed: Vec<SyncFailure>,
    /// Channels that their owners have not activated, which are never engaged.
    inactive: Vec<InactiveChannel>,
}

/// What was done about a channel's activation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    /// `code_sent` or `activated`.
    status: String,
}

/// What to do about it: without a code, one is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivationDraft {
    /// What the channel's owner has read.
    #[schema(pattern = "^[0-9]{6,10}$")]
    code: Option<String>,
}

/// A change that failed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SyncFailure {
    alias: String,
    change: String,
    /// The service's error code, `Skipped`, or `Unreadable` for an entry that cannot be read.
    code: String,
    /// Whether it may work later.
    passing: bool,
}

/// A channel that is never engaged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InactiveChannel {
    alias: String,
    kind: ChannelType,
    name: String,
}
