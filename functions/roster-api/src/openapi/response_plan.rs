//! The response plan, its check and the evidence pack, as the document has them.

#![expect(dead_code, reason = "their shapes are read, and never their values")]
#![expect(clippy::struct_field_names, reason = "the names are those in JSON")]

use serde::Deserialize;
use utoipa::ToSchema;
use utoipa::openapi::Schema;

use super::operation::{Draft, of, text};
use super::operations::{fault, stores};
use super::plans::{EscalationPlan, Severity};
use super::review::in_forms;
use super::roster::{IncidentType, Role, Status};
use crate::problem::Problem;
use crate::routes::Route;

/// A phase of the response.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Detect,
    Analyse,
    Contain,
    Eradicate,
    Recover,
    Learn,
}

/// Whose names the phases have.
#[derive(Deserialize, ToSchema)]
pub(super) enum Framework {
    #[serde(rename = "nist_800_61r2")]
    Nist80061r2,
    #[serde(rename = "nist_800_61r3")]
    Nist80061r3,
    #[serde(rename = "plain")]
    Plain,
}

/// A line of the RACI chart.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    phase: Phase,
    #[schema(min_length = 1, max_length = 200)]
    activity: String,
    #[schema(max_items = 30)]
    responsible: Option<Vec<Role>>,
    /// Exactly one, as the check says.
    #[schema(max_items = 30)]
    accountable: Option<Vec<Role>>,
    #[schema(max_items = 30)]
    consulted: Option<Vec<Role>>,
    #[schema(max_items = 30)]
    informed: Option<Vec<Role>>,
}

/// What is done in a phase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PhaseActions {
    phase: Phase,
    #[schema(max_items = 30)]
    actions: Option<Vec<String>>,
}

/// What a severity means.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeverityText {
    severity: Severity,
    #[schema(min_length = 1, max_length = 200)]
    definition: String,
}

/// A line of the communication plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    #[schema(min_length = 1, max_length = 200)]
    audience: String,
    least_severity: Severity,
    #[schema(min_length = 1, max_length = 200)]
    channel: String,
    owner: Role,
    #[schema(min_length = 1, max_length = 200)]
    cadence: String,
    approval: Option<Role>,
}

/// Whether a way to talk is the usual one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Usage {
    Primary,
    Backup,
}

/// A way in which the team talks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Talk {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    usage: Usage,
    #[schema(min_length = 1, max_length = 200)]
    how: String,
    #[schema(max_items = 30)]
    depends_on: Option<Vec<String>>,
}

/// An exercise to come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedExercise {
    #[schema(format = "date")]
    on: String,
    #[schema(min_length = 1, max_length = 200)]
    what: String,
}

/// What is sent to change the response plan's settings. What is missing has its default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation": "Example Ltd", "framework": "nist_800_61r3"}))]
pub(super) struct PlanSettingsDraft {
    #[schema(min_length = 1, max_length = 200)]
    organisation: Option<String>,
    #[schema(min_length = 1, max_length = 4000)]
    purpose: Option<String>,
    #[schema(min_length = 1, max_length = 4000)]
    scope: Option<String>,
    /// The id of the contact who keeps the plan.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    owner: Option<String>,
    approver: Option<Role>,
    framework: Option<Framework>,
    #[schema(minimum = 1, maximum = 24)]
    review_months: Option<i64>,
    #[schema(max_items = 100)]
    raci: Option<Vec<Activity>>,
    #[schema(max_items = 100)]
    phases: Option<Vec<PhaseActions>>,
    #[schema(max_items = 100)]
    severities: Option<Vec<SeverityText>>,
    #[schema(max_items = 100)]
    communication: Option<Vec<Message>>,
    #[schema(max_items = 100)]
    channels: Option<Vec<Talk>>,
    #[schema(max_items = 100)]
    exercises: Option<Vec<PlannedExercise>>,
    #[schema(minimum = 0)]
    version: Option<u64>,
    created_at: Option<serde_json::Value>,
    created_by: Option<serde_json::Value>,
    updated_at: Option<serde_json::Value>,
    updated_by: Option<serde_json::Value>,
    reviewed_at: Option<serde_json::Value>,
    unconfirmed_since: Option<serde_json::Value>,
}

/// The response plan's settings; version 0 is what Muster brings along.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanSettings {
    organisation: Option<String>,
    purpose: String,
    scope: String,
    owner: Option<String>,
    approver: Role,
    framework: Framework,
    review_months: u8,
    raci: Vec<Activity>,
    phases: Vec<PhaseActions>,
    severities: Vec<SeverityText>,
    communication: Vec<Message>,
    channels: Vec<Talk>,
    exercises: Vec<PlannedExercise>,
    #[schema(format = "date-time")]
    created_at: String,
    created_by: String,
    #[schema(format = "date-time")]
    updated_at: String,
    updated_by: String,
    /// Counts the changes; also the entity tag.
    version: u64,
}

/// Something that is open in the plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenPoint {
    severity: Severity,
    /// What kind of thing; it stays.
    #[schema(example = "accountable_not_one")]
    code: String,
    subject: String,
    what: String,
    why: String,
    todo: String,
}

/// What is open in the plan, the gravest first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenPoints {
    items: Vec<OpenPoint>,
}

/// Somebody of the team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamMember {
    id: String,
    name: String,
    roles: Vec<Role>,
    level: u8,
    status: Status,
    backup: Option<String>,
    unconfirmed: bool,
}

/// Somebody who must be told of an incident.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotificationDuty {
    resource: String,
    organisation: String,
    incident_types: Vec<IncidentType>,
    within_hours: u32,
    owner: Option<String>,
}

/// A drill that was held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Exercise {
    id: String,
    #[schema(format = "date-time")]
    at: String,
    mode: super::drills::DrillMode,
    incident_type: IncidentType,
    severity: Severity,
    /// Absent if it was for named people alone.
    plan: Option<String>,
    answers: u64,
    first_answer_after_seconds: Option<i64>,
}

/// A change of the settings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revision {
    #[schema(format = "date-time")]
    at: String,
    by: String,
    version: u64,
    what: String,
}

/// The response plan as data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponsePlan {
    #[schema(format = "date-time")]
    generated_at: String,
    open_points: Vec<OpenPoint>,
    settings: PlanSettings,
    team: Vec<TeamMember>,
    escalation_plans: Vec<EscalationPlan>,
    duties: Vec<NotificationDuty>,
    exercises: Vec<Exercise>,
    revisions: Vec<Revision>,
}

/// A route's operation, if it is one of these.
pub(super) fn operation(route: &Route) -> Option<Draft> {
    let draft = match (route.method, route.path) {
        ("get", "/response-plan") => {
            let draft = Draft::new("readResponsePlan", "Response plan", "The incident response plan")
                .about("Made of the roster and the settings as they are now. The HTML is one file and made to be printed.");
            in_forms(draft, "The plan.", of::<ResponsePlan>())
        }
        ("get", "/response-plan/check") => {
            Draft::new("checkResponsePlan", "Response plan", "What is open in the plan")
                .ok(200, "The open points.", of::<OpenPoints>())
                .problems(stores())
        }
        ("get", "/evidence") => Draft::new("readEvidence", "Response plan", "What an auditor asks for, in one file")
            .about("Plan, RACI chart, checks, the roster as of a day, reviews, drills and changes, with SHA-256 digests. Numbers and addresses of people are masked.")
            .query(
                "as_of",
                text().format(Some(utoipa::openapi::schema::SchemaFormat::Custom("date".into()))),
                "The roster as it was at the end of this day (UTC); as it is now unless given.",
            )
            .answer(200, "A zip file.", vec![("application/zip", Schema::Object(text().build()).into())])
            .answer_header(200, "Content-Disposition", "Its name.")
            .problems([Problem::bad_query(fault())])
            .problems(stores()),
        _ => return None,
    };
    Some(draft)
}
