//! Tests of channels and codes that prove them, as mail, text and call.

use jiff::Timestamp;

use crate::message::page::{Block, Mail, mail_of, minute, twice};
use crate::roster::contact::Contact;

/// The test of an e-mail address.
#[must_use]
pub fn test_mail(contact: &Contact, link: &str, until: Timestamp) -> Mail {
    let blocks = [
        Block::Text(format!("Hello {},", contact.name)),
        Block::Text(
            "this is a test of the ways to reach you, and no incident. Please show that it has arrived."
                .into(),
        ),
        Block::Link("Yes, it arrived", link.to_owned()),
        Block::Text(format!("The link is good until {}.", minute(until))),
    ];
    mail_of("Test: does this reach you?".to_owned(), &blocks)
}

/// The test of a number for texts: one part, with the link.
#[must_use]
pub fn test_text(link: &str) -> String {
    format!("MUSTER test, no incident. Show that it arrived: {link}")
}

/// The test of a number for calls. Nobody can answer by voice, so it says where to type the code.
#[must_use]
pub fn test_spoken(code: &str) -> String {
    twice(&format!(
        "Muster channel test, not an incident. Your code is {}. Enter it on the test page linked in your text message \
         or email.",
        digits(code)
    ))
}

/// The code for an e-mail address.
#[must_use]
pub fn code_mail(code: &str) -> Mail {
    let blocks = [
        Block::Text(format!("Your code is {code}.")),
        Block::Text(
            "Type it on the page on which you asked for it, within 15 minutes. If you have not asked for \
             one, tell your team: somebody may have your link."
                .into(),
        ),
    ];
    mail_of("Your code for the incident roster".to_owned(), &blocks)
}

/// The code for a number for texts.
#[must_use]
pub fn code_text(code: &str) -> String {
    format!("MUSTER: your code is {code}. It is good for 15 minutes. Tell it to nobody.")
}

/// The code for a number for calls.
#[must_use]
pub fn code_spoken(code: &str) -> String {
    twice(&format!("Muster. Your verification code is {}. Do not share it.", digits(code)))
}

/// What a channel gets that no test mail goes to; nobody ever reads it.
#[must_use]
pub fn no_mail() -> Mail {
    mail_of("Test: does this reach you?".to_owned(), &[])
}

/// A code digit by digit, so that it is not read as a number.
fn digits(code: &str) -> String {
    let digits: Vec<String> = code.chars().map(String::from).collect();
    digits.join(", ")
}
