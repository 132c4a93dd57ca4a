//! The words about incidents, drills, and the links in pages.

use super::{Text, pages};
use crate::http::problem::Problem;

/// The words about a route of these, if it is one.
pub(super) fn text(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Incidents";
    let link = |id, summary, description, answers: &[(u16, &'static str)]| {
        Text::new(id, "Message links", summary, description, &pages(answers))
    };
    let states = [
        (200, "An HTML page."),
        (404, "The link is not valid."),
        (409, "The incident is already resolved."),
        (410, "The link has expired or was already used."),
    ];
    Some(match (method, path) {
        ("get", "/incidents") => Text::new(
            "listIncidents",
            TAG,
            "List incidents",
            "Returns incidents, newest first, without drills.",
            &[(200, "A page of incidents.")],
        ),
        ("get", "/incidents/{id}") => Text::new(
            "getIncident",
            TAG,
            "Get an incident",
            "Returns the incident with its timeline, oldest event first.",
            &[(200, "The incident.")],
        ),
        ("post", "/incidents/{id}/acknowledge") => Text::new(
            "acknowledgeIncident",
            TAG,
            "Acknowledge an incident",
            "Stops paging before the next step. Acknowledging again has no effect.",
            &[(200, "The incident.")],
        )
        .problems([Problem::resolved(), Problem::changed()]),
        ("post", "/incidents/{id}/resolve") => Text::new(
            "resolveIncident",
            TAG,
            "Resolve an incident",
            "Ends the escalation. Resolving again has no effect.",
            &[(200, "The incident.")],
        )
        .problems([Problem::changed()]),
        ("post", "/incidents/{id}/obligations/{resource}") => Text::new(
            "recordNotification",
            TAG,
            "Record that an organization was notified",
            "Stops the notification deadline. Recording it again has no effect.",
            &[(200, "The notification deadline.")],
        )
        .problems([Problem::changed()]),
        ("get", "/drills") => Text::new(
            "listDrills",
            "Drills",
            "List drills",
            "Returns drills, newest first. Drills do not appear in the list of incidents.",
            &[(200, "A page of incidents that drills opened.")],
        ),
        ("post", "/drills") => Text::new(
            "startDrill",
            "Drills",
            "Start a drill",
            "Sends a synthetic finding through the real path. Every message states that it is a drill. External \
             resources are not contacted.",
            &[(202, "The drill was accepted. The report is available within seconds.")],
        )
        .repeated("returns the same drill")
        .problems([Problem::changed()]),
        ("get", "/drills/{id}") => Text::new(
            "getDrill",
            "Drills",
            "Get a drill report",
            "Returns who was paged on which channels, and how long each contact took to acknowledge.",
            &[(200, "The drill report.")],
        ),
        ("get", "/ack/{token}") => link(
            "getAcknowledgmentPage",
            "Get the acknowledgment page",
            "Returns an HTML page with the incident and an **Acknowledge** button. Opening the page changes \
             nothing.",
            &states,
        ),
        ("post", "/ack/{token}") => link(
            "acknowledgeByLink",
            "Acknowledge an incident by link",
            "Acknowledges the incident on behalf of the contact who received the link.",
            &states,
        ),
        _ => return None,
    })
}
