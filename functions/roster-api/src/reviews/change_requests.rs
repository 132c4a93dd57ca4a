//! Corrections that people ask for on their page: the roster's owner approves or rejects them.

use axum::Json;
use axum::extract::State;
use muster_domain::review::{ChangeRequest, ChangeRequestType, Decision, Subject};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_store::incidents::{Write, Written};
use muster_store::roster::{ChangeSource, Saved, Why};
use serde::Serialize;
use serde_json::Value;

use crate::App;
use crate::http::caller::Caller;
use crate::http::problem::Problem;
use crate::http::request::{IdOf, draft};
use crate::roster::entries::{Served, find, stamp};
use crate::roster::gaps::{AllowGaps, leave};

/// Type of a change request.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = ChangeRequestType))]
#[serde(rename_all = "snake_case")]
enum RequestType {
    /// Fields of the entry are wrong.
    Correction,
    /// The contact has left, or the organization is no longer used.
    Departure,
}

/// A change request from a review page.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(as = ChangeRequest))]
pub(crate) struct PublicChangeRequest {
    /// The change request ID.
    #[cfg_attr(test, schema(example = "4h7k2m9p1q3r5s8t"))]
    id: String,
    /// Entry that the request is about: `contact:<id>` or `external:<id>`.
    subject: Subject,
    /// Contact who made the request.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    requested_by: muster_domain::value::id::ContactId,
    /// Time of the request.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    requested_at: jiff::Timestamp,
    /// Type of the change request.
    r#type: RequestType,
    /// Requested change as a JSON Merge Patch (RFC 7396).
    #[cfg_attr(test, schema(value_type = Object))]
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<Value>,
    /// Comment of the contact.
    #[cfg_attr(
        test,
        schema(min_length = 1, max_length = 1000, example = "I moved to the network team.")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Decision of the roster owner. Omitted while the request is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
}

impl From<ChangeRequest> for PublicChangeRequest {
    fn from(correction: ChangeRequest) -> Self {
        let (wrong, patch, note) = match correction.r#type {
            ChangeRequestType::Correction { patch, note } => {
                (RequestType::Correction, serde_json::from_str(&patch).ok(), note)
            }
            ChangeRequestType::Departure { note } => (RequestType::Departure, None, note),
        };
        Self {
            id: correction.id,
            subject: correction.subject,
            requested_by: correction.requested_by,
            requested_at: correction.requested_at,
            r#type: wrong,
            patch,
            note,
            decision: correction.decision,
        }
    }
}

/// Pending change requests, oldest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ChangeRequestList {
    /// The pending change requests, oldest first.
    items: Vec<PublicChangeRequest>,
}

pub(crate) async fn list(State(app): State<App>) -> Result<Json<ChangeRequestList>, Problem> {
    let waiting = app.incidents.reviews().corrections().await?;
    Ok(Json(ChangeRequestList {
        items: waiting.into_iter().map(PublicChangeRequest::from).collect(),
    }))
}

/// The correction in the path, if it waits.
async fn waiting(app: &App, text: &str) -> Result<ChangeRequest, Problem> {
    let found = app.incidents.reviews().correction(text).await?;
    let correction = found.ok_or_else(|| Problem::not_found("change request"))?;
    match correction.decision {
        None => Ok(correction),
        Some(_) => Err(Problem::decided()),
    }
}

fn decided(correction: ChangeRequest, approved: bool, why: &Why) -> ChangeRequest {
    let decision = Some(Decision { approved, by: why.by.clone(), at: why.at });
    ChangeRequest { decision, ..correction }
}

pub(crate) async fn reject(
    State(app): State<App>,
    IdOf(id): IdOf<ChangeRequest>,
    caller: Caller,
) -> Result<Json<PublicChangeRequest>, Problem> {
    let correction = decided(waiting(&app, &id).await?, false, &caller.why());
    let write = app.incidents.reviews().correction_put(&correction)?;
    match app.incidents.reviews().together(vec![write]).await? {
        Written::Done => Ok(Json(correction.into())),
        Written::Conflict => Err(Problem::decided()),
    }
}

/// Changes the entry as the correction asks for; that confirms it too.
pub(crate) async fn approve(
    State(app): State<App>,
    IdOf(id): IdOf<ChangeRequest>,
    caller: Caller,
    overriding: AllowGaps,
) -> Result<Json<PublicChangeRequest>, Problem> {
    let mut why = caller.why();
    why.source = ChangeSource::Review;
    let correction = decided(waiting(&app, &id).await?, true, &why);
    let write = app.incidents.reviews().correction_put(&correction)?;
    match (&correction.subject, &correction.r#type) {
        (Subject::Contact(id), ChangeRequestType::Correction { patch, .. }) => {
            let current = find::<Contact>(&app, id).await?;
            let confirm = |entry: Contact| Contact {
                confirmed_at: Some(correction.requested_at),
                unconfirmed_since: None,
                ..entry
            };
            amend(&app, &current, patch, confirm, write, (&overriding, &mut why)).await?;
        }
        (Subject::External(id), ChangeRequestType::Correction { patch, .. }) => {
            let current = find::<ExternalResource>(&app, id).await?;
            let confirm = |entry: ExternalResource| ExternalResource {
                confirmed_at: Some(correction.requested_at),
                unconfirmed_since: None,
                ..entry
            };
            amend(&app, &current, patch, confirm, write, (&overriding, &mut why)).await?;
        }
        (Subject::Contact(id), ChangeRequestType::Departure { .. }) => {
            // Somebody who was deleted meanwhile has left as well.
            if let Some(leaver) = app.roster.entry::<Contact>(id).await? {
                leave(&app, leaver, why, &overriding).await?;
            }
            close(&app, write).await?;
        }
        (Subject::External(id), ChangeRequestType::Departure { .. }) => {
            if let Some(resource) = app.roster.entry::<ExternalResource>(id).await? {
                overriding.judge(&app, Some(&resource), None, &mut why).await?;
                if app.roster.delete(&resource, &why).await? == Written::Conflict {
                    return Err(Problem::changed());
                }
            }
            close(&app, write).await?;
        }
    }
    Ok(Json(correction.into()))
}

async fn close(app: &App, write: Write) -> Result<(), Problem> {
    match app.incidents.reviews().together(vec![write]).await? {
        Written::Done => Ok(()),
        Written::Conflict => Err(Problem::decided()),
    }
}

/// Applies a patch to an entry as it is now, together with the decision.
async fn amend<E: Served>(
    app: &App,
    current: &E,
    patch: &str,
    confirm: impl FnOnce(E) -> E,
    write: Write,
    (overriding, why): (&AllowGaps, &mut Why),
) -> Result<(), Problem> {
    let patch: Value = serde_json::from_str(patch).map_err(|_| Problem::internal())?;
    let mut merged = serde_json::to_value(current).unwrap_or_default();
    json_patch::merge(&mut merged, &patch);
    let checked = E::check(draft(merged, E::WHAT)?, Some(current.id()), Some(current), &stamp(why));
    let entry = confirm(checked.map_err(Problem::invalid)?);
    overriding.judge(app, Some(current), Some(&entry), why).await?;
    match app.roster.save(&entry, Some(current), why, [write]).await? {
        Saved::Done(_) => Ok(()),
        // The entry was changed, or somebody else decided at the same moment.
        Saved::Conflict => Err(Problem::changed()),
    }
}
