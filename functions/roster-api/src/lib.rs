//! HTTP in: contacts, incidents, and the links in pages.

mod caller;
mod changes;
mod contacts;
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

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;

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

/// The API. Who may call what is settled before: the gateway lets only the `/ack/` routes and
/// `/health` in without a signature.
pub fn router(stores: Stores) -> Router {
    Router::new()
        .route("/contacts", get(contacts::list).post(contacts::create))
        .route(
            "/contacts/{id}",
            get(contacts::read)
                .put(contacts::replace)
                .patch(contacts::patch)
                .delete(contacts::delete),
        )
        .route("/contacts/{id}/channels", get(contacts::reveal))
        .route("/contacts/{id}/changes", get(changes::of_one))
        .route("/contacts/{id}/depart", post(holes::depart))
        .route("/contacts/{id}/erase", post(changes::erase))
        .route("/changes", get(changes::list))
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
