//! The page of a person's own entry: the facts, the channels and their proofs, and the questions.

use axum::response::Response;
use muster_domain::review::reach::ChannelVerification;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::fields::shown;
use muster_domain::value::channel::ChannelType;
use muster_domain::value::text::escape;
use muster_runtime::secret::fingerprint;

use super::correct::Asked;
use super::form::Filled;
use super::page::{Said, facts, questions};
use crate::http::html;

/// The page.
pub(crate) fn page(
    contact: &Contact,
    reach: &[ChannelVerification],
    said: &Said,
    filled: Option<&Filled>,
) -> Response {
    let asked = Asked::person(contact, filled);
    let body = format!(
        "{}<p>This is what the incident response roster knows of you. Looking changes nothing.</p>{}\
         <h2>How you are reached</h2>{}{}",
        said.html(),
        facts(&of(contact)),
        channels(contact, reach),
        questions(&asked, contact.version, said),
    );
    html::page(said.status(), "Confirm your entry", &body)
}

fn of(contact: &Contact) -> Vec<(&'static str, String)> {
    let mut list: Vec<_> = shown(contact).collect();
    let confirmed = contact
        .confirmed_at
        .map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d").to_string());
    list.push(("Last confirmed", confirmed));
    list
}

/// A hidden field of a form.
fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

/// The channels, each with its proof, a way to prove it and a way to replace it; and a way to add one.
fn channels(contact: &Contact, reach: &[ChannelVerification]) -> String {
    let mut out = String::from("<ul>");
    for (index, channel) in contact.channels.iter().enumerate() {
        let reach = reach.get(index).copied().unwrap_or_default();
        let standing = match (reach.undeliverable_reason, reach.verified_at) {
            (Some(dead), _) => dead.sentence().to_owned(),
            (None, Some(at)) => format!("proven on {}", at.strftime("%Y-%m-%d")),
            (None, None) => "not proven yet".to_owned(),
        };
        let (name, to) = (channel.kind().kind().title, escape(&channel.masked()));
        let kept = hidden("channel", &fingerprint(&contact.id, channel));
        let kind = channel.kind().kind();
        let (input, hint) = (kind.input, kind.address_title);
        let field = format!("address-{index}");
        out.push_str(
            &[
                "<li><p>",
                name,
                " to ",
                &to,
                ": ",
                &standing,
                ".</p><form method=\"post\">",
                &hidden("do", "prove"),
                &kept,
                "<button class=\"quiet\">Prove ",
                name,
                " to ",
                &to,
                " with a code</button></form><details><summary>Change ",
                name,
                " to ",
                &to,
                "</summary><form method=\"post\">",
                &hidden("do", "replace"),
                &kept,
                "<label for=\"",
                &field,
                "\">New ",
                hint,
                "</label><input id=\"",
                &field,
                "\" name=\"address\" required maxlength=\"",
                &kind.max_length.to_string(),
                "\" ",
                input,
                "><button>Send a code there</button></form></details></li>",
            ]
            .concat(),
        );
    }
    out.push_str(
        "</ul><details><summary>Add a way to reach you</summary><form method=\"post\">\
         <input type=\"hidden\" name=\"do\" value=\"add\"><label for=\"type\">Kind</label>\
         <select id=\"type\" name=\"type\">",
    );
    for kind in ChannelType::ALL {
        let (name, title) = (kind.name(), kind.kind().title);
        let selected = if kind == ChannelType::Sms { " selected" } else { "" };
        let option = ["<option value=\"", name, "\"", selected, ">", title, "</option>"];
        out.push_str(&option.concat());
    }
    let longest = ChannelType::ALL.map(|kind| kind.kind().max_length).into_iter().max();
    out.push_str(
        &[
            "</select>\
         <label for=\"address-new\">Number or address</label><p class=\"hint\" id=\"new-hint\">A \
         number with its country code, such as +14255550101, an e-mail address, or the https URL of \
         a webhook.</p>\
         <input id=\"address-new\" name=\"address\" required maxlength=\"",
            &longest.unwrap_or_default().to_string(),
            "\" aria-describedby=\"new-hint\"><button>Send a code there</button></form></details>",
        ]
        .concat(),
    );
    out
}
