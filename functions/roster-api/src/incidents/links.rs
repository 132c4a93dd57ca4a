//! The link in a page: `GET` shows the incident and a button, only `POST` acts.
//!
//! Mail scanners open every link, so looking must never acknowledge.

mod incident_page;
mod several;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use muster_domain::incident::{Actor, Incident, IncidentStatus as Standing};
use muster_domain::message::page::Joined;
use muster_runtime::error::AwsError;
use muster_runtime::secret::token_digest;
use muster_store::incidents::LinkToken;

use crate::App;
use crate::http::html::page;
use crate::http::problem::Problem;
use crate::http::request::PathText;
use crate::incidents::take_up;

/// The page of a link: 200, or 404, 409, 410, 500, or 503 with the reason for people.
pub(crate) struct LinkPage(Response);

impl IntoResponse for LinkPage {
    fn into_response(self) -> Response {
        self.0
    }
}

/// What a link leads to.
enum Found {
    /// A link nobody gave out, or one whose incident is gone.
    Unknown,
    /// One that has ended.
    Expired,
    /// One that is good, or was used.
    Good(LinkToken, Box<Incident>),
    /// One of a digest, for several incidents.
    Several(LinkToken),
}

async fn find(app: &App, digest: &str) -> Result<Found, AwsError> {
    let Some(link) = app.incidents.answers().link(digest).await? else { return Ok(Found::Unknown) };
    if link.expired(Timestamp::now()) {
        return Ok(Found::Expired);
    }
    if !link.others.is_empty() {
        return Ok(Found::Several(link));
    }
    let incident = app.incidents.incident(&link.incident).await?;
    Ok(incident.map_or(Found::Unknown, |incident| Found::Good(link, Box::new(incident))))
}

pub(crate) async fn show(State(app): State<App>, PathText(token): PathText) -> LinkPage {
    LinkPage(shown_at(&app, &token).await)
}

async fn shown_at(app: &App, token: &str) -> Response {
    match find(app, &token_digest(token)).await {
        Err(error) => sorry(error.into()),
        Ok(Found::Unknown) => unknown(),
        Ok(Found::Expired) => expired(),
        Ok(Found::Good(link, incident)) => shown(app, StatusCode::OK, &link, &incident).await,
        Ok(Found::Several(link)) => several::show(app, &link).await,
    }
}

pub(crate) async fn act(State(app): State<App>, PathText(token): PathText) -> LinkPage {
    LinkPage(acted_at(&app, &token).await)
}

async fn acted_at(app: &App, token: &str) -> Response {
    let digest = token_digest(token);
    let (link, incident) = match find(app, &digest).await {
        Err(error) => return sorry(error.into()),
        Ok(Found::Unknown) => return unknown(),
        Ok(Found::Expired) => return expired(),
        Ok(Found::Several(link)) => return several::act(app, &link, &digest).await,
        Ok(Found::Good(link, incident)) => (link, incident),
    };
    if link.used_at.is_some() {
        return shown(app, StatusCode::GONE, &link, &incident).await;
    }
    if incident.status == Standing::Resolved {
        return shown(app, StatusCode::CONFLICT, &link, &incident).await;
    }
    let by = Actor::Contact { contact: link.contact.clone() };
    match take_up(app, &link.incident, &by, Some(&digest)).await {
        Ok(incident) => shown(app, StatusCode::OK, &link, &incident).await,
        Err(problem) => sorry(problem),
    }
}

/// The page of an incident. What else joined is not worth an error: the button matters more.
async fn shown(app: &App, status: StatusCode, link: &LinkToken, incident: &Incident) -> Response {
    let joined = app.incidents.timeline().joined(incident).await.unwrap_or_else(|error| {
        tracing::warn!(reason = %error, "the findings that joined cannot be read");
        Joined::default()
    });
    let (title, body) = incident_page::rendered(link, incident, &joined);
    page(status, &title, &body)
}

fn unknown() -> Response {
    let body = "<p>This link is not valid. Open the newest message you got, or ask your team.</p>";
    page(StatusCode::NOT_FOUND, "Muster: no such link", body)
}

fn expired() -> Response {
    let body = "<p>This link has expired. Open the newest message you got, or ask your team.</p>";
    page(StatusCode::GONE, "Muster: the link has expired", body)
}

/// For people: the problem in words, with its status.
fn sorry(problem: Problem) -> Response {
    let status = problem.into_response().status();
    let body = "<p>That did not work just now. Wait a moment and try again; if it goes on, \
                answer your team on the bridge.</p>";
    page(status, "Muster: please try again", body)
}
