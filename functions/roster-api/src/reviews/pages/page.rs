//! What the pages of reviews share: what is said first, the facts, and the forms.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::limits::MAX_NOTE;
use muster_domain::value::text::escape;

use super::correct::{self, Asked};
use super::form::{Filled, Part};
use crate::http::html;
use crate::http::problem::Problem;

/// What a page says before anything else.
#[derive(Clone, Debug, Default)]
pub(crate) enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// Something has worked.
    Done(String),
    /// A code is on its way to this channel, which goes by this name; what was wrong with the last one.
    Code {
        /// The channel as it is kept.
        channel: String,
        /// Its address, masked.
        to: String,
        /// What was wrong.
        wrong: Option<&'static str>,
    },
    /// Something is wrong with what was sent, in all or by field.
    Wrong(String, Vec<FieldError>),
}

impl Said {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Nothing | Self::Done(_) | Self::Code { wrong: None, .. } => StatusCode::OK,
            Self::Code { .. } | Self::Wrong(..) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The faults of a form's fields.
    pub(crate) fn faults(&self) -> &[FieldError] {
        match self {
            Self::Wrong(_, faults) => faults,
            _ => &[],
        }
    }

    /// It as HTML.
    pub(crate) fn html(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Done(text) => format!("<p class=\"told\" role=\"status\">{}</p>", escape(text)),
            Self::Wrong(text, faults) => {
                let mut out =
                    format!("<div class=\"wrong\" role=\"alert\"><p>{}</p>", escape(text));
                if !faults.is_empty() {
                    let item = |fault: &FieldError| {
                        let (label, example) = (correct::label(&fault.field), &fault.example);
                        let what = format!("{label}: {}. Such as: {example}", fault.message);
                        format!("<li>{}</li>", escape(&what))
                    };
                    let items: String = faults.iter().map(item).collect();
                    out.extend(["<ul>", &items, "</ul>"]);
                }
                out + "</div>"
            }
            Self::Code { channel, to, wrong } => {
                let wrong = wrong.map(|wrong| {
                    format!("<p class=\"wrong\" role=\"alert\" id=\"code-wrong\">{wrong}</p>")
                });
                let described = if wrong.is_some() { "code-wrong" } else { "code-hint" };
                format!(
                    "<section aria-labelledby=\"code-head\"><h2 id=\"code-head\">Type the code</h2>{}\
                     <p id=\"code-hint\" role=\"status\">A code of six digits is on its way to {}. It is \
                     good for 15 minutes.</p><form method=\"post\"><input type=\"hidden\" name=\"do\" \
                     value=\"code\"><input type=\"hidden\" name=\"channel\" value=\"{}\">\
                     <label for=\"code\">Code</label><input id=\"code\" name=\"code\" \
                     inputmode=\"numeric\" autocomplete=\"one-time-code\" pattern=\"[0-9 ]{{6,8}}\" \
                     required aria-describedby=\"{described}\"><button>This is the code</button>\
                     </form></section>",
                    wrong.unwrap_or_default(),
                    escape(to),
                    escape(channel),
                )
            }
        }
    }
}

/// A list of facts.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let mut out = String::from("<dl>");
    for (term, text) in facts {
        out.extend(["<dt>", term, "</dt><dd>", &escape(text), "</dd>"]);
    }
    out + "</dl>"
}

/// The questions at the end: whether all is right, what is wrong, and whether somebody has left.
pub(crate) fn questions(asked: &Asked<'_>, version: u64, said: &Said) -> String {
    let (left, left_hint) = asked.left;
    let open = if said.faults().is_empty() { "" } else { " open" };
    format!(
        "<h2>Is all of this right?</h2><form method=\"post\"><input type=\"hidden\" name=\"do\" \
         value=\"confirm\"><input type=\"hidden\" name=\"version\" value=\"{version}\">\
         <button>Yes, all of this is right</button></form>\
         <details{open}><summary>No, something is wrong</summary><form method=\"post\">\
         <input type=\"hidden\" name=\"do\" value=\"correct\">{}\
         <label for=\"note\">Anything else</label><p class=\"hint\" id=\"note-hint\">In your own \
         words, for the roster's owner.</p><textarea id=\"note\" name=\"note\" rows=\"3\" \
         maxlength=\"{MAX_NOTE}\" aria-describedby=\"note-hint\">{}</textarea>\
         <button>Send this to the roster's owner</button></form></details>\
         <details><summary>{left}</summary><form method=\"post\">\
         <input type=\"hidden\" name=\"do\" value=\"departure\"><p class=\"hint\">{left_hint}</p>\
         <label for=\"why\">Who follows you, if you know</label>\
         <input id=\"why\" name=\"note\" maxlength=\"200\"><button class=\"grave\">{left}</button>\
         </form></details>",
        asked.inputs(said.faults()),
        escape(asked.filled.map_or("", |filled| filled.part(Part::Note))),
    )
}

/// The page of an organisation's entry.
pub(crate) fn organisation(
    resource: &ExternalResource,
    said: &Said,
    filled: Option<&Filled>,
) -> Response {
    let asked = Asked::organisation(resource, filled);
    let list = asked.facts();
    let body = format!(
        "{}<p>You keep this entry of the incident response roster true. Looking changes nothing.</p>{}{}",
        said.html(),
        facts(&list),
        questions(&asked, resource.version, said)
    );
    let title = format!("Confirm: {}", resource.organization);
    html::page(said.status(), &escape(&title), &body)
}

/// The last page: the link has done its work.
pub(crate) fn thanks(text: &str) -> Response {
    let body = format!("<p class=\"told\" role=\"status\">{}</p>", escape(text));
    html::page(StatusCode::OK, "Thank you", &body)
}

/// For people: the problem in words, with its status.
pub(crate) fn sorry(problem: Problem) -> Response {
    let status = problem.into_response().status();
    let body = "<p>That did not work just now, and nothing was changed. Go back, wait a moment and try \
                again.</p>";
    html::page(status, "Muster: please try again", body)
}
