//! The words of the document: each operation's ID, summary, description, answers, and further problems.

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::hole::Hole;
use muster_domain::roster::role::Role;

use super::nouns;
use crate::http::problem::Problem;

/// What the document says of one operation beside what the handler's signature says.
pub(crate) struct Text {
    pub(super) id: String,
    pub(super) tag: &'static str,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) answers: Vec<(u16, String)>,
    pub(super) problems: Vec<Problem>,
}

impl Text {
    pub(super) fn new(
        id: &str,
        tag: &'static str,
        summary: &str,
        description: &str,
        answers: &[(u16, &str)],
    ) -> Self {
        Self {
            id: id.to_owned(),
            tag,
            summary: summary.to_owned(),
            description: description.to_owned(),
            answers: answers.iter().map(|(status, text)| (*status, (*text).to_owned())).collect(),
            problems: Vec::new(),
        }
    }

    pub(super) fn problems(self, problems: impl Into<Vec<Problem>>) -> Self {
        Self { problems: problems.into(), ..self }
    }
}

/// A field error as an example.
pub(super) fn error() -> Vec<FieldError> {
    vec![FieldError::new("limit", "must be an integer from 1 to 200", "50")]
}

/// A coverage gap as an example.
pub(super) fn hole() -> Vec<Hole> {
    vec![Hole::RoleUnfilled { role: Role::IncidentCommander }]
}

/// The tags, each a noun, with what it is.
pub(super) const TAGS: [(&str, &str); 13] = [
    ("Contacts", "Contacts of the incident response roster, their channels, and contact files."),
    ("External resources", "Organizations that help during an incident or must be notified."),
    ("Escalation plans", "Which contacts Muster pages, when, and how often."),
    ("Paging policy", "Which severities page which escalation levels, and paging limits."),
    ("Incidents", "Incidents with their timelines, and their acknowledgment and resolution."),
    ("Drills", "Tests of the real path with a synthetic finding, and their reports."),
    ("Preview", "Who would be paged, without paging anyone."),
    ("Reviews", "Monthly reviews of entries, change requests, and the coverage report."),
    (
        "Response plan",
        "The incident response plan, its settings, its check, and the evidence package.",
    ),
    ("Roles", "The seven roles in incident response."),
    ("Changes", "The change history of all entries."),
    (
        "Message links",
        "Pages for people behind the links in messages. They require no authentication.",
    ),
    ("Operations", "Health, readiness, Incident Manager, and this document."),
];

const PAGES: [(u16, &str); 2] = [
    (500, "An HTML page that asks the reader to try again."),
    (503, "An HTML page that asks the reader to try again."),
];

fn pages(answers: &[(u16, &'static str)]) -> Vec<(u16, &'static str)> {
    answers.iter().chain(&PAGES).copied().collect()
}

/// The words about a route.
pub(super) fn of(method: &str, path: &str) -> Text {
    let found = roster(method, path)
        .or_else(|| incidents(method, path))
        .or_else(|| reviews(method, path))
        .or_else(|| operations(method, path))
        .or_else(|| nouns::text(method, path));
    found.unwrap_or_else(|| panic!("{method} {path} is not described"))
}

fn roster(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Contacts";
    Some(match (method, path) {
        ("post", "/contacts/import") => Text::new(
            "importContacts",
            TAG,
            "Import contacts",
            "Checks every row before it writes the first one. Maximum file size: 5 MB and 10,000 rows. An \
             import stops after 18 seconds with `complete` false. Send the same file again to continue at \
             `next_line`.",
            &[
                (200, "The result for each row."),
                (422, "The result for each row, with errors. Nothing was changed."),
            ],
        ),
        ("get", "/contacts/export") => Text::new(
            "exportContacts",
            TAG,
            "Export contacts",
            "Returns contacts with full phone numbers and email addresses. Muster records each export as a \
             reveal. A file has at most 5,000 contacts; the `Link` header leads to the next file.",
            &[(200, "The exported contacts.")],
        ),
        ("get", "/contacts/{id}/channels") => Text::new(
            "revealContactChannels",
            TAG,
            "Reveal a contact's channels",
            "Returns full phone numbers and email addresses. Muster records who requested them.",
            &[(200, "The channels, in order of preference.")],
        ),
        ("post", "/contacts/{id}/offboard") => Text::new(
            "offboardContact",
            TAG,
            "Offboard a contact",
            "Sets the contact to `departed`. The contact's backup replaces them as a backup contact and in \
             escalation plans.",
            &[(200, "The entries in which the contact was replaced.")],
        ),
        ("post", "/contacts/{id}/channels/{position}/activation") => Text::new(
            "activateContactChannel",
            TAG,
            "Activate a channel in Incident Manager",
            "Without `code`, sends an activation code to the channel. With `code`, activates the channel.",
            &[(200, "The activation result.")],
        )
        .problems([Problem::not_in_incident_manager()]),
        ("post", "/contacts/{id}/channel-tests") => Text::new(
            "testContactChannels",
            TAG,
            "Test a contact's channels",
            "Sends a test message to each channel. Opening its link or entering its code verifies the channel.",
            &[(202, "The tests were queued.")],
        ),
        ("get", "/contacts/{id}/channel-status") => Text::new(
            "getContactChannelStatus",
            TAG,
            "Get the status of a contact's channels",
            "Returns when each channel was last verified, and whether messages to it are undeliverable.",
            &[(200, "The channel status, in order of preference.")],
        ),
        ("post", "/external-resources/starters") => Text::new(
            "createStarterResources",
            "External resources",
            "Create the AWS starter entries",
            "Creates entries for AWS Support, the AWS Customer Incident Response Team (CIRT), the Shield Response \
             Team (SRT), and AWS Managed Services (AMS) that do not exist yet.",
            &[(200, "The entries that were created and those that already existed.")],
        ),
        ("get", "/roles") => Text::new(
            "listRoles",
            "Roles",
            "List roles",
            "Returns the seven roles with their responsibilities, skills, and escalation levels.",
            &[(200, "The roles.")],
        ),
        ("get", "/changes") => Text::new(
            "listChanges",
            "Changes",
            "List changes",
            "Returns changes to all entries, newest first. Phone numbers and email addresses are hidden.",
            &[(200, "A page of changes.")],
        ),
        ("get", "/team") => Text::new(
            "previewTeam",
            "Preview",
            "Preview the response team",
            "Returns the contacts that the first step would page, with the reason for each.",
            &[(200, "The response team.")],
        ),
        ("post", "/simulate") => Text::new(
            "simulateFinding",
            "Preview",
            "Simulate a finding",
            "Returns the verdict and every escalation step that an EventBridge event would cause if no one \
             acknowledged. Writes and sends nothing.",
            &[(200, "The simulated escalation of each finding.")],
        ),
        _ => return None,
    })
}

fn incidents(method: &str, path: &str) -> Option<Text> {
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

fn reviews(method: &str, path: &str) -> Option<Text> {
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

fn operations(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Operations";
    const PLAN: &str = "Response plan";
    Some(match (method, path) {
        ("get", "/response-plan") => Text::new(
            "getResponsePlan",
            PLAN,
            "Get the incident response plan",
            "Generates the plan from the current roster and settings. The HTML format is one self-contained file \
             for printing.",
            &[(200, "The incident response plan.")],
        ),
        ("get", "/response-plan/check") => Text::new(
            "checkResponsePlan",
            PLAN,
            "Check the incident response plan",
            "Returns issues in the plan, most severe first.",
            &[(200, "The issues in the plan.")],
        ),
        ("get", "/evidence") => Text::new(
            "getEvidencePackage",
            PLAN,
            "Download the evidence package",
            "Returns a ZIP file with the response plan, RACI chart, check results, roster, reviews, drills, and \
             changes, and their SHA-256 digests. Phone numbers and email addresses are masked.",
            &[(200, "The evidence package (ZIP).")],
        ),
        ("get", "/incident-manager") => Text::new(
            "getIncidentManagerStatus",
            TAG,
            "Get Incident Manager sync status",
            "Returns the last full sync: drift, failures, manual edits that were kept, and channels that are not \
             activated.",
            &[(200, "The result of the last full sync.")],
        ),
        ("get", "/readiness") => Text::new(
            "getReadiness",
            TAG,
            "Check readiness",
            "Checks whether Muster can page. Returns components that need action first, each with a link to the \
             AWS console.",
            &[(200, "The result for each component.")],
        ),
        ("get", "/openapi.json") => Text::new(
            "getOpenApiDocument",
            TAG,
            "Get the OpenAPI document",
            "Returns this document, as OpenAPI 3.1 in JSON.",
            &[(200, "The OpenAPI document.")],
        ),
        ("get", "/health") => Text::new(
            "getHealth",
            TAG,
            "Check that the API responds",
            "Requires no authentication and checks no dependencies.",
            &[(200, "The API responds.")],
        ),
        _ => return None,
    })
}
