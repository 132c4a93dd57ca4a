//! Incidents and their timelines as the document describes them.

#![expect(clippy::struct_field_names, reason = "the names are those in JSON")]
#![expect(dead_code, reason = "their shapes are read, and never their values")]

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::drills::Drill;
use super::plans::{EscalationPlan, Severity};
use super::roster::IncidentType;

/// Where an incident stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum IncidentStatus {
    Open,
    Acknowledged,
    Resolved,
}

/// Who did something.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Actor {
    /// A contact, by the link in a page.
    Contact(String),
    /// A caller of the API: an ARN, or the subject of a token.
    Caller(String),
    /// Muster itself.
    Muster,
}

/// Something somebody did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deed {
    by: Actor,
    #[schema(format = "date-time")]
    at: String,
}

/// Which finding it is, the same by every route.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FindingIdentity {
    GuardDuty(String),
    Product { account: Option<String>, product: String, id: String },
}

/// The way a finding came.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Route {
    GuardDuty,
    SecurityHub,
    SecurityHubV2,
    CustomAction,
    Drill,
}

/// What a detector reported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    identity: FindingIdentity,
    route: Route,
    severity: Severity,
    incident_type: IncidentType,
    finding_type: String,
    account: String,
    region: String,
    title: String,
    description: String,
    resource: Option<String>,
    console_link: String,
    quiet: Option<InactiveReason>,
    #[schema(format = "date-time")]
    last_seen: Option<String>,
    /// When its source reported it.
    #[schema(format = "date-time")]
    reported_at: Option<String>,
    related: Option<Vec<FindingIdentity>>,
    category: Category,
    /// Whether an exploit for the vulnerability is known.
    exploited: bool,
    /// Where it is and who acted, in reading order.
    details: Option<Vec<Detail>>,
    #[schema(format = "date-time")]
    first_seen: Option<String>,
    #[schema(format = "date-time")]
    updated_at: Option<String>,
    /// How often its source has seen it.
    count: Option<u64>,
    asked: Option<Asked>,
    /// Set if it is no real one.
    drill: Option<Drill>,
}

/// Why a finding is nothing to act on now.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum InactiveReason {
    Sample,
    Archived,
    Suppressed,
    Resolved,
    Notified,
    Passed,
    Inconclusive,
}

/// What kind of source reports a finding.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Category {
    Threat,
    Vulnerability,
    Control,
}

/// One line about a finding.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Detail {
    label: String,
    value: String,
}

/// A Security Hub custom action that a person chose for a finding.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The action's name.
    action: String,
    /// The action's ARN.
    action_arn: String,
    /// The account in which it was chosen.
    account: String,
}

/// Why an escalation began that is not the incident's first.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Cause {
    /// A finding is more severe than what was paged for.
    SeverityIncreased {
        /// The severity before.
        from: Severity,
    },
    /// Another finding joined as Critical, or became Critical, while the incident was acknowledged.
    CriticalJoined,
    /// A person asked for the team by a Security Hub custom action.
    Asked {
        /// The action's name.
        action: String,
        /// The account in which it was chosen.
        account: String,
    },
    /// A finding was seen again long after the acknowledgment, or after an escalation without one.
    StillHappening {
        /// When it was seen.
        #[schema(format = "date-time")]
        seen_at: String,
    },
    /// A finding joined, or became more severe, after paging had ended without enough acknowledgments.
    NotAcknowledged,
    /// The incident was not resolved in time after the acknowledgment.
    AcknowledgmentTimedOut,
    /// A finding that its source had closed was reopened there.
    Reopened,
    /// A finding is active although paging had ended because its source had closed the others.
    StillActive,
}

/// The finding for which an escalation began, if it is not the one that the incident is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RaisedBy {
    severity: Severity,
    title: String,
    resource: Option<String>,
}

/// A request of a person for the team, by a Security Hub custom action.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamRequest {
    /// The id of the event that brought it.
    event: String,
    #[schema(format = "date-time")]
    at: String,
}

/// How and since when the source of an incident's findings reports them closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closed {
    /// The finding that this is about.
    finding: Option<FindingIdentity>,
    state: InactiveReason,
    /// Since when, by the source's time.
    #[schema(format = "date-time")]
    at: String,
    /// Whether that ended the paging.
    stopped: bool,
}

/// An incident.
#[derive(Deserialize, ToSchema)]
pub(super) struct Incident {
    id: String,
    status: IncidentStatus,
    severity: Severity,
    r#type: IncidentType,
    account: String,
    region: String,
    title: String,
    finding: Finding,
    findings: u64,
    #[schema(format = "date-time")]
    opened_at: String,
    acknowledgements: Vec<Deed>,
    /// How many of those had done so before it last became more serious.
    acknowledged_before: u64,
    /// Which escalation runs, from 1; becoming more serious starts another.
    run: u32,
    /// When that began.
    #[schema(format = "date-time")]
    run_at: String,
    /// Why that began, if it is not the first.
    cause: Option<Cause>,
    raised_by: Option<RaisedBy>,
    /// The last request of a person for the team.
    request: Option<TeamRequest>,
    closed: Option<Closed>,
    /// The resolved incident that its finding was of before.
    previous: Option<String>,
    resolution: Option<Deed>,
    plan: EscalationPlan,
    highest_level: u8,
    version: u64,
}

/// A fact of a timeline.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    #[schema(format = "date-time")]
    at: String,
    /// `opened`, `attached`, `severity_increased`, `raised`, `closed_at_source`, `reopened_at_source`, `step`,
    /// `update_sent`, `emergency`, `acknowledged`, `lapsed`, `resolved`, `engaged`.
    what: String,
    by: String,
    text: String,
    /// The finding it is about, if it is about one.
    finding: Option<NamedFinding>,
}

/// What names a finding on a timeline, and leads to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedFinding {
    identity: FindingIdentity,
    severity: Severity,
    /// The product's own type.
    finding_type: String,
    title: String,
    resource: Option<String>,
    console_link: String,
}

/// How a page stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PageState {
    Claimed,
    Sent,
    Failed,
    Unavailable,
    Dry,
    Held,
    Dropped,
    Unconfirmed,
}

/// A page of a timeline.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentPage {
    #[schema(format = "date-time")]
    at: String,
    /// Always `page`.
    what: String,
    run: u32,
    round: u32,
    step: u32,
    contact: String,
    /// The contact's channel: `email`, `sms`, or `voice`, and from the second of a type on its place, as in `sms-2`.
    channel: String,
    state: PageState,
    /// Of a claimed page: until when; of one that is held: not before.
    #[schema(format = "date-time")]
    until: Option<String>,
    /// Of a claimed page: by which run of the pager.
    owner: Option<String>,
    /// Of a sent page: the provider's id.
    message_id: Option<String>,
    /// Of a failed page: the provider's code.
    error: Option<String>,
    /// Of a failed page: whether trying again may help.
    passing: Option<bool>,
    tries: u32,
}

/// A line of a timeline.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum TimelineLine {
    Fact(Fact),
    Page(SentPage),
}

/// An incident with its timeline, oldest first.
#[derive(Deserialize, ToSchema)]
pub(super) struct IncidentWithTimeline {
    #[serde(flatten)]
    incident: Incident,
    timeline: Vec<TimelineLine>,
    /// The clocks of its notification duties.
    duties: Option<Vec<super::reviews::DutyClock>>,
    /// Its record in Incident Manager, where that is in use.
    incident_manager: Option<IncidentManagerRecord>,
}

/// A record in Incident Manager.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IncidentManagerRecord {
    arn: String,
    /// The name of the response plan that it was started on.
    response_plan: Option<String>,
    /// Whom Incident Manager engages in place of Muster, by contact, and whether it can reach them.
    engaged: Option<BTreeMap<String, bool>>,
}
