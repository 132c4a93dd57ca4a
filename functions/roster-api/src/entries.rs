//! Entries of the roster: create, read, replace, patch, delete, whatever their kind.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster::{Fault, Stamp};
use muster_aws::incidents::FirstAnswer;
use muster_aws::roster::{Entry, Why, Written};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::App;
use crate::caller::Caller;
use crate::holes::Override;
use crate::precondition::{Precondition, tag};
use crate::problem::Problem;
use crate::request::{Body, PathText, draft, id};

/// A kind of entry that the API serves.
pub(crate) trait Served: Entry + 'static {
    /// What it is called in sentences.
    const WHAT: &'static str;
    /// The path of its list.
    const PATH: &'static str;
    /// What somebody sends.
    type Draft: DeserializeOwned + Send;

    /// The version that the sender of a draft has read, if the draft says so.
    fn version_of(draft: &Self::Draft) -> Option<u64>;

    /// The entry a draft describes, or every fault of it.
    fn check(
        draft: Self::Draft,
        id: Option<&Self::Id>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<Fault>>;

    /// The entry as everybody may see it.
    fn view(&self) -> Value;

    /// Puts back what [`Served::view`] has masked.
    fn unmask(_: &mut Value, _: Option<&Self>) {}

    /// Refuses a change that would leave something open.
    fn judge(
        _: &App,
        _: &Override,
        _: &Self,
        _: Option<&Self>,
        _: &mut Why,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        async { Ok(()) }
    }
}

fn stamp(why: &Why) -> Stamp {
    Stamp { by: why.by.clone(), at: why.at }
}

/// An entry as an answer: as everybody may see it, with its entity tag.
pub(crate) fn answer<E: Served>(status: StatusCode, entry: &E) -> Response {
    let headers = [(header::ETAG, tag(entry))];
    let mut response = (status, headers, Json(entry.view())).into_response();
    if status == StatusCode::CREATED {
        let location = format!("{}/{}", E::PATH, entry.id()).parse().ok();
        response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    }
    response
}

pub(crate) async fn create<E: Served>(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let why = caller.why();
    let text = body.to_string();
    let entry = E::check(draft(body, E::WHAT)?, None, None, &stamp(&why));
    let entry = entry.map_err(Problem::invalid)?;
    let Some(name) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return match app.roster.save(&entry, None, &why, None).await? {
            Written::Done => Ok(answer(StatusCode::CREATED, &entry)),
            Written::Conflict => Err(Problem::exists()),
        };
    };
    // The same key may be used for a contact and for an external resource.
    let name = format!("{} {name}", E::PATH);
    if let Some(first) = app.incidents.first_answer(&why.by, &name, why.at).await? {
        return repeated::<E>(&app, &first, &text).await;
    }
    let first = FirstAnswer::new(&text, &entry.id().to_string(), why.at);
    let keep = app.incidents.keep_answer(&why.by, &name, &first, why.at)?;
    if app.roster.save(&entry, None, &why, Some(keep)).await? == Written::Done {
        return Ok(answer(StatusCode::CREATED, &entry));
    }
    // Lost to the same request at the same moment, or the id is taken.
    match app.incidents.first_answer(&why.by, &name, why.at).await? {
        Some(first) => repeated::<E>(&app, &first, &text).await,
        None => Err(Problem::exists()),
    }
}

/// The first answer again: what the request made, as it is now.
async fn repeated<E: Served>(
    app: &App,
    first: &FirstAnswer,
    body: &str,
) -> Result<Response, Problem> {
    if !first.answers(body) {
        return Err(Problem::key_reused());
    }
    find::<E>(app, &first.made).await.map(|entry| answer(StatusCode::CREATED, &entry))
}

pub(crate) async fn find<E: Served>(app: &App, text: &str) -> Result<E, Problem> {
    let entry = app.roster.entry::<E>(&id::<E::Id>(text, E::WHAT)?).await?;
    entry.ok_or_else(|| Problem::not_found(E::WHAT))
}

pub(crate) async fn read<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Response, Problem> {
    find::<E>(&app, &text).await.map(|entry| answer(StatusCode::OK, &entry))
}

/// Replaces the entry with this id, or makes it.
pub(crate) async fn replace<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
    Body(mut body): Body,
) -> Result<Response, Problem> {
    let id = id::<E::Id>(&text, E::WHAT)?;
    let current = app.roster.entry::<E>(&id).await?;
    condition.check(current.as_ref())?;
    E::unmask(&mut body, current.as_ref());
    let terms = (&condition, &overriding);
    put(&app, &id, draft(body, E::WHAT)?, current.as_ref(), caller.why(), terms).await
}

/// Changes the fields that are given: a JSON merge patch (RFC 7396), in which null takes away.
pub(crate) async fn patch<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
    Body(mut patch): Body,
) -> Result<Response, Problem> {
    let current = find::<E>(&app, &text).await?;
    condition.check(Some(&current))?;
    E::unmask(&mut patch, Some(&current));
    let mut merged = serde_json::to_value(&current).unwrap_or_default();
    json_patch::merge(&mut merged, &patch);
    let terms = (&condition, &overriding);
    put(&app, current.id(), draft(merged, E::WHAT)?, Some(&current), caller.why(), terms).await
}

async fn put<E: Served>(
    app: &App,
    id: &E::Id,
    draft: E::Draft,
    current: Option<&E>,
    mut why: Why,
    (condition, overriding): (&Precondition, &Override),
) -> Result<Response, Problem> {
    let read = E::version_of(&draft);
    if read.is_some() && read != current.map(Entry::version) {
        return Err(Problem::changed());
    }
    let entry = E::check(draft, Some(id), current, &stamp(&why)).map_err(Problem::invalid)?;
    if let Some(before) = current {
        E::judge(app, overriding, before, Some(&entry), &mut why).await?;
    }
    match app.roster.save(&entry, current, &why, None).await? {
        Written::Done if current.is_none() => Ok(answer(StatusCode::CREATED, &entry)),
        Written::Done => Ok(answer(StatusCode::OK, &entry)),
        Written::Conflict => Err(overtaken::<E>(app, id, condition).await),
    }
}

/// Somebody else was faster: whoever named a version learns which is current.
async fn overtaken<E: Served>(app: &App, id: &E::Id, condition: &Precondition) -> Problem {
    if !condition.named() {
        return Problem::changed();
    }
    match app.roster.entry::<E>(id).await {
        Ok(current) => Problem::precondition(current.as_ref().map(Entry::version)),
        Err(error) => error.into(),
    }
}

pub(crate) async fn delete<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
) -> Result<StatusCode, Problem> {
    let entry = find::<E>(&app, &text).await?;
    condition.check(Some(&entry))?;
    let mut why = caller.why();
    E::judge(&app, &overriding, &entry, None, &mut why).await?;
    match app.roster.delete(&entry, &why).await? {
        Written::Done => Ok(StatusCode::NO_CONTENT),
        Written::Conflict => Err(overtaken::<E>(&app, entry.id(), &condition).await),
    }
}
