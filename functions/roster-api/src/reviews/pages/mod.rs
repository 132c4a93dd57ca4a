//! The links of reviews: `GET` shows an entry or asks whether a test arrived, only `POST` acts.

mod correct;
mod deeds;
mod form;
mod page;
mod person;
mod proof;
mod refused;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use muster_domain::review::Subject;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_runtime::error::AwsError;
use muster_runtime::secret::token_digest;
use muster_store::incidents::{Lets, ReviewToken};

pub(crate) use self::deeds::tell;

#[cfg(test)]
pub(crate) use self::correct::fields as corrected_fields;
pub(crate) use self::form::Filled;
#[cfg(test)]
pub(crate) use self::form::{Deed, Part};
use self::page::Said;
use crate::App;
use crate::http::request::PathText;

/// A link that is good, and the entry that it is about.
pub(crate) struct Link {
    pub(crate) digest: String,
    pub(crate) token: ReviewToken,
    pub(crate) about: About,
    pub(crate) now: Timestamp,
}

/// What a link is about.
pub(crate) enum About {
    /// A person's own entry.
    Person(Box<Contact>),
    /// An organisation's, whose owner has the link.
    Organisation(Box<ExternalResource>),
}

/// The page of a link: 200, or 404, 409, 422, 500, or 503 with the reason for people.
pub(crate) struct ReviewPage(Response);

impl IntoResponse for ReviewPage {
    fn into_response(self) -> Response {
        self.0
    }
}

/// Where a link leads.
enum Found {
    Good(Box<Link>),
    /// Nowhere, and why: for the audit trail, never for whoever came with it.
    Refused(refused::Why),
}

async fn find(app: &App, text: &str) -> Result<Found, AwsError> {
    let (digest, now) = (token_digest(text), Timestamp::now());
    let Some(token) = app.incidents.reviews().review_token(&digest).await? else {
        return Ok(Found::Refused(refused::Why::unknown()));
    };
    if !token.good(now) {
        return Ok(Found::Refused(refused::Why::over(&token)));
    }
    let about = match &token.subject {
        Subject::Contact(id) => app
            .roster
            .entry::<Contact>(id)
            .await?
            .filter(|contact| !contact.departed())
            .map(|contact| About::Person(Box::new(contact))),
        Subject::External(id) => {
            let resource = app.roster.entry::<ExternalResource>(id).await?;
            // Whoever is no longer the owner has nothing to say here.
            resource
                .filter(|resource| resource.owner.as_ref() == Some(&token.contact))
                .map(|resource| About::Organisation(Box::new(resource)))
        }
    };
    Ok(match about {
        None => Found::Refused(refused::Why::gone(&token)),
        Some(about) => Found::Good(Box::new(Link { digest, token, about, now })),
    })
}

pub(crate) async fn show(State(app): State<App>, PathText(token): PathText) -> ReviewPage {
    ReviewPage(match find(&app, &token).await {
        Err(error) => page::sorry(error.into()),
        Ok(Found::Refused(why)) => refused::refuse(&app, why).await,
        Ok(Found::Good(link)) => match draw(&app, &link, Said::Nothing, None).await {
            Ok(response) => response,
            Err(error) => page::sorry(error.into()),
        },
    })
}

pub(crate) async fn act(
    State(app): State<App>,
    PathText(token): PathText,
    filled: Filled,
) -> ReviewPage {
    ReviewPage(match find(&app, &token).await {
        Err(error) => page::sorry(error.into()),
        Ok(Found::Refused(why)) => refused::refuse(&app, why).await,
        Ok(Found::Good(link)) => match deeds::perform(&app, &link, &filled).await {
            Ok(response) => response,
            Err(problem) => page::sorry(problem),
        },
    })
}

/// The page of a link, with what there is to say first.
async fn draw(
    app: &App,
    link: &Link,
    said: Said,
    filled: Option<&Filled>,
) -> Result<Response, AwsError> {
    match (&link.about, &link.token.lets) {
        (About::Person(contact), Lets::Prove { .. }) => {
            let called = proof::call_open(app, &contact.id, link.now).await?;
            Ok(proof::page(contact, called, &said))
        }
        (About::Person(contact), Lets::Review) => {
            let reach = app.incidents.proofs().reach(contact).await?;
            Ok(person::page(contact, &reach, &said, filled))
        }
        (About::Organisation(resource), _) => Ok(page::organisation(resource, &said, filled)),
    }
}
