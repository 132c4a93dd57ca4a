//! Letters: to managers of those who do not answer, to new people, and to the roster's owner.

use jiff::Timestamp;

use super::{LOOK, terms};
use crate::message::page::{Block, Mail, in_subject, mail_of, minute};
use crate::review::{ChangeRequest, ChangeRequestType, Subject};
use crate::roster::contact::Contact;

/// The letter to a manager: that nobody has confirmed an entry, and what to do.
#[must_use]
pub fn to_manager(manager: &Contact, whose: &str, silent: usize) -> Mail {
    let blocks = [
        Block::Text(format!("Hello {},", manager.name)),
        Block::Text(format!(
            "{silent} reminders to confirm the entry of {whose} in the incident roster went unanswered. \
             Until somebody confirms it, we do not know whether we reach the right person at 3 a.m."
        )),
        Block::Head("What you can do"),
        Block::List(vec![
            "Ask them to open the newest reminder and answer it.".into(),
            "If they have left the role, tell the roster's owner who follows.".into(),
        ]),
    ];
    mail_of(format!("Nobody confirms the entry of {}", in_subject(whose)), &blocks)
}

/// The same for a manager without an e-mail address: no name, since texts are read over shoulders.
#[must_use]
pub fn to_manager_text(silent: usize) -> String {
    format!(
        "MUSTER: {silent} reminders to one of your people to confirm their roster entry went unanswered. \
         Please ask the roster's owner."
    )
}

/// What the owner's topic hears if there is no manager to tell.
#[must_use]
pub fn silence(subject: &Subject, silent: usize) -> (String, String) {
    let text = format!(
        "{silent} reminders about {subject} went unanswered, and the roster names no manager who could be \
         told. Please ask them yourself.\n"
    );
    ("Muster: reminders go unanswered".to_owned(), text)
}

/// How many entries the message about those whom nobody can be asked about names.
const MOST_NAMED: usize = 50;

/// What the owner's topic hears of the entries that are due and nobody can be asked about.
#[must_use]
pub fn nobody_to_ask_about(subjects: &[Subject]) -> (String, String) {
    let names: Vec<_> = subjects.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    let more = subjects.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text = format!(
        "These are due for review, and have nobody in the roster who could be asked: {}{more}.\nPlease name an \
         owner for each, or review them yourself.\n",
        names.join(", ")
    );
    ("Muster: nobody can be asked about some entries".to_owned(), text)
}

/// What the owner's topic hears if nobody can be asked about an entry.
#[must_use]
pub fn nobody_to_ask(subject: &Subject) -> (String, String) {
    let text = match subject {
        Subject::Contact(_) => format!(
            "{subject} is due for review and has neither an e-mail address nor a number for texts. Please \
             review the entry yourself.\n"
        ),
        Subject::External(_) => format!(
            "{subject} is due for review and has no owner in the roster who could be asked. Please name one, \
             or review the entry yourself.\n"
        ),
    };
    ("Muster: nobody can be asked about an entry".to_owned(), text)
}

/// What the owner's topic hears of a correction.
#[must_use]
pub fn correction_waits(correction: &ChangeRequest) -> (String, String) {
    let what = match correction.r#type {
        ChangeRequestType::Correction { .. } => "asks for a correction of",
        ChangeRequestType::Departure { .. } => "says that this is over:",
    };
    let text = format!(
        "{} {what} {}.\nGET /change-requests shows it; POST /change-requests/{}/approve or /reject decides. Until \
         then nothing changes.\n",
        correction.requested_by, correction.subject, correction.id
    );
    ("Muster: a correction waits for you".to_owned(), text)
}

/// The mail that welcomes somebody new: what their roles have to do, and what to do first.
#[must_use]
pub fn welcome(contact: &Contact, link: &str, until: Timestamp) -> Mail {
    let mut blocks = vec![
        Block::Text(format!("Hello {},", contact.name)),
        Block::Text(
            "you are on the incident response team now: when a security incident happens, Muster pages \
             you, and you answer with one press."
                .into(),
        ),
        Block::Head("What to do first"),
        Block::List(vec![
            "Look at your entry and confirm it.".into(),
            "Answer the test that comes by each of your channels.".into(),
            "Expect to be in the next drill. Everything that it sends begins with DRILL.".into(),
        ]),
        Block::Link(LOOK, link.to_owned()),
    ];
    for role in &contact.roles {
        let card = role.card();
        blocks.push(Block::Head("What your role does"));
        blocks.push(Block::Text(format!("As {}:", card.title)));
        blocks.push(Block::List(card.responsibilities.iter().map(|s| (*s).to_owned()).collect()));
    }
    blocks.push(terms(until));
    mail_of("Welcome to the incident response team".to_owned(), &blocks)
}

/// The welcome as a text message.
#[must_use]
pub fn welcome_text(link: &str) -> String {
    format!("MUSTER: you are on the incident team now. Please confirm your entry: {link}")
}

/// The mail that tells somebody, where they were reached before, that their channels were changed.
#[must_use]
pub fn moved_mail(contact: &Contact, at: Timestamp) -> Mail {
    let now: Vec<_> = contact
        .channels
        .iter()
        .map(|channel| format!("{}: {}", channel.kind().kind().title, channel.masked()))
        .collect();
    let blocks = [
        Block::Text(format!("Hello {},", contact.name)),
        Block::Text(format!(
            "the ways to reach you were changed by your link on {}, with a code that was sent to the new one. \
             They are now:",
            minute(at)
        )),
        Block::List(now),
        Block::Text(
            "If this was not you, tell your team at once: somebody has your link, and would get your pages."
                .into(),
        ),
    ];
    mail_of("The ways to reach you were changed".to_owned(), &blocks)
}

/// The same as a text message.
#[must_use]
pub fn moved_text() -> String {
    "MUSTER: the ways to reach you were changed by your link. If this was not you, tell your team at once."
        .to_owned()
}
