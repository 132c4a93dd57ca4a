//! The words about reviews, change requests, and the coverage report.

use super::{Text, error, pages};
use crate::http::problem::Problem;

/// The words about a route of these, if it is one.
pub(super) fn text(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Reviews";
    let states = pages(&[
        (200, "An HTML page."),
        (404, "The link is not valid (same page for every reason)."),
        (409, "The entry was changed by another request."),
        (422, "The page with error messages."),
    ]);
    let closed = [Problem::decided()];
    Some(match (method, path) {
        ("get", "/reviews") => Text::new(
            "listReviews",
            TAG,
            "List reviews",
            "Returns the review status of every entry whose owner has received a reminder.",
            &[(200, "The reviews, sorted by entry.")],
        ),
        ("post", "/reviews") => Text::new(
            "requestReviews",
            TAG,
            "Request reviews",
            "Sends review requests now. With `subjects`, to the owners of those entries, due or not. Without, to \
             the owners of all entries that are due and had no reminder this month.",
            &[(202, "The request was accepted.")],
        ),
        ("get", "/change-requests") => Text::new(
            "listChangeRequests",
            TAG,
            "List change requests",
            "Returns pending change requests, oldest first.",
            &[(200, "The pending change requests, oldest first.")],
        ),
        ("post", "/change-requests/{id}/approve") => Text::new(
            "approveChangeRequest",
            TAG,
            "Approve a change request",
            "Applies the request. A contact who reported their departure is offboarded. An external resource that \
             is no longer used is deleted.",
            &[(200, "The approved change request.")],
        )
        .problems([Problem::decided(), Problem::invalid(error()), Problem::changed()]),
        ("post", "/change-requests/{id}/reject") => Text::new(
            "rejectChangeRequest",
            TAG,
            "Reject a change request",
            "Closes the request without changing the entry.",
            &[(200, "The rejected change request.")],
        )
        .problems(closed),
        ("get", "/coverage") => Text::new(
            "getCoverageReport",
            TAG,
            "Get the coverage report",
            "Returns current coverage gaps, most severe first, each with its impact and a recommendation.",
            &[(200, "The coverage report.")],
        ),
        ("get", "/review/{token}") => Text::new(
            "getReviewPage",
            "Message links",
            "Get the review page",
            "Returns an HTML page with the entry to confirm, or with the confirmation button of a channel test. \
             Opening the page changes nothing.",
            &states,
        ),
        ("post", "/review/{token}") => Text::new(
            "submitReviewPage",
            "Message links",
            "Submit the review page",
            "Confirms the entry, creates a change request, or verifies a channel, depending on the form field `do`.",
            &states,
        ),
        _ => return None,
    })
}
