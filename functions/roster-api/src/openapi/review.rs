//! Reviews, corrections, the coverage report and notification duties, described route by route.

use serde_json::json;
use utoipa::openapi::Schema;

use super::kinds::kind;
use super::operation::{Draft, id, of, one_of, text};
use super::operations::{bodies, fault, stores};
use super::reviews;
use crate::problem::Problem;
use crate::routes::Route;

/// A report that comes in three forms.
pub(super) fn in_forms(draft: Draft, about: &str, json: utoipa::openapi::RefOr<Schema>) -> Draft {
    let written = || Schema::Object(text().build()).into();
    draft
        .query("format", one_of(&["json", "markdown", "html"]), "json unless given.")
        .answer(
            200,
            about,
            vec![
                ("application/json", json),
                ("text/markdown; charset=utf-8", written()),
                ("text/html; charset=utf-8", written()),
            ],
        )
        .problems([Problem::bad_query(fault())])
        .problems(stores())
}

/// A route's operation, if it is one of these.
pub(super) fn operation(route: &Route) -> Option<Draft> {
    let draft = match (route.method, route.path) {
        ("get", "/reviews") => Draft::new("listReviews", "Reviews", "How the reviews of entries stand")
            .about("Of every entry whose owner was ever reminded.")
            .ok(200, "The reviews, by entry.", of::<reviews::Reviews>())
            .problems(stores()),
        ("post", "/reviews") => Draft::new("askReview", "Reviews", "Asks people to confirm entries now")
            .about("Those that are named, whether they are due or not; or all that are due and were not reminded this month.")
            .body(vec![("application/json", of::<reviews::ReviewDraft>(), Some(json!({})))])
            .ok(202, "It is on its way.", of::<reviews::AskedReview>())
            .problems(bodies())
            .problems(stores()),
        ("post", "/contacts/{id}/proof") => {
            Draft::new("proveChannels", "Contacts", "Tests each of somebody's channels now")
                .about("A short message by each, with a link or a code that proves it.")
                .here(&kind(route.path).unwrap())
                .ok(202, "They are on their way.", of::<reviews::AskedReview>())
                .problems(stores())
        }
        ("get", "/contacts/{id}/reach") => {
            Draft::new("readReach", "Contacts", "When each channel was last proven, and which are dead")
                .here(&kind(route.path).unwrap())
                .ok(200, "The channels, in order.", of::<reviews::Proofs>())
                .problems(stores())
        }
        ("get", "/corrections") => Draft::new("listCorrections", "Reviews", "The corrections that wait")
            .ok(200, "The corrections, oldest first.", of::<reviews::Corrections>())
            .problems(stores()),
        ("post", "/corrections/{id}/approve") => {
            Draft::new("approveCorrection", "Reviews", "Changes an entry as its owner asks for")
                .about("Somebody who has left departs, and their backup takes their place; an organisation is taken out.")
                .path("id", id(), "The correction's id.")
                .overridable()
                .ok(200, "It is done.", of::<reviews::Correction>())
                .problems([Problem::not_found("correction"), Problem::decided(), Problem::invalid(fault())])
                .problems([Problem::changed()])
                .problems(stores())
        }
        ("post", "/corrections/{id}/reject") => {
            Draft::new("rejectCorrection", "Reviews", "Leaves an entry as it is")
                .path("id", id(), "The correction's id.")
                .ok(200, "It is decided.", of::<reviews::Correction>())
                .problems([Problem::not_found("correction"), Problem::decided()])
                .problems(stores())
        }
        ("get", "/coverage") => {
            let draft = Draft::new("readCoverage", "Reviews", "What the roster lacks, as it is now")
                .about("Each finding with its severity, whom or what it is about, why it matters and what to do.");
            in_forms(draft, "The coverage report.", of::<reviews::Coverage>())
        }
        ("post", "/incidents/{id}/duties/{resource}") => {
            Draft::new("finishDuty", "Incidents", "Says that an organisation was told of an incident")
                .about("The clock of the notification duty stops. Saying it twice is once.")
                .path("id", id(), "The incident's id.")
                .path("resource", id(), "The external resource's id.")
                .body(vec![("application/json", of::<reviews::DutyDone>(), Some(json!({})))])
                .ok(200, "The clock.", of::<reviews::DutyClock>())
                .problems([Problem::not_found("notification duty"), Problem::changed()])
                .problems(bodies())
                .problems(stores())
        }
        ("get" | "post", "/review/{token}") => link(route),
        _ => return None,
    };
    Some(draft)
}

/// The pages behind a review's link.
fn link(route: &Route) -> Draft {
    let (name, about) = match route.method {
        "get" => (
            "showReview",
            "The entry behind the link in a reminder, and buttons; or a test's button",
        ),
        _ => ("answerReview", "A button: confirms, corrects, leaves, proves a channel"),
    };
    let html = || Schema::Object(text().build()).into();
    let page = |draft: Draft, status, about: &str| {
        draft.answer(status, about, vec![("text/html; charset=utf-8", html())])
    };
    let draft = Draft::new(name, "Links", about)
        .path("token", text().pattern(Some("^[A-Za-z0-9_-]{1,64}$")), "The link's token.")
        .problems([Problem::no_route()]);
    let draft = match route.method {
        "get" => draft,
        _ => draft.body(vec![(
            "application/x-www-form-urlencoded",
            html(),
            Some(json!("do=confirm&version=1")),
        )]),
    };
    let draft = page(draft, 200, "A page for people.");
    let draft = page(draft, 404, "One page for every link that cannot be used.");
    let draft = page(draft, 409, "The entry was changed at the same moment.");
    let draft = page(draft, 422, "The page again, with what has to be mended.");
    page(page(draft, 503, "Try again."), 500, "Try again.")
}
