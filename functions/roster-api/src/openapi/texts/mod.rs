//! The words of the document: each operation's ID, summary, description, answers, and further problems.

mod incidents;
mod operations;
mod reviews;
mod roster;

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::hole::Hole;
use muster_domain::roster::role::Role;

use super::nouns;
use crate::http::paging::limit_error;
use crate::http::problem::Problem;

/// What the document says of one operation beside what the handler's signature says.
pub(crate) struct Text {
    pub(super) id: String,
    pub(super) tag: &'static str,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) answers: Vec<(u16, String)>,
    /// What a repeated request with the same key does.
    pub(super) repeated: &'static str,
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
            repeated: "returns the original response",
            problems: Vec::new(),
        }
    }

    pub(super) fn problems(self, problems: impl Into<Vec<Problem>>) -> Self {
        Self { problems: problems.into(), ..self }
    }

    fn repeated(self, repeated: &'static str) -> Self {
        Self { repeated, ..self }
    }
}

/// A field error as an example.
pub(super) fn error() -> Vec<FieldError> {
    vec![limit_error()]
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
    let found = roster::text(method, path)
        .or_else(|| incidents::text(method, path))
        .or_else(|| reviews::text(method, path))
        .or_else(|| operations::text(method, path))
        .or_else(|| nouns::text(method, path));
    found.unwrap_or_else(|| panic!("{method} {path} is not described"))
}
