//! Incidents: list, read with the timeline, acknowledge, resolve.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster::IncidentId;
use muster::incident::{Actor, Incident};
use muster::send::{SendKey, SendRecord, SendState};
use muster_aws::figures;
use muster_aws::incidents::{Fact, History, List, Written};
use serde::Serialize;

use crate::App;
use crate::caller::Caller;
use crate::paging::{Listed, Paging, listed};
use crate::problem::Problem;
use crate::request::{PathText, id};

/// How often a lost race is decided anew: as often as people answer at the same moment.
const MOST_RACES: usize = 10;

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Listed<Incident>>, Problem> {
    listed(app.incidents.list(List::Incidents, paging.limit, paging.cursor.as_deref()).await?)
}

/// An incident with its timeline, oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    #[serde(flatten)]
    incident: Incident,
    timeline: Vec<Line>,
}

/// A line of a timeline: a fact, or a page to one person by one channel.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Line {
    Fact(Fact),
    Page {
        at: Timestamp,
        what: &'static str,
        #[serde(flatten)]
        key: SendKey,
        #[serde(flatten)]
        state: SendState,
        tries: u32,
    },
}

impl Line {
    fn at(&self) -> Timestamp {
        match self {
            Self::Fact(fact) => fact.at,
            Self::Page { at, .. } => *at,
        }
    }
}

impl From<SendRecord> for Line {
    fn from(SendRecord { key, state, tries, at }: SendRecord) -> Self {
        Self::Page { at, what: "page", key, state, tries }
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Json<Told>, Problem> {
    let history = app.incidents.history(&id::<IncidentId>(&text, "incident")?).await?;
    let History { incident, facts, sends } =
        history.ok_or_else(|| Problem::not_found("incident"))?;
    let mut timeline: Vec<Line> =
        facts.into_iter().map(Line::Fact).chain(sends.into_iter().map(Line::from)).collect();
    timeline.sort_by_key(Line::at);
    Ok(Json(Told { incident, timeline }))
}

pub(crate) async fn acknowledge(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    take_up(&app, &id(&text, "incident")?, &caller.actor(), None).await.map(Json)
}

/// Acknowledges an incident for `by`, using up the token with this digest if there is one.
/// Acknowledging twice is once.
pub(crate) async fn take_up(
    app: &App,
    id: &IncidentId,
    by: &Actor,
    token: Option<&str>,
) -> Result<Incident, Problem> {
    for _ in 0..MOST_RACES {
        let now = Timestamp::now();
        let incident = find(app, id).await?;
        let next = incident.acknowledge(by.clone(), now).map_err(|_| Problem::resolved())?;
        let Some(next) = next else { return Ok(incident) };
        let name = format!("acknowledged#{:04}", next.acknowledgements.len());
        let fact = fact(now, "acknowledged", by, "Acknowledged; paging stops at the next step.");
        // Even if no escalation runs any more, somebody has to look whether it is resolved in time.
        let due = next.lapses_at().map(|at| (next.first_turn(), at));
        if app.incidents.answer(&next, &name, &fact, token, due).await? == Written::Done {
            tracing::info!(incident = %id, "incident acknowledged");
            if next.acknowledgements.len() == 1 {
                figures::acknowledged(&next, now);
                figures::emit();
            }
            return Ok(next);
        }
        muster_aws::incidents::pause().await;
    }
    Err(Problem::changed())
}

pub(crate) async fn resolve(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Incident>, Problem> {
    let id = id::<IncidentId>(&text, "incident")?;
    for _ in 0..MOST_RACES {
        let now = Timestamp::now();
        let incident = find(&app, &id).await?;
        let Some(next) = incident.resolve(caller.actor(), now) else { return Ok(Json(incident)) };
        let fact = fact(now, "resolved", &caller.actor(), "Resolved.");
        if app.incidents.answer(&next, "resolved", &fact, None, None).await? == Written::Done {
            tracing::info!(incident = %id, "incident resolved");
            figures::resolved(&next, now);
            figures::emit();
            return Ok(Json(next));
        }
        muster_aws::incidents::pause().await;
    }
    Err(Problem::changed())
}

async fn find(app: &App, id: &IncidentId) -> Result<Incident, Problem> {
    app.incidents.incident(id).await?.ok_or_else(|| Problem::not_found("incident"))
}

fn fact(at: Timestamp, what: &str, by: &Actor, text: &str) -> Fact {
    Fact { at, what: what.to_owned(), by: by.to_string(), text: text.to_owned() }
}
