//! Contacts: create, read, replace, delete, list.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use muster::contact_draft::Stamp;
use muster::{Contact, ContactId};
use muster_aws::roster::Written;

use crate::App;
use crate::caller::Caller;
use crate::paging::{Listed, Paging, listed};
use crate::problem::Problem;
use crate::request::{Draft, PathText, id};

type Created = (StatusCode, [(header::HeaderName, String); 1], Json<Contact>);

fn stamp(caller: Caller) -> Stamp {
    Stamp { by: caller.0, at: Timestamp::now() }
}

fn created(contact: Contact) -> Created {
    let location = [(header::LOCATION, format!("/contacts/{}", contact.id))];
    (StatusCode::CREATED, location, Json(contact))
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Draft(draft): Draft,
) -> Result<Created, Problem> {
    let contact = draft.check(None, None, &stamp(caller)).map_err(Problem::invalid)?;
    match app.roster.save(&contact).await? {
        Written::Done => Ok(created(contact)),
        Written::Conflict => Err(Problem::exists()),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Listed<Contact>>, Problem> {
    listed(app.roster.contacts(paging.limit, paging.cursor.as_deref()).await?)
}

async fn find(app: &App, text: &str) -> Result<Contact, Problem> {
    let contact = app.roster.contact(&id::<ContactId>(text, "contact")?).await?;
    contact.ok_or_else(|| Problem::not_found("contact"))
}

pub(crate) async fn read(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Json<Contact>, Problem> {
    find(&app, &text).await.map(Json)
}

/// Replaces the contact with this id, or makes it.
pub(crate) async fn replace(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    Draft(draft): Draft,
) -> Result<impl IntoResponse, Problem> {
    let id = id::<ContactId>(&text, "contact")?;
    let current = app.roster.contact(&id).await?;
    let read = draft.version();
    if read.is_some() && read != current.as_ref().map(|contact| contact.version) {
        return Err(Problem::changed());
    }
    let contact = draft.check(Some(&id), current.as_ref(), &stamp(caller));
    let contact = contact.map_err(Problem::invalid)?;
    match app.roster.save(&contact).await? {
        Written::Done if current.is_none() => Ok(created(contact).into_response()),
        Written::Done => Ok(Json(contact).into_response()),
        Written::Conflict => Err(Problem::changed()),
    }
}

pub(crate) async fn delete(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    let contact = find(&app, &text).await?;
    match app.roster.delete(&contact, &caller.0, Timestamp::now()).await? {
        Written::Done => Ok(StatusCode::NO_CONTENT),
        Written::Conflict => Err(Problem::changed()),
    }
}
