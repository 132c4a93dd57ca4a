//! External resources: what is theirs alone; the rest they share with other entries.

use axum::Json;
use axum::extract::State;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::external::draft::ExternalResourceInput;
use muster_domain::value::id::ResourceId;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::Saved;
use serde::Serialize;

use crate::App;
use crate::http::caller::Caller;
use crate::http::paging::{KindFilter, NameFilter, Page, Paging, listed};
use crate::http::problem::Problem;
use crate::roster::entries::{Served, stamp};
use crate::roster::gaps::Whole;

// Numbers of organisations are no secret within the house: nothing is masked.
impl Served for ExternalResource {
    const WHAT: &'static str = "external resource";
    const PATH: &'static str = "/external-resources";
    type Draft = ExternalResourceInput;

    fn version_of(draft: &ExternalResourceInput) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: ExternalResourceInput,
        id: Option<&ResourceId>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<FieldError>> {
        draft.check(id, current, stamp)
    }

    fn may_open(_: Option<&Self>, after: Option<&Self>) -> bool {
        after.is_none()
    }

    fn apply(whole: &mut Whole, before: Option<&Self>, after: Option<&Self>) {
        if let Some(before) = before {
            whole.resources.remove(&before.id);
        }
        whole.resources.extend(after.map(|resource| resource.id.clone()));
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
    NameFilter(q): NameFilter,
    KindFilter(kind): KindFilter,
) -> Result<Json<Page<ExternalResource>>, Problem> {
    let (limit, cursor) = (usize::from(paging.limit), paging.cursor.as_deref());
    let wanted = |entry: &ExternalResource| {
        let named = |q: &String| {
            let names = [Some(&entry.organization), entry.contact_name.as_ref()];
            names.into_iter().flatten().any(|name| name.to_lowercase().contains(q))
        };
        q.as_ref().is_none_or(named) && kind.is_none_or(|kind| entry.r#type == kind)
    };
    listed(app.roster.entries(limit, cursor, wanted).await?)
}

/// AWS starter entries that were created, and those that already existed.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct StarterResult {
    /// IDs of the entries that were created.
    #[cfg_attr(test, schema(value_type = Vec<String>, example = json!(["aws-support"])))]
    created: Vec<ResourceId>,
    /// IDs of the entries that already existed.
    #[cfg_attr(test, schema(value_type = Vec<String>, example = json!(["aws-cirt"])))]
    existing: Vec<ResourceId>,
}

/// Makes the starter entries that are not there yet: the teams of AWS that most rosters want.
pub(crate) async fn start(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<StarterResult>, Problem> {
    let why = caller.why();
    let stamp = stamp(&why);
    let mut started = StarterResult::default();
    for draft in ExternalResourceInput::starters() {
        let entry = draft.check(None, None, &stamp).map_err(Problem::invalid)?;
        match app.roster.save(&entry, None, &why, None).await? {
            Saved::Done(_) => started.created.push(entry.id),
            Saved::Conflict => started.existing.push(entry.id),
        }
    }
    Ok(Json(started))
}
