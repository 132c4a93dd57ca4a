//! Reviews, proofs, corrections, the coverage report and notification duties, as the document has them.

#![expect(dead_code, reason = "their shapes are read, and never their values")]

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::plans::Severity;
use super::roster::ChannelType;

/// A reminder that went out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reminder {
    /// The month it was for.
    #[schema(example = "2026-11")]
    month: String,
    #[schema(format = "date-time")]
    at: String,
}

/// How the review of one entry stands.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Review {
    /// `contact:<id>` or `external:<id>`.
    subject: String,
    /// Those since the last answer, oldest first.
    reminders: Vec<Reminder>,
    #[schema(format = "date-time")]
    answered_at: Option<String>,
    #[schema(format = "date-time")]
    manager_told_at: Option<String>,
    version: u64,
}

/// How all reviews stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reviews {
    items: Vec<Review>,
}

/// Which entries people are asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewDraft {
    /// `contact:<id>` or `external:<id>`; all that are due unless given.
    #[schema(max_items = 100)]
    subjects: Option<Vec<String>>,
}

/// What was asked for, and is on its way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedReview {
    request: String,
}

/// Why nothing arrives by a channel any more.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Dead {
    Bounced,
    Complained,
    OptedOut,
}

/// What is known of one of somebody's channels.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reach {
    /// Its place in the contact's list, from 0.
    n: usize,
    r#type: ChannelType,
    /// Masked.
    address: String,
    /// When its owner last showed that a message arrived.
    #[schema(format = "date-time")]
    proven_at: Option<String>,
    #[schema(format = "date-time")]
    asked_at: Option<String>,
    dead: Option<Dead>,
    /// Whether it was proven lately enough, and is not dead.
    good: bool,
}

/// What is known of each of somebody's channels.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Proofs {
    items: Vec<Reach>,
}

/// What the owner decided about a correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    approved: bool,
    by: String,
    #[schema(format = "date-time")]
    at: String,
}

/// What is wrong with an entry.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrongWith {
    Fields,
    Left,
}

/// A correction that somebody asks for on their page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    id: String,
    /// `contact:<id>` or `external:<id>`.
    subject: String,
    /// Who asks for it.
    by: String,
    #[schema(format = "date-time")]
    at: String,
    wrong: WrongWith,
    /// The merge patch (RFC 7396) that it asks for.
    patch: Option<serde_json::Value>,
    note: Option<String>,
    /// Absent while it waits.
    decision: Option<Decision>,
}

/// The corrections that wait, oldest first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Corrections {
    items: Vec<Correction>,
}

/// The coverage report in numbers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    people: u64,
    due: u64,
    unconfirmed: u64,
    channels: u64,
    proven: u64,
    dead: u64,
    roles_unfilled: u64,
    /// By severity.
    findings: BTreeMap<String, u64>,
}

/// Something that the roster lacks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverageFinding {
    /// What kind of thing; it stays.
    #[schema(example = "role_unfilled")]
    code: String,
    severity: Severity,
    /// A `kind` and the ids that go with it.
    about: serde_json::Value,
    what: String,
    why: String,
    todo: String,
}

/// The coverage report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Coverage {
    #[schema(format = "date-time")]
    at: String,
    totals: Totals,
    /// The gravest first; 5,000 at most.
    findings: Vec<CoverageFinding>,
    /// How many more there are.
    left_out: u64,
}

/// A time at which people are told of a duty.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DutyStage {
    Start,
    Half,
    Soon,
    Over,
}

/// That a report was made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported {
    by: String,
    #[schema(format = "date-time")]
    at: String,
    note: Option<String>,
}

/// The clock of a notification duty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DutyClock {
    incident: String,
    /// The external resource that must be told.
    resource: String,
    organisation: String,
    within_hours: u32,
    #[schema(format = "date-time")]
    started_at: String,
    #[schema(format = "date-time")]
    deadline: String,
    /// What people were told of.
    told: Vec<DutyStage>,
    done: Option<Reported>,
    drill: bool,
    /// The types of the incident's findings whose duties are counted.
    #[serde(default)]
    incident_types: Vec<super::roster::IncidentType>,
    /// How often a finding that joined has started the clock again.
    restarts: u32,
    version: u64,
}

/// That a report was made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DutyDone {
    /// Such as the authority's reference.
    #[schema(min_length = 1, max_length = 200)]
    note: Option<String>,
}
