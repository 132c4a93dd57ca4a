//! Incidents: list, read with the timeline, acknowledge, resolve.

pub(crate) mod drills;
pub(crate) mod links;
pub(crate) mod obligations;
mod page_entry;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::{Actor, Incident};
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::value::id::{ContactId, IncidentId};
use muster_runtime::figures;
use muster_store::incidents::{History, List, Taken, TimelineEvent};
use serde::Serialize;

use self::page_entry::PageEntry;
use crate::App;
use crate::http::caller::Caller;
use crate::http::paging::{Page, Paging, listed};
use crate::http::problem::Problem;
use crate::http::request::IdOf;

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Page<Incident>>, Problem> {
    listed(app.incidents.list(List::Incidents, paging.limit, paging.cursor.as_deref()).await?)
}

/// An incident with its timeline, oldest event first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct IncidentWithTimeline {
    /// The incident.
    #[serde(flatten)]
    incident: Incident,
    /// Events and deliveries, oldest first.
    timeline: Vec<TimelineEntry>,
    /// Notification deadlines of the incident.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notification_deadlines: Vec<NotificationDeadline>,
    /// Incident Manager record. Omitted if Incident Manager is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident_manager: Option<IncidentManagerRecord>,
}

/// Incident Manager record of the incident.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
struct IncidentManagerRecord {
    /// ARN of the incident record.
    #[cfg_attr(
        test,
        schema(example = "arn:aws:ssm-incidents::111122223333:incident-record/muster/96ba2bb0")
    )]
    arn: String,
    /// Name of the response plan the record was created with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(example = "muster"))]
    response_plan: Option<String>,
    /// Contacts engaged by Incident Manager instead of Muster, and whether each is reachable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<BTreeMap<String, bool>>, example = json!({"ada-lovelace": true})))]
    engaged_contacts: Option<BTreeMap<ContactId, bool>>,
}

impl IncidentManagerRecord {
    fn of(mirror: Mirror) -> Option<Self> {
        let engaged = mirror.engagement.map(|engagement| engagement.people);
        Some(Self { arn: mirror.arn?, response_plan: mirror.plan, engaged_contacts: engaged })
    }
}

/// An event or a delivery.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(untagged)]
enum TimelineEntry {
    Event(TimelineEvent),
    Page(Box<PageEntry>),
}

impl TimelineEntry {
    fn at(&self) -> Timestamp {
        match self {
            Self::Event(event) => event.at,
            Self::Page(page) => page.at(),
        }
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    IdOf(id): IdOf<Incident>,
) -> Result<Json<IncidentWithTimeline>, Problem> {
    let history = app.incidents.history(&id).await?;
    let History { incident, facts, sends, mirror, duties, findings } =
        history.ok_or_else(|| Problem::not_found("incident"))?;
    let incident = Incident { finding_count: findings, ..incident };
    let mut timeline: Vec<TimelineEntry> = facts
        .into_iter()
        .map(TimelineEntry::Event)
        .chain(sends.into_iter().map(|page| TimelineEntry::Page(Box::new(page.into()))))
        .collect();
    timeline.sort_by_key(TimelineEntry::at);
    let incident_manager = mirror.and_then(IncidentManagerRecord::of);
    Ok(Json(IncidentWithTimeline {
        incident,
        timeline,
        notification_deadlines: duties,
        incident_manager,
    }))
}

pub(crate) async fn acknowledge(
    State(app): State<App>,
    IdOf(id): IdOf<Incident>,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    take_up(&app, &id, &caller.actor(), None).await.map(Json)
}

/// Acknowledges an incident for `by`, using up the token with this digest if there is one.
pub(crate) async fn take_up(
    app: &App,
    id: &IncidentId,
    by: &Actor,
    token: Option<&str>,
) -> Result<Incident, Problem> {
    let end = app.incidents.answers().take_up(id, by, token).await?;
    end.count();
    figures::emit();
    answered(end)
}

pub(crate) async fn resolve(
    State(app): State<App>,
    IdOf(id): IdOf<Incident>,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    let taken = app.incidents.answers().end(&id, &caller.actor()).await?;
    taken.count();
    figures::emit();
    answered(taken).map(Json)
}

/// The incident as it stands after an answer, or why there is none.
fn answered(taken: Taken) -> Result<Incident, Problem> {
    match taken {
        Taken::Now(incident) | Taken::Before(incident) => Ok(incident),
        Taken::Resolved => Err(Problem::resolved()),
        Taken::Unknown => Err(Problem::not_found("incident")),
        Taken::Raced => Err(Problem::changed()),
    }
}
