//! Incidents: list, read with the timeline, acknowledge, resolve.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::send::{Delivery, DeliveryKey, DeliveryState};
use muster_domain::incident::{Actor, Incident};
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::value::id::{ContactId, IncidentId};
use muster_runtime::figures;
use muster_store::incidents::{History, List, Taken, TimelineEvent};
use serde::Serialize;

use crate::App;
use crate::caller::Caller;
use crate::paging::{Page, Paging, listed};
use crate::problem::Problem;
use crate::request::{PathText, id};

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Page<Incident>>, Problem> {
    listed(app.incidents.list(List::Incidents, paging.limit, paging.cursor.as_deref()).await?)
}

/// An incident with its timeline, oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct IncidentWithTimeline {
    #[serde(flatten)]
    incident: Incident,
    timeline: Vec<TimelineEntry>,
    /// The clocks of its notification duties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notification_deadlines: Vec<NotificationDeadline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident_manager: Option<IncidentManagerRecord>,
}

/// Its record in Incident Manager.
#[derive(Debug, Serialize)]
struct IncidentManagerRecord {
    arn: String,
    response_plan: Option<String>,
    /// Whom Incident Manager engages in place of Muster, and whether it can reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    engaged_contacts: Option<BTreeMap<ContactId, bool>>,
}

impl IncidentManagerRecord {
    fn of(mirror: Mirror) -> Option<Self> {
        let engaged = mirror.engagement.map(|engagement| engagement.people);
        Some(Self { arn: mirror.arn?, response_plan: mirror.plan, engaged_contacts: engaged })
    }
}

/// A line of a timeline: a fact, or a page to one person by one channel.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum TimelineEntry {
    Fact(TimelineEvent),
    Page {
        at: Timestamp,
        what: &'static str,
        #[serde(flatten)]
        key: DeliveryKey,
        #[serde(flatten)]
        state: DeliveryState,
        tries: u32,
    },
}

impl TimelineEntry {
    fn at(&self) -> Timestamp {
        match self {
            Self::Fact(fact) => fact.at,
            Self::Page { at, .. } => *at,
        }
    }
}

impl From<Delivery> for TimelineEntry {
    fn from(Delivery { key, state, attempts: tries, at }: Delivery) -> Self {
        Self::Page { at, what: "page", key, state, tries }
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Json<IncidentWithTimeline>, Problem> {
    let history = app.incidents.history(&id::<IncidentId>(&text, "incident")?).await?;
    let History { incident, facts, sends, mirror, duties, findings } =
        history.ok_or_else(|| Problem::not_found("incident"))?;
    let incident = Incident { finding_count: findings, ..incident };
    let mut timeline: Vec<TimelineEntry> = facts
        .into_iter()
        .map(TimelineEntry::Fact)
        .chain(sends.into_iter().map(TimelineEntry::from))
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
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    take_up(&app, &id(&text, "incident")?, &caller.actor(), None).await.map(Json)
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
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    let id = id::<IncidentId>(&text, "incident")?;
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
