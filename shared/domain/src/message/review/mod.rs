//! What the messages of reviews say: reminders, letters to managers, welcomes, tests and codes.

mod codes;
mod letters;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use self::codes::{
    code_mail, code_spoken, code_text, no_mail, test_mail, test_spoken, test_text,
};
pub use self::letters::{
    correction_waits, moved_mail, moved_text, nobody_to_ask, nobody_to_ask_about, silence,
    to_manager, to_manager_text, welcome, welcome_text,
};

use crate::message::page::{Block, Mail, in_subject, mail_of, minute};
use crate::roster::contact::Contact;
use crate::roster::contact::fields::shown;
use crate::roster::external::ExternalResource;
use crate::value::availability::hours;

/// The label of the link in every review's mail.
const LOOK: &str = "Look at the entry and answer";

/// A text message with a link, when there is no address to mail to.
#[must_use]
pub fn review_text(link: &str) -> String {
    format!("MUSTER: please confirm your entry in the incident roster: {link}")
}

/// What looking does and does not do, and for how long.
fn terms(until: Timestamp) -> Block {
    Block::Text(format!(
        "Opening the page changes nothing; its buttons do. The link is yours alone, so pass it to nobody. \
         It is good until {}, and for one answer.",
        minute(until)
    ))
}

/// The reminder's how manieth it is, if not the first.
fn again(nth: usize) -> Option<Block> {
    (nth > 1).then(|| {
        let before = nth - 1;
        let times = if before == 1 { "once".to_owned() } else { format!("{before} times") };
        Block::Text(format!(
            "We have asked {times} without an answer. If nobody answers, your manager is told, and your \
             entry is marked as unconfirmed."
        ))
    })
}

/// The mail that asks somebody to confirm their own entry, for the `nth` time since the last answer.
#[must_use]
pub fn review(contact: &Contact, nth: usize, link: &str, until: Timestamp) -> Mail {
    let mut blocks = vec![Block::Text(format!("Hello {},", contact.name))];
    blocks.push(Block::Text(
        "when a security incident happens, this is how we find you. Is it still right?".into(),
    ));
    blocks.extend(again(nth));
    blocks.push(Block::Link(LOOK, link.to_owned()));
    blocks.push(Block::Head("What we know of you"));
    blocks.push(Block::List(entry(contact)));
    blocks.push(terms(until));
    mail_of(subject("Please confirm your entry in the incident roster", nth), &blocks)
}

fn subject(text: &str, nth: usize) -> String {
    if nth > 1 { format!("Reminder {nth}: {text}") } else { text.to_owned() }
}

/// An entry in lines; numbers and addresses masked, since mail is read by many.
fn entry(contact: &Contact) -> Vec<String> {
    let mut lines: Vec<_> =
        shown(contact).map(|(label, text)| format!("{label}: {text}")).collect();
    for channel in &contact.channels {
        lines.push(format!("{}: {}", channel.kind().kind().title, channel.masked()));
    }
    lines
}

/// The mail that asks an external resource's owner to confirm its entry.
#[must_use]
pub fn external_review(
    resource: &ExternalResource,
    owner: &Contact,
    nth: usize,
    link: &str,
    until: Timestamp,
) -> Mail {
    let mut blocks = vec![
        Block::Text(format!("Hello {},", owner.name)),
        Block::Text(format!(
            "you keep the roster's entry of {} true. Is it still right?",
            resource.organization
        )),
    ];
    blocks.extend(again(nth));
    blocks.push(Block::Link(LOOK, link.to_owned()));
    let mut lines = vec![
        format!("Organisation: {}", resource.organization),
        format!("Kind: {}", resource.r#type.name().replace('_', " ")),
    ];
    lines.extend(resource.service_type.iter().map(|text| format!("Service: {text}")));
    lines.extend(resource.support_level.iter().map(|text| format!("Support level: {text}")));
    lines.push(format!("Hours: {}", hours(&resource.availability)));
    for duty in &resource.notification_obligations {
        let kinds: Vec<_> = duty.incident_types.iter().map(|kind| kind.words()).collect();
        lines.push(format!(
            "To be told within {} hours of: {}",
            duty.within_hours,
            kinds.join(", ")
        ));
    }
    blocks.push(Block::Head("What we know of them"));
    blocks.push(Block::List(lines));
    blocks.push(terms(until));
    let what = format!("Please confirm the entry of {}", in_subject(&resource.organization));
    mail_of(subject(&what, nth), &blocks)
}
