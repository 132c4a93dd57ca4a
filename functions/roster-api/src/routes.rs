//! Every route: its method, its path, who may call it, and what serves it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any, delete, get, patch, post, put};
use lambda_http::RequestExt as _;
use muster_domain::response_plan::settings::ResponsePlanSettings as Settings;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource as External;
use muster_domain::roster::plan::EscalationPlan as Plan;
use muster_domain::roster::policy::Policy;
use muster_runtime::figures;
use serde::Serialize;

use crate::http::problem::Problem;
use crate::http::scope::{Allowed, Scope, guard};
use crate::incidents::{self, drills, links, obligations};
#[cfg(test)]
use crate::openapi::{Draft, handler::describe};
use crate::reports::{
    activation, coverage, document, evidence, incident_manager, readiness, response_plan,
};
use crate::reviews::{self, change_requests, pages};
use crate::roster::entries::{create, erase, history, read, remove, replace, update};
use crate::roster::{changes, contacts, export, externals, gaps, plans, preview, roles, transfer};
use crate::{App, Stores};

/// A route.
pub(crate) struct Route {
    /// Its method.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests that compare"))]
    pub(crate) method: &'static str,
    /// Its path, with variable parts in braces.
    pub(crate) path: &'static str,
    /// Who may call it.
    pub(crate) allowed: Allowed,
    /// The parameters that its query may have.
    pub(crate) query: &'static [&'static str],
    handler: fn() -> MethodRouter<App>,
    /// Adds what the handler's signature says to its operation.
    #[cfg(test)]
    pub(crate) describe: for<'a> fn(Draft<'a>) -> Draft<'a>,
}

/// A table of routes, a line for each; and its paths and methods by themselves, so that a program which only asks for
/// those does not link what serves them.
macro_rules! routes {
    ($(#[$attribute:meta])* $table:ident, $paths:ident: $($method:ident $path:literal $allowed:ident $query:ident => $handler:expr),+ $(,)?) => {
        $(#[$attribute])*
        const $table: &[Route] = &[$(Route {
            method: stringify!($method),
            path: $path,
            allowed: $allowed,
            query: $query,
            handler: || $method($handler),
            #[cfg(test)]
            describe: |draft| describe($handler, draft),
        }),+];
        #[doc = "Its paths, each with a method."]
        const $paths: &[(&str, &str)] = &[$(($path, stringify!($method))),+];
    };
}

const NONE: &[&str] = &[];
const PAGE: &[&str] = &["limit", "cursor"];
const PEOPLE: &[&str] =
    &["limit", "cursor", "role", "escalation_level", "status", "skill", "account", "q"];
const HELPERS: &[&str] = &["limit", "cursor", "q", "type"];
const PLANS: &[&str] = &["limit", "cursor", "q"];
const REASON: &[&str] = &["allow_gaps", "reason"];
const SHEET: &[&str] = &["dry_run", "allow_gaps", "reason"];
const FILE: &[&str] = &["format", "cursor"];
const AS_OF: &[&str] = &["as_of"];
const FORM: &[&str] = &["format"];
const ASKED: &[&str] = &["incident_type", "severity", "account", "at"];

const PUBLIC: Allowed = Allowed::Everybody;
const READ: Allowed = Allowed::Any(&[Scope::Read]);
const LOOK: Allowed = Allowed::Any(&[Scope::Read, Scope::Respond]);
const WRITE: Allowed = Allowed::Any(&[Scope::Write]);
const REVEAL: Allowed = Allowed::Any(&[Scope::Reveal]);
const RESPOND: Allowed = Allowed::Any(&[Scope::Respond]);
const ADMIN: Allowed = Allowed::Any(&[]);

routes! {
    /// What roster-api serves. The OpenAPI document and the stack's policies are compared with all routes by tests.
    ROSTER, ROSTER_PATHS:
    get    "/contacts"                        READ    PEOPLE  => contacts::list,
    post   "/contacts"                        WRITE   REASON  => create::<Contact>,
    get    "/contacts/{id}"                   READ    NONE    => read::<Contact>,
    put    "/contacts/{id}"                   WRITE   REASON  => replace::<Contact>,
    patch  "/contacts/{id}"                   WRITE   REASON  => update::<Contact>,
    delete "/contacts/{id}"                   WRITE   REASON  => remove::<Contact>,
    get    "/contacts/{id}/channels"          REVEAL  NONE    => contacts::reveal,
    get    "/contacts/{id}/changes"           READ    NONE    => history::<Contact>,
    post   "/contacts/{id}/offboard"           WRITE   REASON  => gaps::offboard,
    post   "/contacts/{id}/changes/erase"           ADMIN   NONE    => erase::<Contact>,
    get    "/external-resources"              READ    HELPERS => externals::list,
    post   "/external-resources"              WRITE   REASON  => create::<External>,
    post   "/external-resources/starters"     WRITE   NONE    => externals::start,
    get    "/external-resources/{id}"         READ    NONE    => read::<External>,
    put    "/external-resources/{id}"         WRITE   REASON  => replace::<External>,
    patch  "/external-resources/{id}"         WRITE   REASON  => update::<External>,
    delete "/external-resources/{id}"         WRITE   REASON  => remove::<External>,
    get    "/external-resources/{id}/changes" READ    NONE    => history::<External>,
    post   "/external-resources/{id}/changes/erase"   ADMIN   NONE    => erase::<External>,
    get    "/escalation-plans"                READ    PLANS   => plans::list,
    post   "/escalation-plans"                WRITE   REASON  => create::<Plan>,
    get    "/escalation-plans/{id}"           READ    NONE    => read::<Plan>,
    put    "/escalation-plans/{id}"           WRITE   REASON  => replace::<Plan>,
    patch  "/escalation-plans/{id}"           WRITE   REASON  => update::<Plan>,
    delete "/escalation-plans/{id}"           WRITE   REASON  => remove::<Plan>,
    get    "/escalation-plans/{id}/changes"   READ    NONE    => history::<Plan>,
    get    "/policy"                          READ    NONE    => read::<Policy>,
    put    "/policy"                          WRITE   REASON  => replace::<Policy>,
    patch  "/policy"                          WRITE   REASON  => update::<Policy>,
    delete "/policy"                          WRITE   REASON  => remove::<Policy>,
    get    "/policy/changes"                  READ    NONE    => history::<Policy>,
    get    "/roles"                           READ    NONE    => roles::list,
    get    "/changes"                         READ    PAGE    => changes::list,
    get    "/team"                            LOOK    ASKED   => preview::team,
    post   "/simulate"                        READ    ASKED   => preview::simulate,
    get    "/incidents"                       LOOK    PAGE    => incidents::list,
    get    "/incidents/{id}"                  LOOK    NONE    => incidents::read,
    post   "/incidents/{id}/acknowledge"      RESPOND NONE    => incidents::acknowledge,
    post   "/incidents/{id}/resolve"          RESPOND NONE    => incidents::resolve,
    get    "/drills"                          LOOK    PAGE    => drills::list,
    post   "/drills"                          WRITE   NONE    => drills::ask,
    get    "/drills/{id}"                     LOOK    NONE    => drills::read,
    get    "/reviews"                         READ    NONE    => reviews::list,
    post   "/reviews"                         WRITE   NONE    => reviews::ask,
    post   "/contacts/{id}/channel-tests"             WRITE   NONE    => reviews::prove,
    get    "/contacts/{id}/channel-status"             READ    NONE    => reviews::reach,
    get    "/change-requests"                     READ    NONE    => change_requests::list,
    post   "/change-requests/{id}/approve"        WRITE   REASON  => change_requests::approve,
    post   "/change-requests/{id}/reject"         WRITE   NONE    => change_requests::reject,
    post   "/incidents/{id}/obligations/{resource}" RESPOND NONE   => obligations::done,
    get    "/response-plan/settings"          READ    NONE    => read::<Settings>,
    put    "/response-plan/settings"          WRITE   REASON  => replace::<Settings>,
    patch  "/response-plan/settings"          WRITE   REASON  => update::<Settings>,
    delete "/response-plan/settings"          WRITE   REASON  => remove::<Settings>,
    get    "/response-plan/settings/changes"  READ    NONE    => history::<Settings>,
    get    "/health"                          PUBLIC  NONE    => alive,
    get    "/ack/{token}"                     PUBLIC  NONE    => links::show,
    post   "/ack/{token}"                     PUBLIC  NONE    => links::act,
    get    "/review/{token}"                  PUBLIC  NONE    => pages::show,
    post   "/review/{token}"                  PUBLIC  NONE    => pages::act,
}

routes! {
    /// What roster-reports serves: what reads the whole roster, or asks other services how they stand.
    REPORTS, REPORT_PATHS:
    post   "/contacts/import"                 WRITE   SHEET   => transfer::import,
    get    "/contacts/export"                 REVEAL  FILE    => export::export,
    post   "/contacts/{id}/channels/{position}/activation" WRITE NONE => activation::activate,
    get    "/coverage"                        READ    FORM    => coverage::report,
    get    "/response-plan"                   READ    FORM    => response_plan::read,
    get    "/response-plan/check"             READ    NONE    => response_plan::open,
    get    "/evidence"                        READ    AS_OF   => evidence::pack,
    get    "/incident-manager"                READ    NONE    => incident_manager::read,
    get    "/readiness"                       READ    NONE    => readiness::report,
    get    "/openapi.json"                    READ    NONE    => document::serve,
}

/// All routes of the API.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    ROSTER.iter().chain(REPORTS)
}

/// The paths of the routes that roster-reports serves, as the stack's routes must have them.
#[cfg(test)]
pub(crate) fn reported() -> impl Iterator<Item = &'static Route> {
    REPORTS.iter()
}

/// State of the API.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
enum HealthStatus {
    /// The API responds.
    Ok,
}

/// Result of the health check.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
struct Health {
    /// State of the API.
    status: HealthStatus,
}

async fn alive() -> axum::Json<Health> {
    axum::Json(Health { status: HealthStatus::Ok })
}

/// The API but for its reports. Who calls is settled by the gateway; what a bearer token may call, here.
pub fn roster(stores: Stores) -> Router {
    // The gateway hands over whatever has no route of its own: at a report's path, that is a wrong method.
    finish(refused(served(ROSTER, &stores), REPORT_PATHS), stores)
}

/// The API's reports.
pub fn reports(stores: Stores) -> Router {
    finish(refused(served(REPORTS, &stores), ROSTER_PATHS), stores)
}

/// The router that also refuses every request to the paths of another program, and says which methods they take.
fn refused(router: Router<App>, others: &[(&'static str, &str)]) -> Router<App> {
    let mut taken = BTreeMap::<_, Vec<_>>::new();
    for (path, method) in others {
        taken.entry(*path).or_default().push(method.to_uppercase());
    }
    taken.into_iter().fold(router, |router, (path, methods)| {
        let allow = [(header::ALLOW, methods.join(","))];
        router.route(path, any(async move || (allow, Problem::wrong_method())))
    })
}

fn served(table: &[Route], stores: &Stores) -> Router<App> {
    let prefix = Arc::from(stores.scope_prefix.as_str());
    let mut router = Router::new();
    for route in table {
        let mut handlers = (route.handler)();
        let query = route.query;
        // Mail programs add parameters of their own to links, and a link must work all the same.
        if route.allowed != PUBLIC {
            handlers = handlers
                .layer(from_fn(move |request: Request, next: Next| within(query, request, next)));
        }
        router = router.route(route.path, guard(handlers, route.allowed, &prefix));
    }
    router
}

fn finish(router: Router<App>, stores: Stores) -> Router {
    let router = router
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(Arc::new(stores));
    // Around the whole router: which route it is must not be asked before.
    Router::new().fallback_service(router).layer(from_fn(as_judged)).layer(from_fn(counted))
}

/// Writes what the request has counted: what cannot be read, above all.
async fn counted(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    figures::emit();
    response
}

/// Lets a request through whose path is, letter by letter, the one that the gateway and IAM judged.
///
/// Between them and here the path is parsed as a URL: `\` becomes `/`, `..` goes up, `?` and `#` end
/// it. What IAM allowed as one route must not be served as another.
async fn as_judged(request: Request, next: Next) -> Response {
    let judged = request.raw_http_path();
    // Only requests of a test that was not made by the gateway have none.
    if !judged.is_empty() && judged != request.uri().path() {
        return Problem::no_route().into_response();
    }
    next.run(request).await
}

/// Refuses a query with a parameter that the route does not know: a misspelt `dry_run` must not write.
async fn within(known: &[&str], request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let names = query.split('&').filter(|pair| !pair.is_empty());
    let names = names.map(|pair| pair.split('=').next().unwrap_or(pair));
    if names.into_iter().all(|name| known.contains(&name)) {
        return next.run(request).await;
    }
    Problem::unknown_parameter(known).into_response()
}
