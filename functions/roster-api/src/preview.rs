//! "Who would be paged?": the team for an incident, and the whole course for a finding.

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use jiff::Timestamp;
use muster::course::{WouldTurn, course};
use muster::finding::Finding;
use muster::id::ContactId;
use muster::plan::EscalationPlan;
use muster::team::{Call, Why};
use muster::verdict::Verdict;
use muster::{Fault, Incident, IncidentType, Role, Severity, decide};
use muster_aws::event;
use muster_aws::secret::incident_id;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::problem::Problem;
use crate::request::Body;

/// Every escalation level.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=4;

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
            let fault = Fault::new("query", "cannot be read", "severity=high&account=111122223333");
            return Err(Problem::bad_query(vec![fault]));
        };
        Self::read(given).map_err(Problem::bad_query)
    }
}

impl Asked {
    fn read(given: Parameters) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, fault: &str, example: &str| {
            faults.push(Fault::new(field, fault, example));
        };
        let incident_type = given.incident_type.map(|name| IncidentType::from_name(&name));
        if incident_type == Some(None) {
            wrong("incident_type", "must be the name of an incident type", "malware");
        }
        let severity = given.severity.map(|name| Severity::from_asff(&name));
        if severity == Some(None) {
            wrong("severity", "must be informational, low, medium, high or critical", "high");
        }
        let account = given.account.unwrap_or_else(|| "000000000000".to_owned());
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            wrong("account", "must be an AWS account id: 12 digits", "111122223333");
        }
        let at = given.at.map_or_else(|| Ok(Timestamp::now()), |at| at.parse());
        if at.is_err() {
            wrong("at", "must be an instant (RFC 3339)", "2026-12-24T03:00:00Z");
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

/// A member of a team.
#[derive(Debug, Serialize)]
pub(crate) struct Member {
    contact: ContactId,
    name: String,
    roles: Vec<Role>,
    level: u8,
    why: Why,
    /// Whether it is outside the person's hours.
    out_of_hours: bool,
}

/// A team.
#[derive(Debug, Serialize)]
pub(crate) struct Team {
    severity: Severity,
    incident_type: IncidentType,
    account: String,
    at: Timestamp,
    /// Whether people are paged at this severity at all.
    paged: bool,
    /// Empty only if nobody can be paged; the emergency topic is told then.
    members: Vec<Member>,
}

pub(crate) async fn team(State(app): State<App>, asked: Asked) -> Result<Json<Team>, Problem> {
    let (policy, people) = tokio::try_join!(app.roster.policy(), app.roster.people(LEVELS))?;
    let severity = asked.severity.unwrap_or(Severity::High);
    let call = Call {
        severity,
        account: &asked.account,
        highest_level: policy.highest_level(severity),
        now: asked.at,
    };
    let members = call.team(&people).into_iter().map(|member| Member {
        contact: member.contact.id.clone(),
        name: member.contact.name.clone(),
        roles: member.contact.roles.clone(),
        level: member.contact.level,
        why: member.why,
        out_of_hours: member.out_of_hours,
    });
    Ok(Json(Team {
        severity,
        incident_type: asked.incident_type,
        members: members.collect(),
        paged: severity >= policy.page_from,
        account: asked.account.clone(),
        at: asked.at,
    }))
}

/// What would become of a finding that nobody has seen before.
#[derive(Debug, Serialize)]
pub(crate) struct Simulated {
    /// `open` or `record`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    severity: Severity,
    incident_type: IncidentType,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// Every turn until the end of the plan, as if nobody answered.
    course: Vec<WouldTurn>,
}

/// The course that the findings of an EventBridge event would take at an instant. Nothing is
/// written and nothing is sent.
pub(crate) async fn simulate(
    State(app): State<App>,
    asked: Asked,
    Body(body): Body,
) -> Result<Json<Vec<Simulated>>, Problem> {
    let unreadable = |error: event::Unreadable| {
        let example = r#"{"detail-type": "GuardDuty Finding", "detail": {…}, …}"#;
        Problem::invalid(vec![Fault::new(error.path, error.fault, example)])
    };
    let delivery = event::read(body).map_err(unreadable)?;
    let findings = delivery.findings.into_iter().collect::<Result<Vec<_>, _>>();
    let findings = findings.map_err(unreadable)?;
    let (policy, people) = tokio::try_join!(app.roster.policy(), app.roster.people(LEVELS))?;
    let one = |finding: Finding| {
        let mut simulated = Simulated {
            verdict: "record",
            reason: None,
            severity: finding.severity,
            incident_type: finding.incident_type,
            account: finding.account.clone(),
            plan: None,
            course: Vec::new(),
        };
        match decide(&policy, &finding, None) {
            Verdict::Record(reason) => simulated.reason = Some(reason.name()),
            Verdict::Open | Verdict::Repeat { .. } => {
                // The digest of legal characters is always a legal id.
                let Ok(id) = incident_id(&finding.identity, asked.at) else { return simulated };
                let plan = EscalationPlan::default();
                let incident = Incident::open(id, finding, &policy, plan, asked.at);
                simulated.verdict = "open";
                simulated.course = course(&incident, &people);
                simulated.plan = Some(incident.plan.name);
            }
        }
        simulated
    };
    Ok(Json(findings.into_iter().map(one).collect()))
}
