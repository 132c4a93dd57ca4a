//! Drills and their reports as the document describes them.

#![expect(dead_code, reason = "their shapes are read, and never their values")]

use serde::Deserialize;
use utoipa::ToSchema;

use super::incidents::{IncidentStatus, PageState};
use super::plans::Severity;
use super::roster::IncidentType;

/// Whether a drill sends.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DrillMode {
    /// Every message goes out, marked as a drill.
    Live,
    /// Everything is decided and recorded, and nothing is sent.
    Dry,
}

/// What makes a finding a drill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Drill {
    mode: DrillMode,
    /// Whom it is for; those of the plan, if nobody is named.
    people: Option<Vec<String>>,
    /// New people, for whom it is besides.
    newcomers: Option<Vec<String>>,
    asked_by: Option<String>,
}

/// A drill as somebody asks for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrillDraft {
    /// `other` unless given.
    incident_type: Option<IncidentType>,
    /// `high` unless given.
    severity: Option<Severity>,
    /// An AWS account id; 000000000000 unless given.
    #[schema(pattern = "^[0-9]{12}$")]
    account: Option<String>,
    /// Ids of contacts; the people of the plan unless given.
    #[schema(max_items = 100)]
    people: Option<Vec<String>>,
    mode: DrillMode,
}

/// A drill that is on its way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedDrill {
    /// Its id, and that of the incident that it opens.
    id: String,
    mode: DrillMode,
    #[schema(format = "date-time")]
    asked_at: String,
}

/// One page of a drill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrilledPage {
    channel: String,
    state: PageState,
    #[schema(format = "date-time")]
    at: String,
    /// After the drill was asked for.
    after_seconds: i64,
}

/// One person of a drill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrilledPerson {
    contact: String,
    pages: Vec<DrilledPage>,
    /// Whether any of them went out.
    reached: bool,
    #[schema(format = "date-time")]
    answered_at: Option<String>,
    /// After the first page to the person that went out.
    answered_after_seconds: Option<i64>,
}

/// What a drill has shown so far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DrillReport {
    id: String,
    mode: DrillMode,
    status: IncidentStatus,
    severity: Severity,
    incident_type: IncidentType,
    account: String,
    /// The name of the escalation plan that it followed.
    plan: String,
    asked_by: Option<String>,
    #[schema(format = "date-time")]
    asked_at: String,
    first_page_after_seconds: Option<i64>,
    first_answer_after_seconds: Option<i64>,
    people: Vec<DrilledPerson>,
    not_answered: Vec<String>,
    not_reached: Vec<String>,
    emergency_topic_told: bool,
}
