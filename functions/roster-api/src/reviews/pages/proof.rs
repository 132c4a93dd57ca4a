//! The link in a test message: whoever presses the button has shown that it arrived.

use axum::response::Response;
use jiff::Timestamp;
use muster_domain::review::{Given, Purpose};
use muster_domain::roster::contact::Contact;
use muster_domain::value::text::escape;
use muster_runtime::error::AwsError;
use muster_runtime::secret::code_digest;
use muster_store::incidents::{Noted, Written};

use super::form::{Filled, Part};
use super::page::{self, Said};
use super::{Link, draw};
use crate::App;
use crate::http::html;
use crate::http::problem::Problem;

/// The name of the call that a code was said in, while that code is good.
pub(crate) async fn call_open(
    app: &App,
    contact: &muster_domain::value::id::ContactId,
    now: Timestamp,
) -> Result<bool, AwsError> {
    let open = app.incidents.proofs().challenges(contact).await?;
    Ok(open.iter().any(|(_, challenge)| {
        !challenge.channel.is_written()
            && challenge.purpose == Purpose::Prove
            && challenge.given("", now) == Given::Wrong
    }))
}

/// The page.
pub(crate) fn page(contact: &Contact, called: bool, said: &Said) -> Response {
    let code = if called {
        "<label for=\"code\">Code from the call</label><p class=\"hint\" id=\"code-hint\">If you were \
         called too: the six digits that were said. Otherwise leave it empty.</p>\
         <input id=\"code\" name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         pattern=\"[0-9 ]{6,8}\" aria-describedby=\"code-hint\">"
    } else {
        ""
    };
    let body = format!(
        "{}<p>Hello {}. This is a test of the ways to reach you, and no incident. Press the button to show \
         that the message with this link has arrived.</p><form method=\"post\"><input type=\"hidden\" \
         name=\"do\" value=\"arrived\">{code}<button>Yes, it arrived</button></form>",
        said.html(),
        escape(&contact.name),
    );
    html::page(said.status(), "Test of a message", &body)
}

/// Notes that the message arrived, and that the call did if its code is right.
pub(crate) async fn arrived(
    app: &App,
    link: &Link,
    channel: &str,
    filled: &Filled,
) -> Result<Response, Problem> {
    let contact = &link.token.contact;
    app.incidents.proofs().note_reach(contact, channel, Noted::Proven(link.now)).await?;
    let code: String = filled.part(Part::Code).split_whitespace().collect();
    if !code.is_empty() && !said_right(app, contact, &code, link.now).await? {
        let text = "The message has arrived, and is noted. The code is not the one that was said in the \
                    call. Type it again, or leave it empty.";
        let said = Said::Wrong(text.to_owned(), Vec::new());
        return Ok(draw(app, link, said, None).await?);
    }
    let used = app.incidents.reviews().use_review(&link.digest, link.now)?;
    // Used at the same moment by another press of the button: both have done the same.
    let (Written::Done | Written::Conflict) = app.incidents.reviews().together(vec![used]).await?;
    Ok(page::thanks("It arrived. That is all; thank you."))
}

/// Whether a code is that of an open call; if so, the call is proven.
async fn said_right(
    app: &App,
    contact: &muster_domain::value::id::ContactId,
    code: &str,
    now: Timestamp,
) -> Result<bool, Problem> {
    for (channel, challenge) in app.incidents.proofs().challenges(contact).await? {
        let digest = code_digest(contact, &channel, code);
        let called = !challenge.channel.is_written();
        if !called || challenge.given(&digest, now) == Given::Over {
            continue;
        }
        let counted = app.incidents.proofs().guess(contact, &channel, challenge.attempts).await?;
        if counted && challenge.given(&digest, now) == Given::Right {
            app.incidents.proofs().note_reach(contact, &channel, Noted::Proven(now)).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
