//! Who changed what: an entry's history, everybody's, and the erasure of the values in it.

use axum::Json;
use axum::extract::State;
use muster_aws::roster::{Action, Change};
use serde::Serialize;
use serde_json::{Value, json};

use crate::App;
use crate::caller::Caller;
use crate::entries::Served;
use crate::paging::{Listed, Paging, listed};
use crate::problem::Problem;
use crate::request::{PathText, id};

/// An entry's whole history, oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct History {
    items: Vec<Change>,
}

/// The history as everybody may see it: numbers and addresses are in the channels alone, so their
/// values are not shown; that they changed is.
fn shown(mut change: Change) -> Change {
    for field in change.fields.iter_mut().filter(|field| field.field == "channels") {
        let hidden = |value: &mut Option<Value>| {
            for channel in value.as_mut().and_then(Value::as_array_mut).into_iter().flatten() {
                channel["address"] = "•••••".into();
            }
        };
        hidden(&mut field.before);
        hidden(&mut field.after);
    }
    change
}

/// The history of one entry, also of one that was deleted.
pub(crate) async fn of_one<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Json<History>, Problem> {
    let changes = app.roster.changes_of::<E>(&id::<E::Id>(&text, E::WHAT)?).await?;
    if changes.is_empty() {
        return Err(Problem::not_found(E::WHAT));
    }
    Ok(Json(History { items: changes.into_iter().map(shown).collect() }))
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Listed<Change>>, Problem> {
    let page = app.roster.changes(paging.limit, paging.cursor.as_deref()).await?;
    listed(page.map(|page| page.map(shown)))
}

/// Erases the values in an entry's history; the changes themselves stay, and so does who erased.
pub(crate) async fn erase<E: Served>(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let id = id::<E::Id>(&text, E::WHAT)?;
    let why = caller.why();
    let last = app.roster.changes_of::<E>(&id).await?.pop();
    let last = last.ok_or_else(|| Problem::not_found(E::WHAT))?;
    let erased = app.roster.erase::<E>(&id, why.at).await?;
    app.roster.record(&last.followed_by(Action::Erased, &why)).await?;
    Ok(Json(json!({ "erased": erased })))
}
