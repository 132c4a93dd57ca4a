//! What a page says: a public text for SMS and voice, a private one for e-mail.

mod blocks;
mod call;
mod digest;
mod emergency;
mod mail;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub(crate) use blocks::{Block, in_subject, mail_of};
pub use blocks::{Mail, escape};
pub use call::{external_spoken_text, spoken_text};
pub use digest::{digest_mail, digest_text, spoken_digest};
pub use emergency::emergency_text;
pub use mail::{external_mail, mail};

use crate::incident::Incident;

/// The text for SMS and voice. It may be read over a shoulder or on a lock screen, so it says no
/// more than severity, kind, the account's last digits and the link. One part where the link leaves
/// room for it: 160 characters of GSM 03.38, so plain ASCII only.
#[must_use]
pub fn public_text(incident: &Incident, link: &str) -> String {
    format!(
        "{}MUSTER {}: {} in account ..{}. Answer: {link}",
        mark(incident),
        incident.severity.shout(),
        incident.r#type.words(),
        short(&incident.account),
    )
}

/// What a drill's messages begin with; nothing for what is real.
pub(crate) const fn mark(incident: &Incident) -> &'static str {
    if incident.drill().is_some() { "DRILL " } else { "" }
}

/// The last four digits of an account, enough to tell one's own accounts apart.
pub(crate) fn short(account: &str) -> &str {
    account.len().checked_sub(4).and_then(|at| account.get(at..)).unwrap_or(account)
}

/// A time for people, to the minute, in UTC: responders sit in different zones.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
