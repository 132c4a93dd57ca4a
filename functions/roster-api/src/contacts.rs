//! Contacts: create, read, replace, patch, delete, list, reveal.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use muster::channel::Channel;
use muster::contact_draft::Stamp;
use muster::{Contact, ContactDraft, ContactId};
use muster_aws::incidents::FirstAnswer;
use muster_aws::roster::{Action, Change, Why, Written};
use serde_json::Value;

use crate::App;
use crate::caller::Caller;
use crate::filter::Filter;
use crate::holes::Override;
use crate::mask::{unmask, view};
use crate::paging::{Listed, Paging, listed};
use crate::precondition::{Precondition, tag};
use crate::problem::Problem;
use crate::request::{Body, PathText, draft, id};

impl Caller {
    /// Who makes a change by the API, now.
    pub(crate) fn why(self) -> Why {
        Why { by: self.0, at: Timestamp::now(), source: "api", reason: None }
    }
}

fn stamp(why: &Why) -> Stamp {
    Stamp { by: why.by.clone(), at: why.at }
}

/// A contact as an answer: masked, with its entity tag.
fn answer(status: StatusCode, contact: &Contact) -> Response {
    let headers = [(header::ETAG, tag(contact))];
    let mut response = (status, headers, Json(view(contact))).into_response();
    if status == StatusCode::CREATED {
        let location = format!("/contacts/{}", contact.id).parse().ok();
        response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    }
    response
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let why = caller.why();
    let text = body.to_string();
    let contact = draft(body)?.check(None, None, &stamp(&why)).map_err(Problem::invalid)?;
    let Some(name) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return match app.roster.save(&contact, None, &why, None).await? {
            Written::Done => Ok(answer(StatusCode::CREATED, &contact)),
            Written::Conflict => Err(Problem::exists()),
        };
    };
    if let Some(first) = app.incidents.first_answer(&why.by, name, why.at).await? {
        return repeated(&app, &first, &text).await;
    }
    let first = FirstAnswer::new(&text, contact.id.as_str(), why.at);
    let keep = app.incidents.keep_answer(&why.by, name, &first, why.at)?;
    if app.roster.save(&contact, None, &why, Some(keep)).await? == Written::Done {
        return Ok(answer(StatusCode::CREATED, &contact));
    }
    // Lost to the same request at the same moment, or the id is taken.
    match app.incidents.first_answer(&why.by, name, why.at).await? {
        Some(first) => repeated(&app, &first, &text).await,
        None => Err(Problem::exists()),
    }
}

/// The first answer again: what the request made, as it is now.
async fn repeated(app: &App, first: &FirstAnswer, body: &str) -> Result<Response, Problem> {
    if !first.answers(body) {
        return Err(Problem::key_reused());
    }
    find(app, &first.made).await.map(|contact| answer(StatusCode::CREATED, &contact))
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
    filter: Filter,
) -> Result<Json<Listed<Value>>, Problem> {
    let (limit, cursor) = (usize::from(paging.limit), paging.cursor.as_deref());
    let page = app.roster.contacts(limit, cursor, |contact| filter.holds(contact)).await?;
    listed(page.map(|page| page.map(|contact| view(&contact))))
}

pub(crate) async fn find(app: &App, text: &str) -> Result<Contact, Problem> {
    let contact = app.roster.contact(&id::<ContactId>(text, "contact")?).await?;
    contact.ok_or_else(|| Problem::not_found("contact"))
}

pub(crate) async fn read(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Response, Problem> {
    find(&app, &text).await.map(|contact| answer(StatusCode::OK, &contact))
}

/// A contact's channels in full; that they were shown, and to whom, is recorded first.
pub(crate) async fn reveal(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Vec<Channel>>, Problem> {
    let contact = find(&app, &text).await?;
    app.roster.record(&Change::note(&contact, Action::Revealed, &caller.why())).await?;
    Ok(Json(contact.channels))
}

/// Replaces the contact with this id, or makes it.
pub(crate) async fn replace(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
    Body(mut body): Body,
) -> Result<Response, Problem> {
    let id = id::<ContactId>(&text, "contact")?;
    let current = app.roster.contact(&id).await?;
    condition.check(current.as_ref())?;
    unmask(&mut body, current.as_ref());
    let terms = (&condition, &overriding);
    put(&app, &id, draft(body)?, current.as_ref(), caller.why(), terms).await
}

/// Changes the fields that are given: a JSON merge patch (RFC 7396), in which null takes away.
pub(crate) async fn patch(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
    Body(mut patch): Body,
) -> Result<Response, Problem> {
    let current = find(&app, &text).await?;
    condition.check(Some(&current))?;
    unmask(&mut patch, Some(&current));
    let mut merged = serde_json::to_value(&current).unwrap_or_default();
    json_patch::merge(&mut merged, &patch);
    let terms = (&condition, &overriding);
    put(&app, &current.id, draft(merged)?, Some(&current), caller.why(), terms).await
}

async fn put(
    app: &App,
    id: &ContactId,
    draft: ContactDraft,
    current: Option<&Contact>,
    mut why: Why,
    (condition, overriding): (&Precondition, &Override),
) -> Result<Response, Problem> {
    let read = draft.version();
    if read.is_some() && read != current.map(|contact| contact.version) {
        return Err(Problem::changed());
    }
    let contact = draft.check(Some(id), current, &stamp(&why)).map_err(Problem::invalid)?;
    if let Some(before) = current {
        overriding.judge(app, before, Some(&contact), &mut why).await?;
    }
    match app.roster.save(&contact, current, &why, None).await? {
        Written::Done if current.is_none() => Ok(answer(StatusCode::CREATED, &contact)),
        Written::Done => Ok(answer(StatusCode::OK, &contact)),
        Written::Conflict => Err(overtaken(app, id, condition).await),
    }
}

/// Somebody else was faster: whoever named a version learns which is current.
async fn overtaken(app: &App, id: &ContactId, condition: &Precondition) -> Problem {
    if !condition.named() {
        return Problem::changed();
    }
    match app.roster.contact(id).await {
        Ok(current) => Problem::precondition(current.map(|contact| contact.version)),
        Err(error) => error.into(),
    }
}

pub(crate) async fn delete(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
) -> Result<StatusCode, Problem> {
    let contact = find(&app, &text).await?;
    condition.check(Some(&contact))?;
    let mut why = caller.why();
    overriding.judge(&app, &contact, None, &mut why).await?;
    match app.roster.delete(&contact, &why).await? {
        Written::Done => Ok(StatusCode::NO_CONTENT),
        Written::Conflict => Err(overtaken(&app, &contact.id, &condition).await),
    }
}
