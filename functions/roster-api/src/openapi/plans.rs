//! Escalation plans and the policy as the document describes them.

#![expect(dead_code, reason = "their shapes are read, and never their values")]

use serde::Deserialize;
use utoipa::ToSchema;

use super::roster::{ChannelType, IncidentType};

/// How serious something is, least first.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

/// By which of a person's channels a step pages.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum StepChannels {
    Word(StepChannelsWord),
    /// These kinds, in this order; everything for somebody who has none of them.
    Kinds(Vec<ChannelType>),
}

/// Every channel of each contact.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StepChannelsWord {
    All,
}

/// One step of a plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// After the round begins.
    #[schema(minimum = 0, maximum = 1440)]
    after_minutes: u32,
    /// `severity-team`, `backups`, `next-level`, `role:<role>`, `level:<1 to 4>`, `contact:<id>`
    /// or `external:<id>`.
    #[schema(min_items = 1, max_items = 100, example = json!(["severity-team", "role:technical_lead"]))]
    targets: Vec<String>,
    channels: Option<StepChannels>,
}

/// What is sent to make or replace an escalation plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Ransomware", "incident_types": ["malware"], "least_severity": "high",
    "steps": [
        {"after_minutes": 0, "targets": ["severity-team"]},
        {"after_minutes": 10, "targets": ["severity-team", "backups"], "channels": ["voice", "sms"]}
    ]
}))]
pub(super) struct EscalationPlanDraft {
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The types of incident it is for; any if empty or absent.
    #[schema(max_items = 9)]
    incident_types: Option<Vec<IncidentType>>,
    least_severity: Option<Severity>,
    /// In order of time.
    #[schema(min_items = 1, max_items = 20)]
    steps: Vec<Step>,
    #[schema(minimum = 1, maximum = 10)]
    rounds: Option<u32>,
    /// From one round to the next; later than the last step.
    #[schema(minimum = 1, maximum = 1440)]
    round_minutes: Option<u32>,
    /// How many people must acknowledge before paging stops.
    #[schema(minimum = 1, maximum = 10)]
    acknowledgements: Option<u16>,
    /// How long after its last acknowledgement an incident that nobody resolved pages again.
    #[schema(minimum = 1, maximum = 1440)]
    acknowledgement_minutes: Option<u32>,
    #[schema(minimum = 0)]
    version: Option<u64>,
    created_at: Option<serde_json::Value>,
    created_by: Option<serde_json::Value>,
    updated_at: Option<serde_json::Value>,
    updated_by: Option<serde_json::Value>,
    reviewed_at: Option<serde_json::Value>,
    unconfirmed_since: Option<serde_json::Value>,
}

/// How an incident escalates while nobody answers. The most specific plan is chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalationPlan {
    id: String,
    name: String,
    incident_types: Vec<IncidentType>,
    least_severity: Severity,
    steps: Vec<Step>,
    rounds: u32,
    round_minutes: u32,
    acknowledgements: u16,
    acknowledgement_minutes: Option<u32>,
    #[schema(format = "date-time")]
    created_at: String,
    created_by: String,
    #[schema(format = "date-time")]
    updated_at: String,
    updated_by: String,
    /// Counts the changes; also the entity tag.
    version: u64,
}

/// What is sent to replace the policy; what is missing has its default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"page_from": "high"}))]
pub(super) struct PolicyDraft {
    page_from: Option<PageFromDraft>,
    #[schema(minimum = 1, maximum = 4)]
    levels: Option<u8>,
    #[schema(minimum = 1, maximum = 4)]
    levels_high: Option<u8>,
    #[schema(minimum = 1, maximum = 4)]
    levels_critical: Option<u8>,
    #[schema(minimum = 0, maximum = 1440)]
    group_minutes: Option<u32>,
    #[schema(minimum = 1, maximum = 720)]
    group_hours: Option<u32>,
    #[schema(minimum = 15, maximum = 10080)]
    remind_after_minutes: Option<u32>,
    when_closed_at_source: Option<WhenClosedDraft>,
    #[schema(minimum = 1, maximum = 1000)]
    sms_per_15_minutes: Option<u16>,
    #[schema(minimum = 1, maximum = 1000)]
    calls_per_15_minutes: Option<u16>,
    #[schema(minimum = 1, maximum = 1000)]
    emails_per_minute: Option<u16>,
    #[schema(minimum = 0)]
    version: Option<u64>,
    created_at: Option<serde_json::Value>,
    created_by: Option<serde_json::Value>,
    updated_at: Option<serde_json::Value>,
    updated_by: Option<serde_json::Value>,
    reviewed_at: Option<serde_json::Value>,
    unconfirmed_since: Option<serde_json::Value>,
}

/// The least severity that pages: one word for threats, or one for each kind of source.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum PageFromDraft {
    Threats(Threshold),
    Each(PageFromGiven),
}

/// The least severity that pages, by kind of source; what is missing has its default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageFromGiven {
    threats: Option<Threshold>,
    vulnerabilities: Option<Threshold>,
    exploited_vulnerabilities: Option<Threshold>,
    controls: Option<Threshold>,
}

/// The least severity that pages, by kind of source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageFrom {
    threats: Threshold,
    /// Without a known exploit.
    vulnerabilities: Threshold,
    /// With a known exploit.
    exploited_vulnerabilities: Threshold,
    controls: Threshold,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Threshold {
    Informational,
    Low,
    Medium,
    High,
    Critical,
    Never,
}

/// What follows when the source of an incident's findings reports them closed: one word for all kinds of source, or
/// one for each.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum WhenClosedDraft {
    All(SourceClosed),
    Each(WhenClosedGiven),
}

/// What follows, by kind of source; what is missing has its default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenClosedGiven {
    threats: Option<SourceClosed>,
    vulnerabilities: Option<SourceClosed>,
    controls: Option<SourceClosed>,
}

/// What follows, by kind of source, when the source of an incident's findings reports them closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenClosed {
    threats: SourceClosed,
    vulnerabilities: SourceClosed,
    controls: SourceClosed,
}

/// `tell`: the timeline and later messages say so. `stop`: paging stops, too. `resolve`: the incident is resolved.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceClosed {
    Tell,
    Stop,
    Resolve,
}

/// Who is paged from which severity on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    page_from: PageFrom,
    /// The highest escalation level paged for Medium and below.
    levels: u8,
    /// The same for High.
    levels_high: u8,
    /// The same for Critical.
    levels_critical: u8,
    /// How long after its last finding an incident takes in others of its account and type.
    group_minutes: u32,
    /// How long after its first finding a group takes in others, in hours.
    group_hours: u32,
    /// How long after the acknowledgment a finding that is seen again restarts paging, in minutes.
    remind_after_minutes: u32,
    when_closed_at_source: WhenClosed,
    /// How many one person gets; what is more waits for a digest.
    sms_per_15_minutes: u16,
    calls_per_15_minutes: u16,
    emails_per_minute: u16,
    #[schema(format = "date-time")]
    created_at: String,
    created_by: String,
    #[schema(format = "date-time")]
    updated_at: String,
    updated_by: String,
    /// Counts the changes; also the entity tag.
    version: u64,
}
