//! Every route: its method, its path, who may call it, and what serves it.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use muster::{Contact, EscalationPlan as Plan, ExternalResource as External, Policy};
use serde_json::json;

use crate::entries::{create, erase, history, read, remove, replace, update};
use crate::scope::{Allowed, Scope, guard};
use crate::{App, Stores, changes, contacts, document, externals, holes, incidents, links};
use crate::{plans, preview, problem::Problem, readiness, roles, transfer};

/// A route.
pub(crate) struct Route {
    /// Its method.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests that compare"))]
    pub(crate) method: &'static str,
    /// Its path, with variable parts in braces.
    pub(crate) path: &'static str,
    /// Who may call it.
    pub(crate) allowed: Allowed,
    handler: fn() -> MethodRouter<App>,
}

/// A table of routes, a line for each.
macro_rules! routes {
    ($($method:ident $path:literal $allowed:expr => $handler:expr),+ $(,)?) => {
        &[$(Route {
            method: stringify!($method),
            path: $path,
            allowed: $allowed,
            handler: || $method($handler),
        }),+]
    };
}

const PUBLIC: Allowed = Allowed::Everybody;
const READ: Allowed = Allowed::Any(&[Scope::Read]);
const LOOK: Allowed = Allowed::Any(&[Scope::Read, Scope::Respond]);
const WRITE: Allowed = Allowed::Any(&[Scope::Write]);
const REVEAL: Allowed = Allowed::Any(&[Scope::Reveal]);
const RESPOND: Allowed = Allowed::Any(&[Scope::Respond]);
const ADMIN: Allowed = Allowed::Any(&[]);

/// The API. The OpenAPI document and the stack's policies are compared with it by tests.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = routes![
    get    "/contacts"                        READ    => contacts::list,
    post   "/contacts"                        WRITE   => create::<Contact>,
    post   "/contacts/import"                 WRITE   => transfer::import,
    get    "/contacts/export"                 REVEAL  => transfer::export,
    get    "/contacts/{id}"                   READ    => read::<Contact>,
    put    "/contacts/{id}"                   WRITE   => replace::<Contact>,
    patch  "/contacts/{id}"                   WRITE   => update::<Contact>,
    delete "/contacts/{id}"                   WRITE   => remove::<Contact>,
    get    "/contacts/{id}/channels"          REVEAL  => contacts::reveal,
    get    "/contacts/{id}/changes"           READ    => history::<Contact>,
    post   "/contacts/{id}/depart"            WRITE   => holes::depart,
    post   "/contacts/{id}/erase"             ADMIN   => erase::<Contact>,
    get    "/external-resources"              READ    => externals::list,
    post   "/external-resources"              WRITE   => create::<External>,
    post   "/external-resources/starters"     WRITE   => externals::start,
    get    "/external-resources/{id}"         READ    => read::<External>,
    put    "/external-resources/{id}"         WRITE   => replace::<External>,
    patch  "/external-resources/{id}"         WRITE   => update::<External>,
    delete "/external-resources/{id}"         WRITE   => remove::<External>,
    get    "/external-resources/{id}/changes" READ    => history::<External>,
    post   "/external-resources/{id}/erase"   ADMIN   => erase::<External>,
    get    "/escalation-plans"                READ    => plans::list,
    post   "/escalation-plans"                WRITE   => create::<Plan>,
    get    "/escalation-plans/{id}"           READ    => read::<Plan>,
    put    "/escalation-plans/{id}"           WRITE   => replace::<Plan>,
    patch  "/escalation-plans/{id}"           WRITE   => update::<Plan>,
    delete "/escalation-plans/{id}"           WRITE   => remove::<Plan>,
    get    "/escalation-plans/{id}/changes"   READ    => history::<Plan>,
    get    "/policy"                          READ    => read::<Policy>,
    put    "/policy"                          WRITE   => replace::<Policy>,
    patch  "/policy"                          WRITE   => update::<Policy>,
    delete "/policy"                          WRITE   => remove::<Policy>,
    get    "/policy/changes"                  READ    => history::<Policy>,
    get    "/roles"                           READ    => roles::list,
    get    "/changes"                         READ    => changes::list,
    get    "/team"                            LOOK    => preview::team,
    post   "/simulate"                        READ    => preview::simulate,
    get    "/incidents"                       LOOK    => incidents::list,
    get    "/incidents/{id}"                  LOOK    => incidents::read,
    post   "/incidents/{id}/acknowledge"      RESPOND => incidents::acknowledge,
    post   "/incidents/{id}/resolve"          RESPOND => incidents::resolve,
    get    "/readiness"                       READ    => readiness::report,
    get    "/openapi.json"                    READ    => document::serve,
    get    "/health"                          PUBLIC  => alive,
    get    "/ack/{token}"                     PUBLIC  => links::show,
    post   "/ack/{token}"                     PUBLIC  => links::act,
];

async fn alive() -> axum::Json<serde_json::Value> {
    axum::Json(json!({ "status": "alive" }))
}

/// The API. Who calls is settled by the gateway; what a bearer token may call, here.
pub fn router(stores: Stores) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        router = router.route(route.path, guard((route.handler)(), route.allowed));
    }
    router
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(Arc::new(stores))
}
