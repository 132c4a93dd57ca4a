//! HTTP in: the roster, incidents, and the links in pages.

mod caller;
mod changes;
mod contacts;
mod entries;
mod externals;
mod filter;
mod holes;
mod incidents;
mod links;
mod mask;
mod paging;
mod precondition;
mod preview;
mod problem;
mod request;
mod roles;
mod sheet;
mod transfer;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use muster::{Contact, ExternalResource as External};
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;

use entries::Served;
use problem::Problem;

/// What the function works with.
#[derive(Debug)]
pub struct Stores {
    /// Contacts.
    pub roster: Roster,
    /// Incidents and link tokens.
    pub incidents: Incidents,
}

type App = Arc<Stores>;

/// The routes of one entry.
fn entry<E: Served>() -> MethodRouter<App> {
    get(entries::read::<E>)
        .put(entries::replace::<E>)
        .patch(entries::patch::<E>)
        .delete(entries::delete::<E>)
}

/// The API. Who may call what is settled before: the gateway lets only the `/ack/` routes and
/// `/health` in without a signature.
pub fn router(stores: Stores) -> Router {
    Router::new()
        .route("/contacts", get(contacts::list).post(entries::create::<Contact>))
        .route("/contacts/import", post(transfer::import))
        .route("/contacts/export", get(transfer::export))
        .route("/contacts/{id}", entry::<Contact>())
        .route("/external-resources", get(externals::list).post(entries::create::<External>))
        .route("/external-resources/starters", post(externals::start))
        .route("/external-resources/{id}", entry::<External>())
        .route("/external-resources/{id}/changes", get(changes::of_one::<External>))
        .route("/external-resources/{id}/erase", post(changes::erase::<External>))
        .route("/contacts/{id}/channels", get(contacts::reveal))
        .route("/contacts/{id}/changes", get(changes::of_one::<Contact>))
        .route("/contacts/{id}/depart", post(holes::depart))
        .route("/contacts/{id}/erase", post(changes::erase::<Contact>))
        .route("/changes", get(changes::list))
        .route("/roles", get(roles::list))
        .route("/team", get(preview::team))
        .route("/simulate", post(preview::simulate))
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::read))
        .route("/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/incidents/{id}/resolve", post(incidents::resolve))
        .route("/health", get(async || axum::Json(serde_json::json!({ "status": "alive" }))))
        .route("/ack/{token}", get(links::show).post(links::act))
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(Arc::new(stores))
}

#[cfg(test)]
mod tests;
