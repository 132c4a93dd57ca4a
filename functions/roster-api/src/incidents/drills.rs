//! Drills: asked for here, carried out by the real path, reported from what it has recorded.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::draft::fault::FieldError;
use muster_domain::finding::drill::{DrillFinding, DrillInput, DrillMode};
use muster_domain::incident::Incident;
use muster_domain::incident::drill::report::{DrillReport, report};
use muster_domain::roster::contact::Contact;
use muster_domain::value::id::IncidentId;
use muster_runtime::secret::{Token, incident_id, token_digest};
use muster_send::bus::Event;
use muster_store::incidents::{FirstAnswer, List, Written};
use serde::Serialize;

use crate::App;
use crate::http::answer::AcceptedAt;
use crate::http::caller::Caller;
use crate::http::paging::{Page, Paging, listed};
use crate::http::problem::Problem;
use crate::http::request::{Body, IdOf, IdempotencyKey, draft};

/// What the responder's rule knows a drill by.
const KIND: &str = "Muster Drill Requested";

/// How many new people a drill takes along; the next one takes the others.
const MOST_NEW: usize = 20;

/// A drill that was accepted.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct DrillAccepted {
    /// Drill ID, equal to the ID of its incident.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s"))]
    id: IncidentId,
    /// Whether the drill sends messages.
    mode: DrillMode,
    /// Time of the request.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    requested_at: Timestamp,
}

/// Asks for a drill. Its finding goes by the stack's own bus and opens an incident within seconds.
pub(crate) async fn ask(
    State(app): State<App>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    Body(body, _): Body<DrillInput>,
) -> Result<AcceptedAt<DrillAccepted>, Problem> {
    let text = body.to_string();
    let (by, now) = (caller.0, Timestamp::now());
    let key = key.map(|key| format!("/drills {key}"));
    let random = || Token::random().map(|token| token.digest()).map_err(|_| Problem::internal());
    let id = key.as_ref().map_or_else(random, |key| Ok(token_digest(&format!("{by}\n{key}"))))?;
    let drill: DrillInput = draft(body, "drill")?;
    let drill = drill.check(id, &app.region, by.clone(), now).map_err(Problem::invalid)?;
    known(&app, &drill).await?;
    let drill = match &key {
        None => drill,
        Some(key) => first(&app, &by, key, &text, drill).await?,
    };
    let drill = with_newcomers(&app, drill).await?;
    let id = incident(&drill)?;
    // The same drill put twice is one finding that comes twice.
    let event = Event::new(KIND, &drill)?;
    if app.bus.put(&[event]).await?.first() != Some(&true) {
        return Err(Problem::unavailable());
    }
    for newcomer in &drill.drill.new_contacts {
        app.incidents.reviews().drilled(newcomer).await?;
    }
    tracing::info!(incident = %id, mode = drill.drill.mode.name(), "drill asked for");
    let location = format!("/drills/{id}");
    let body = DrillAccepted { id, mode: drill.drill.mode, requested_at: drill.requested_at };
    Ok(AcceptedAt { location, body })
}

/// The drill with those who are to be in their first one. Nothing is sent in a dry drill, so it is none.
async fn with_newcomers(app: &App, mut drill: DrillFinding) -> Result<DrillFinding, Problem> {
    if drill.drill.mode == DrillMode::DryRun {
        return Ok(drill);
    }
    for newcomer in app.incidents.reviews().newcomers().await?.into_iter().take(MOST_NEW) {
        let there = app.roster.entry::<Contact>(&newcomer.contact).await?;
        if there.is_some_and(|contact| !contact.departed()) {
            drill.drill.new_contacts.insert(newcomer.contact);
        } else {
            app.incidents.reviews().drilled(&newcomer.contact).await?;
        }
    }
    Ok(drill)
}

/// The incident that a drill opens, as the responder names it.
fn incident(drill: &DrillFinding) -> Result<IncidentId, Problem> {
    let identity = DrillFinding::identity(&drill.id);
    incident_id(&identity, drill.requested_at).map_err(|_| Problem::internal())
}

/// Refuses a drill for people who are not in the roster, or have left.
async fn known(app: &App, drill: &DrillFinding) -> Result<(), Problem> {
    let mut faults = Vec::new();
    for (index, id) in drill.drill.contacts.iter().enumerate() {
        let there = app.roster.entry::<Contact>(id).await?;
        if there.is_none_or(|contact| contact.departed()) {
            let fault = "references a contact that is not in the roster (see GET /contacts)";
            faults.push(FieldError::new(format!("contacts[{index}]"), fault, "ada-lovelace"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// The drill as it was first asked for with this key.
async fn first(
    app: &App,
    by: &str,
    key: &str,
    body: &str,
    drill: DrillFinding,
) -> Result<DrillFinding, Problem> {
    let now = drill.requested_at;
    let answer = FirstAnswer::new(body, incident(&drill)?.as_str(), now);
    if app.incidents.idempotency().remember(by, key, &answer, now).await? == Written::Done {
        return Ok(drill);
    }
    let first = app
        .incidents
        .idempotency()
        .first_answer(by, key, now)
        .await?
        .ok_or_else(Problem::changed)?;
    if !first.answers(body) {
        return Err(Problem::key_reused());
    }
    Ok(DrillFinding { requested_at: first.made_at, ..drill })
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Page<Incident>>, Problem> {
    listed(app.incidents.list(List::Drills, paging.limit, paging.cursor.as_deref()).await?)
}

pub(crate) async fn read(
    State(app): State<App>,
    IdOf(id): IdOf<DrillReport>,
) -> Result<Json<DrillReport>, Problem> {
    let history = app.incidents.history(&id).await?;
    let report = history.and_then(|history| report(&history.incident, &history.sends));
    report.map(Json).ok_or_else(|| Problem::not_found("drill"))
}
