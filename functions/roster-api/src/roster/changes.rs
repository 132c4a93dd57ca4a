//! Who changed what: changes as everybody may see them, and the list of all.

use axum::Json;
use axum::extract::State;
use muster_store::roster::Change;
use serde::Serialize;
use serde_json::Value;

use crate::App;
use crate::http::paging::{Page, Paging, listed};
use crate::http::problem::Problem;

/// Changes to an entry, oldest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ChangeList {
    /// The changes, oldest first.
    pub(crate) items: Vec<Change>,
}

/// Number of change records whose values were erased.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct EraseResult {
    /// Number of change records whose values were erased.
    pub(crate) erased_count: usize,
}

/// The history as everybody may see it: numbers and addresses are in the channels alone, so their
/// values are not shown; that they changed is.
pub(crate) fn shown(mut change: Change) -> Change {
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

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<Page<Change>>, Problem> {
    let page = app.roster.changes(paging.limit, paging.cursor.as_deref()).await?;
    listed(page.map(|page| page.map(shown)))
}
