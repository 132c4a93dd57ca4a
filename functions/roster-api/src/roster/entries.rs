//! Entries of the roster: create, read, replace, patch, delete and their history, whatever their kind.

use axum::Json;
use axum::extract::State;
use muster_domain::draft::fault::FieldError;
use muster_domain::value::stamps::Stamp;
use muster_store::incidents::FirstAnswer;
use muster_store::roster::{Action, Change, Entry, Saved, Why, Written};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::App;
use crate::http::answer::{Created, Deleted, Put, Shown};
use crate::http::caller::Caller;
use crate::http::precondition::Precondition;
use crate::http::problem::Problem;
use crate::http::request::{At, Body, IdempotencyKey, Patch, draft};
use crate::roster::changes::{ChangeList, EraseResult, shown};
use crate::roster::gaps::{AllowGaps, Whole};

/// A kind of entry that the API serves.
pub(crate) trait Served: Entry + 'static {
    /// What it is called in sentences.
    const WHAT: &'static str;
    /// The path of its list; of the only one of its kind, its own.
    const PATH: &'static str;
    /// The id of the only one of its kind.
    const ONLY: Option<&'static str> = None;
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
    ) -> Result<Self, Vec<FieldError>>;

    /// The entry as everybody may see it.
    fn view(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Puts back what [`Served::view`] has masked.
    fn unmask(_: &mut Value, _: Option<&Self>) {}

    /// Whether a change can leave something open, so that the whole roster must be looked at.
    fn may_open(_: Option<&Self>, _: Option<&Self>) -> bool {
        false
    }

    /// The whole roster after the change.
    fn apply(_: &mut Whole, _: Option<&Self>, _: Option<&Self>) {}
}

pub(crate) fn stamp(why: &Why) -> Stamp {
    Stamp { by: why.by.clone(), at: why.at }
}

pub(crate) async fn create<E: Served>(
    State(app): State<App>,
    caller: Caller,
    overriding: AllowGaps,
    IdempotencyKey(key): IdempotencyKey,
    Body(body, _): Body<E::Draft>,
) -> Result<Created<E>, Problem> {
    let mut why = caller.why();
    let text = body.to_string();
    let entry = E::check(draft(body, E::WHAT)?, None, None, &stamp(&why));
    let entry = entry.map_err(Problem::invalid)?;
    // The same key may be used for a contact and for an external resource.
    let key = key.map(|key| format!("{} {key}", E::PATH));
    if let Some(name) = &key
        && let Some(first) = app.incidents.idempotency().first_answer(&why.by, name, why.at).await?
    {
        return repeated::<E>(&app, &first, &text).await;
    }
    if E::built_in(entry.id()).is_some() {
        return Err(Problem::exists());
    }
    overriding.judge(&app, None, Some(&entry), &mut why).await?;
    let first = FirstAnswer::new(&text, &entry.id().to_string(), why.at);
    let keep = key
        .as_ref()
        .map(|name| app.incidents.idempotency().keep_answer(&why.by, name, &first, why.at));
    if let Saved::Done(entry) = app.roster.save(&entry, None, &why, keep.transpose()?).await? {
        return Ok(Created::new(&entry));
    }
    // Lost to the same request at the same moment, or the id is taken.
    let Some(name) = &key else { return Err(Problem::exists()) };
    match app.incidents.idempotency().first_answer(&why.by, name, why.at).await? {
        Some(first) => repeated::<E>(&app, &first, &text).await,
        None => Err(Problem::exists()),
    }
}

/// The first answer again: what the request made, as its change record tells. Once its values are
/// erased, or if the record is gone, what it has become.
async fn repeated<E: Served>(
    app: &App,
    first: &FirstAnswer,
    body: &str,
) -> Result<Created<E>, Problem> {
    if !first.answers(body) {
        return Err(Problem::key_reused());
    }
    let id = first.made.parse::<E::Id>().map_err(|_| Problem::not_found(E::WHAT))?;
    let changes = app.roster.changes_of::<E>(&id).await?;
    let made = changes
        .iter()
        .find(|change| change.action == Action::Created && first.made_at == change.at);
    if let Some(entry) = made.and_then(Change::made::<E>) {
        return Ok(Created::new(&entry));
    }
    find::<E>(app, &id).await.map(|entry| Created::new(&entry))
}

pub(crate) async fn find<E: Served>(app: &App, id: &E::Id) -> Result<E, Problem> {
    app.roster.entry::<E>(id).await?.ok_or_else(|| Problem::not_found(E::WHAT))
}

pub(crate) async fn read<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
) -> Result<Shown<E>, Problem> {
    find::<E>(&app, &id).await.map(|entry| Shown::new(&entry))
}

/// Replaces the entry with this id, or makes it.
pub(crate) async fn replace<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
    caller: Caller,
    condition: Precondition,
    overriding: AllowGaps,
    Body(mut body, _): Body<E::Draft>,
) -> Result<Put<E>, Problem> {
    let current = app.roster.entry::<E>(&id).await?;
    condition.check(current.as_ref())?;
    E::unmask(&mut body, current.as_ref());
    let terms = (&condition, &overriding);
    let entry =
        put(&app, &id, draft(body, E::WHAT)?, current.as_ref(), caller.why(), terms).await?;
    Ok(match current {
        None => Put::Created(Created::new(&entry)),
        Some(_) => Put::Replaced(Shown::new(&entry)),
    })
}

/// Changes the fields that are given: a JSON merge patch (RFC 7396), in which null takes away.
pub(crate) async fn update<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
    caller: Caller,
    condition: Precondition,
    overriding: AllowGaps,
    Patch(mut patch, _): Patch<E::Draft>,
) -> Result<Shown<E>, Problem> {
    let current = find::<E>(&app, &id).await?;
    condition.check(Some(&current))?;
    E::unmask(&mut patch, Some(&current));
    let mut merged = serde_json::to_value(&current).unwrap_or_default();
    json_patch::merge(&mut merged, &patch);
    let terms = (&condition, &overriding);
    let entry =
        put(&app, &id, draft(merged, E::WHAT)?, Some(&current), caller.why(), terms).await?;
    Ok(Shown::new(&entry))
}

async fn put<E: Served>(
    app: &App,
    id: &E::Id,
    draft: E::Draft,
    current: Option<&E>,
    mut why: Why,
    (condition, overriding): (&Precondition, &AllowGaps),
) -> Result<E, Problem> {
    let read = E::version_of(&draft);
    if read.is_some() && read != current.map(Entry::version) {
        return Err(Problem::changed());
    }
    let entry = E::check(draft, Some(id), current, &stamp(&why)).map_err(Problem::invalid)?;
    overriding.judge(app, current, Some(&entry), &mut why).await?;
    match app.roster.save(&entry, current, &why, None).await? {
        Saved::Done(entry) => Ok(entry),
        Saved::Conflict => Err(overtaken::<E>(app, id, condition).await),
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

/// Deletes an entry; where something is built in, that holds again.
pub(crate) async fn remove<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
    caller: Caller,
    condition: Precondition,
    overriding: AllowGaps,
) -> Result<Deleted, Problem> {
    let entry = find::<E>(&app, &id).await?;
    condition.check(Some(&entry))?;
    if entry.version() == 0 {
        return Err(Problem::built_in());
    }
    let mut why = caller.why();
    overriding.judge(&app, Some(&entry), None, &mut why).await?;
    match app.roster.delete(&entry, &why).await? {
        Written::Done => Ok(Deleted),
        Written::Conflict => Err(overtaken::<E>(&app, &id, &condition).await),
    }
}

/// The history of one entry, oldest first, also of one that was deleted.
pub(crate) async fn history<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
) -> Result<Json<ChangeList>, Problem> {
    let changes = app.roster.changes_of::<E>(&id).await?;
    if changes.is_empty() && E::built_in(&id).is_none() {
        return Err(Problem::not_found(E::WHAT));
    }
    Ok(Json(ChangeList { items: changes.into_iter().map(shown).collect() }))
}

/// Erases the values in an entry's history; the changes themselves stay, and so does who erased.
pub(crate) async fn erase<E: Served>(
    State(app): State<App>,
    At(id): At<E>,
    caller: Caller,
) -> Result<Json<EraseResult>, Problem> {
    let why = caller.why();
    let last = app.roster.changes_of::<E>(&id).await?.pop();
    let last = last.ok_or_else(|| Problem::not_found(E::WHAT))?;
    let erased = app.roster.erase::<E>(&id, why.at).await?;
    app.roster.record(&last.followed_by(Action::Erased, &why)).await?;
    Ok(Json(EraseResult { erased_count: erased }))
}
