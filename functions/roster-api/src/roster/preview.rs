//! "Who would be paged?": the team for an incident, and the whole course for a finding.

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use jiff::Timestamp;
use muster_domain::draft::fault::FieldError;
use muster_domain::finding::Finding;
use muster_domain::incident::Incident;
use muster_domain::incident::course::{SimulatedNotification, SimulatedStep, course};
use muster_domain::incident::escalation::{Cursor, Found, LAST_LEVEL, PersonPage, plan_turn};
use muster_domain::incident::verdict::Known;
use muster_domain::incident::verdict::{Verdict, decide};
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::roster::policy::Threshold;
use muster_domain::roster::role::Role;
use muster_domain::roster::team::{PageReason, People};
use muster_domain::value::category::Category;
use muster_domain::value::channel::{Channel, ChannelType};
use muster_domain::value::id::{ContactId, PlanId};
use muster_domain::value::incident_type::IncidentType;
use muster_domain::value::severity::Severity;
use muster_runtime::error::AwsError;
use muster_runtime::event;
use muster_runtime::secret::incident_id;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::App;
use crate::http::answer::List;
use crate::http::problem::Problem;
use crate::http::request::Body;

#[derive(Deserialize)]
struct Parameters {
    incident_type: Option<String>,
    severity: Option<String>,
    account: Option<String>,
    at: Option<String>,
}

/// What a preview is asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    incident_type: IncidentType,
    severity: Option<Severity>,
    account: String,
    at: Timestamp,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else {
            let fault = FieldError::new(
                "query",
                "could not be parsed",
                "severity=high&account=111122223333",
            );
            return Err(Problem::bad_query(vec![fault]));
        };
        Self::read(given).map_err(Problem::bad_query)
    }
}

impl Asked {
    fn read(given: Parameters) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, fault: &str, example: &str| {
            faults.push(FieldError::new(field, fault, example));
        };
        let incident_type = given.incident_type.map(|name| IncidentType::from_name(&name));
        if incident_type == Some(None) {
            wrong("incident_type", "must be an incident type", "malware");
        }
        let severity = given.severity.map(|name| Severity::from_asff(&name));
        if severity == Some(None) {
            wrong("severity", "must be one of: informational, low, medium, high, critical", "high");
        }
        let account = given.account.unwrap_or_else(|| "000000000000".to_owned());
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            wrong("account", "must be a 12-digit AWS account ID", "111122223333");
        }
        let at = given.at.map_or_else(|| Ok(Timestamp::now()), |at| at.parse());
        if at.is_err() {
            wrong("at", "must be a date and time (RFC 3339)", "2026-12-24T03:00:00Z");
        }
        match at {
            Ok(at) if faults.is_empty() => Ok(Self {
                incident_type: incident_type.flatten().unwrap_or(IncidentType::Other),
                severity: severity.flatten(),
                account,
                at,
            }),
            _ => Err(faults),
        }
    }
}

/// A contact that the first step would page.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct TeamMemberPreview {
    /// The contact ID.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    contact: ContactId,
    /// Name of the contact.
    #[cfg_attr(test, schema(example = "Ada Lovelace"))]
    name: String,
    /// Roles. The first is the primary role.
    roles: Vec<Role>,
    /// Escalation level, 1 to 4.
    escalation_level: u8,
    /// Reason why the contact is paged.
    reason: PageReason,
    /// Types of the channels that are used, in order.
    channels: Vec<ChannelType>,
    /// Whether it is outside the contact's availability.
    outside_hours: bool,
    /// Whether reminders to confirm the entry went unanswered.
    unconfirmed: bool,
}

impl TeamMemberPreview {
    fn of(page: PersonPage, at: Timestamp) -> Self {
        Self {
            channels: page.channels.iter().map(Channel::kind).collect(),
            outside_hours: !page.contact.in_hours(at),
            unconfirmed: page.contact.unconfirmed_since.is_some(),
            contact: page.contact.id,
            name: page.contact.name,
            roles: page.contact.roles,
            escalation_level: page.contact.escalation_level,
            reason: page.reason,
        }
    }
}

/// Contacts that the first step would page.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct TeamPreview {
    /// Severity that was previewed.
    severity: Severity,
    /// Incident type that was previewed.
    incident_type: IncidentType,
    /// AWS account ID that was previewed.
    #[cfg_attr(test, schema(example = "111122223333"))]
    account: String,
    /// Time that was evaluated.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    at: Timestamp,
    /// Category that findings of this type usually have.
    category: Category,
    /// Minimum severity that pages contacts for this category.
    min_paging_severity: Threshold,
    /// Whether contacts are paged at this severity.
    would_page: bool,
    /// ID of the escalation plan that applies.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "default"))]
    escalation_plan: PlanId,
    /// Minutes between the opening of the incident and the first step.
    after_minutes: u32,
    /// Contacts that the first step pages. Empty if the step notifies organizations only, or if no contact can be paged; then the emergency topic is notified.
    members: Vec<TeamMemberPreview>,
    /// External organizations that the first step notifies.
    external_resources: Vec<SimulatedNotification>,
}

/// What decides an escalation, as the roster has it now.
struct Deciding {
    policy: Policy,
    plans: Vec<EscalationPlan>,
    people: People,
    externals: Vec<ExternalResource>,
}

impl Deciding {
    async fn read(app: &App) -> Result<Self, AwsError> {
        let (policy, plans, externals) = tokio::try_join!(
            app.roster.policy(),
            app.roster.all::<EscalationPlan>(),
            app.roster.all::<ExternalResource>()
        )?;
        let named = plans.iter().flat_map(EscalationPlan::named).cloned().collect();
        let people = app.roster.people(1..=LAST_LEVEL, named).await?;
        Ok(Self { policy, plans, people, externals })
    }

    const fn found(&self) -> Found<'_> {
        Found::new(&self.people, self.externals.as_slice())
    }

    /// The incident that a finding would open.
    fn incident(&self, finding: Finding, at: Timestamp) -> Option<Incident> {
        // The digest of legal characters is always a legal id.
        let id = incident_id(&finding.identity, at).ok()?;
        let (r#type, severity) = (finding.incident_type, finding.severity);
        let plan = EscalationPlan::choose(self.plans.clone(), r#type, severity);
        Some(Incident::open(id, finding, &self.policy, plan, at))
    }
}

pub(crate) async fn team(
    State(app): State<App>,
    asked: Asked,
) -> Result<Json<TeamPreview>, Problem> {
    let deciding = Deciding::read(&app).await?;
    let severity = asked.severity.unwrap_or(Severity::High);
    let finding = Finding::assumed(severity, asked.incident_type, asked.account.clone());
    let incident = deciding.incident(finding, asked.at).ok_or_else(Problem::no_route)?;
    let due = incident.first_due();
    let first = plan_turn(&incident, Cursor::FIRST, &deciding.found(), due);
    Ok(Json(TeamPreview {
        severity,
        incident_type: asked.incident_type,
        members: first.pages.into_iter().map(|page| TeamMemberPreview::of(page, due)).collect(),
        category: incident.finding.category,
        min_paging_severity: deciding
            .policy
            .min_paging_severity
            .of(incident.finding.category, false),
        would_page: incident.finding.pages(&deciding.policy),
        external_resources: first.externals.into_iter().map(SimulatedNotification::from).collect(),
        account: asked.account,
        after_minutes: incident.escalation_plan.first_minutes(),
        escalation_plan: incident.escalation_plan.id,
        at: asked.at,
    }))
}

/// Simulated handling of a new finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Simulation {
    /// Decision for the finding.
    #[cfg_attr(test, schema(example = "open"))]
    verdict: &'static str,
    /// Reason why the finding would only be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(example = "The severity is below the paging threshold."))]
    reason: Option<&'static str>,
    /// Severity of the finding.
    severity: Severity,
    /// Incident type of the finding.
    incident_type: IncidentType,
    /// AWS account ID of the finding.
    #[cfg_attr(test, schema(example = "111122223333"))]
    account: String,
    /// Category of the finding.
    category: Category,
    /// Whether an exploit for the vulnerability is known.
    exploited: bool,
    /// Minimum severity that pages contacts for this category.
    min_paging_severity: Threshold,
    /// ID of the escalation plan that applies. Omitted if the finding would only be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "default"))]
    escalation_plan: Option<PlanId>,
    /// Escalation steps until the end of the plan, if no one acknowledges.
    steps: Vec<SimulatedStep>,
}

/// An EventBridge event with findings of GuardDuty or Security Hub.
#[derive(Debug, Deserialize)]
pub(crate) struct EventBridgeEvent(
    #[expect(dead_code, reason = "only its shape is described")] Value,
);

/// The course that the findings of an EventBridge event would take at an instant. Nothing is
/// written and nothing is sent.
pub(crate) async fn simulate(
    State(app): State<App>,
    asked: Asked,
    Body(body, _): Body<EventBridgeEvent>,
) -> Result<List<Simulation>, Problem> {
    let unreadable = |error: event::Unreadable| {
        let example = r#"{"detail-type": "GuardDuty Finding", "detail": {…}, …}"#;
        Problem::invalid(vec![FieldError::new(error.path, error.fault, example)])
    };
    let delivery = event::read(body).map_err(unreadable)?;
    let findings = delivery.findings.into_iter().collect::<Result<Vec<_>, _>>();
    let findings = findings.map_err(unreadable)?;
    let deciding = Deciding::read(&app).await?;
    let one = |finding: Finding| {
        let mut simulated = Simulation {
            verdict: "record",
            reason: None,
            severity: finding.severity,
            incident_type: finding.incident_type,
            account: finding.account.clone(),
            category: finding.category,
            exploited: finding.exploited,
            min_paging_severity: deciding
                .policy
                .min_paging_severity
                .of(finding.category, finding.exploited),
            escalation_plan: None,
            steps: Vec::new(),
        };
        match decide(&deciding.policy, &finding, &Known::default(), asked.at) {
            Verdict::Record(reason) => simulated.reason = Some(reason.name()),
            Verdict::Open { .. }
            | Verdict::Attach { .. }
            | Verdict::Raise { .. }
            | Verdict::Finish { .. }
            | Verdict::Repeat { .. }
            | Verdict::Close { .. }
            | Verdict::Reopen { .. }
            | Verdict::Restart { .. } => {
                let Some(incident) = deciding.incident(finding, asked.at) else { return simulated };
                simulated.verdict = "open";
                simulated.steps = course(&incident, &deciding.found());
                simulated.escalation_plan = Some(incident.escalation_plan.id);
            }
        }
        simulated
    };
    Ok(List(findings.into_iter().map(one).collect()))
}
