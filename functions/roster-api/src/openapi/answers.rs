//! What the API answers beside entries: changes, previews, imports, reports and problems.

#![expect(clippy::struct_field_names, reason = "the names are those in JSON")]
#![expect(dead_code, reason = "their shapes are read, and never their values")]

use serde::Deserialize;
use utoipa::ToSchema;

use super::incidents::Category;
use super::plans::{Severity, Threshold};
use super::roster::{ChannelType, IncidentType, Role};

/// One field of a change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldChange {
    field: String,
    /// Absent if it had none, or if it was erased.
    before: Option<serde_json::Value>,
    /// Absent if it has none, or if it was erased.
    after: Option<serde_json::Value>,
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    Created,
    Changed,
    Deleted,
    Revealed,
    Erased,
    /// Somebody came with a link that is not good.
    Refused,
}

/// One change of an entry. Addresses in it are hidden.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// `contact`, `external`, `plan`, `policy`, `response_plan`; `roster` for an export, `link` for a refused link.
    kind: String,
    id: String,
    action: Action,
    /// The caller's ARN, or the subject of a token.
    by: String,
    #[schema(format = "date-time")]
    at: String,
    /// `api`, `import` or `review`.
    source: String,
    /// Why, where a reason was asked for.
    reason: Option<String>,
    version: u64,
    fields: Vec<FieldChange>,
    #[schema(format = "date-time")]
    erased_at: Option<String>,
}

/// An entry's history, oldest first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct History {
    items: Vec<Change>,
}

/// How many records of a history held values that are erased now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erased {
    erased: u64,
}

/// What became of a departure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Departed {
    contact: String,
    successor: Option<String>,
    now_backup_of: Vec<String>,
    now_in_plans: Vec<String>,
    now_without_backup: Option<String>,
}

/// Which starter entries were made, and which were there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Started {
    made: Vec<String>,
    there: Vec<String>,
}

/// What became, or would become, of a row.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Created,
    Changed,
    Unchanged,
    /// Somebody else changed the contact at the same moment; send the file again.
    Conflict,
    /// The table did not take the row; send the file again.
    Failed,
    /// Time ran out before this row; send the file again, and the import goes on here.
    Pending,
    Invalid,
}

/// How many rows have each outcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    created: u64,
    changed: u64,
    unchanged: u64,
    conflict: u64,
    failed: u64,
    pending: u64,
    invalid: u64,
}

/// A row of a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RowOutcome {
    /// In a sheet the line, from 1; in JSON the index, from 0.
    line: u64,
    id: Option<String>,
    outcome: Outcome,
    /// The fields that change, or would.
    fields: Option<Vec<String>>,
    faults: Option<Vec<Fault>>,
}

/// The answer to an import, with a line for each row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Imported {
    dry_run: bool,
    /// Whether anything was written; a row that is not right keeps all from being written.
    written: bool,
    /// Whether each row is stored as the file has it; if not, send the same file again.
    complete: bool,
    /// The line of the first row that is not stored, after an import that is not complete.
    next_line: Option<u64>,
    counts: Counts,
    rows: Vec<RowOutcome>,
}

/// A role and what it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribedRole {
    role: Role,
    title: String,
    responsibilities: Vec<String>,
    skills: Vec<String>,
    level: u8,
    priority: Priority,
}

/// How urgently a role is told.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Priority {
    Immediate,
    High,
    Medium,
}

/// Why somebody is paged.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    Team,
    StandsInFor(String),
    BackupOf(String),
    NextLevel,
    Role(Role),
    Level(u8),
    Named,
    Fallback,
    /// Was reached by an earlier escalation run of the incident, which has become more severe.
    PagedBefore,
}

/// Somebody whom the first step pages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    contact: String,
    name: String,
    roles: Vec<Role>,
    level: u8,
    why: Why,
    channels: Vec<ChannelType>,
    out_of_hours: bool,
    /// Whether reminders to confirm the entry went unanswered.
    unconfirmed: bool,
}

/// Whom the first step of an incident's escalation pages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    severity: Severity,
    incident_type: IncidentType,
    account: String,
    #[schema(format = "date-time")]
    at: String,
    /// The kind of source that findings of this type usually come from.
    category: Category,
    /// The least severity that pages for this kind of source.
    page_from: Threshold,
    paged: bool,
    plan: String,
    /// How many minutes after the incident opens the first step pages.
    after_minutes: u32,
    members: Vec<Member>,
    /// External organizations that the first step notifies.
    external_resources: Vec<WouldNotify>,
}

/// One person whom a turn would page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WouldPage {
    contact: String,
    why: Why,
    channels: Vec<ChannelType>,
}

/// One external organization that a turn would notify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WouldNotify {
    /// The ID of the external resource.
    resource: String,
    channels: Vec<ChannelType>,
}

/// Why the emergency topic is told.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Emergency {
    NobodyToPage,
    NobodyAnswered,
    NothingWentOut,
    ProviderFails,
}

/// One turn of a course.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WouldTurn {
    #[schema(format = "date-time")]
    at: String,
    after_minutes: i64,
    round: u32,
    step: u32,
    pages: Vec<WouldPage>,
    external_resources: Vec<WouldNotify>,
    emergency: Option<Emergency>,
}

/// What would be decided.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Open,
    Record,
}

/// What would become of a finding that nobody has seen before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Simulated {
    verdict: Verdict,
    /// Why it would be recorded and no more.
    reason: Option<String>,
    severity: Severity,
    incident_type: IncidentType,
    account: String,
    /// The kind of source that reports it.
    category: Category,
    /// Whether an exploit for the vulnerability is known.
    exploited: bool,
    /// The least severity that pages for this kind of source.
    page_from: Threshold,
    plan: Option<String>,
    /// Every turn until the end of the plan, as if nobody answered.
    course: Vec<WouldTurn>,
}

/// How a part stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    Ready,
    Off,
    Unknown,
    NeedsSomebody,
}

/// One part of the stack, looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    part: String,
    standing: Standing,
    /// What was seen, and what to do about it.
    detail: String,
    /// The page of the console where it is done; absent if nothing is to do.
    link: Option<String>,
}

/// Whether Muster can page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Readiness {
    ready: bool,
    /// What needs somebody comes first.
    checks: Vec<Check>,
}

/// Alive, and no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "alive"}))]
pub(super) struct Alive {
    status: String,
}

/// One fault of a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// Where, as a path into the JSON.
    field: String,
    fault: String,
    /// A value that would do.
    example: String,
}

/// Something that a change would leave open.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Hole {
    /// Somebody's backup is not in the roster, or has left.
    NoBackup { contact: String },
    /// Nobody is in a role.
    NobodyInRole { role: Role },
    /// An escalation plan names somebody who is not in the roster, or has left.
    PlanNamesNobody { plan: String, contact: String },
    /// An escalation plan names an external resource that there is not.
    PlanNamesNothing { plan: String, resource: String },
    /// Somebody can be reached by one kind of channel only.
    OneChannelType { contact: String },
}

/// What is wrong, as RFC 9457 has it. `type` is stable.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Problem {
    #[schema(format = "uri", example = "urn:muster:invalid")]
    r#type: String,
    title: String,
    status: u16,
    detail: Option<String>,
    /// With 412: the version that is current, if there is one.
    current_version: Option<u64>,
    holes: Option<Vec<Hole>>,
    faults: Option<Vec<Fault>>,
}

/// What the gateway itself answers.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"message": "Forbidden"}))]
pub(super) struct GatewayMessage {
    message: String,
}
