//! Page texts. Text messages and calls are public (lock screens), so they contain no names, titles, or resources.

mod blocks;
mod call;
mod digest;
mod emergency;
mod facts;
mod joined;
mod mail;
mod sms;
#[cfg(test)]
mod tests;
mod update;

use jiff::Timestamp;

pub(crate) use blocks::{Block, in_subject, mail_of};
pub use blocks::{Mail, shown};
pub(crate) use call::twice;
pub use call::{external_spoken_text, spoken_text};
pub use digest::{
    Entry, digest_mail, digest_text, external_digest_mail, external_spoken_digest, spoken_digest,
};
pub use emergency::emergency_text;
pub use facts::{facts, notices};
pub use joined::{Joined, JoinedLine};
pub use mail::{external_mail, mail};
pub use sms::public_text;
pub use update::{Update, several_added_topic};

use crate::incident::Incident;

/// What a drill's messages begin with; nothing for what is real.
pub(crate) const fn mark(incident: &Incident) -> &'static str {
    if incident.drill().is_some() { "DRILL " } else { "" }
}

/// The last four digits of an account, enough to tell one's own accounts apart.
pub(crate) fn short(account: &str) -> &str {
    account.len().checked_sub(4).and_then(|at| account.get(at..)).unwrap_or(account)
}

/// A time for people, to the minute, in UTC: responders sit in different zones.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with its noun: `1 day`, `3 days`.
fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns the word with its first letter in upper case.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
