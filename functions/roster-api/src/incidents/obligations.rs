//! Notification duties: somebody says that a report was made, and the clock stops.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::draft::fault::FieldError;
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::Actor;
use muster_domain::incident::event::EventType;
use muster_domain::value::text;
use muster_store::incidents::{TimelineEvent, Written};
use serde::Deserialize;

use crate::App;
use crate::http::caller::Caller;
use crate::http::problem::Problem;
use crate::http::request::{Body, ObligationPath};

/// How often a clock that others change at the same moment is read anew.
const MOST_RACES: usize = 5;

/// Record of a notification.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct NotificationRecordInput {
    #[expect(dead_code, reason = "each field is judged by itself, so that an error names it")]
    /// Comment, such as the authority's reference number. At most 200 characters.
    #[cfg_attr(test, schema(min_length = 1, max_length = 200, example = "Reference 2026-4711"))]
    note: Option<String>,
}

/// Notes that the report was made: the clock stops, and nobody is told of it any more. Twice is once.
pub(crate) async fn done(
    State(app): State<App>,
    ObligationPath { incident, resource }: ObligationPath,
    caller: Caller,
    Body(body, _): Body<NotificationRecordInput>,
) -> Result<Json<NotificationDeadline>, Problem> {
    let note = note(&body).map_err(|fault| Problem::invalid(vec![fault]))?;
    for _ in 0..MOST_RACES {
        let clock = app.incidents.duties().duty(&incident, &resource).await?;
        let clock = clock.ok_or_else(|| Problem::not_found("notification obligation"))?;
        let now = Timestamp::now();
        let by = Actor::Caller { caller: caller.0.clone() };
        let Some(next) = clock.clone().finish(by.to_string(), now, note.clone()) else {
            return Ok(Json(clock));
        };
        let text = format!("The report to {resource} was made.");
        let fact = TimelineEvent::new(now, EventType::NotificationRecorded, &by, &text);
        if app.incidents.duties().keep_duty(&next, &fact).await? == Written::Done {
            return Ok(Json(next));
        }
    }
    Err(Problem::changed())
}

/// What somebody adds, such as the reference that the authority gave.
fn note(body: &serde_json::Value) -> Result<Option<String>, FieldError> {
    const EXAMPLE: &str = "Reference 2026-4711";
    let Some(object) = body.as_object() else {
        return Err(FieldError::new("body", "must be a JSON object, which can be empty", "{}"));
    };
    if object.keys().any(|key| key != "note") {
        return Err(FieldError::new(
            "body",
            "must not contain fields other than note",
            r#"{"note": "…"}"#,
        ));
    }
    match object.get("note") {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(note)) => text::line(note)
            .map(|note| Some(note.to_owned()))
            .map_err(|error| FieldError::new("note", error.to_string(), EXAMPLE)),
        Some(_) => Err(FieldError::new("note", "must be a string", EXAMPLE)),
    }
}
