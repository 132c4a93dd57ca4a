//! The text of a page for SMS, and what keeps it to one part.

use super::facts::closed_word;
use super::{mark, short};
use crate::incident::Incident;
use crate::value::severity::Severity;

/// Most characters of one part of an SMS (GSM 03.38). A link has 86 of them, in China 89.
const ONE_PART: usize = 160;

/// The text for SMS. It may be read over a shoulder or on a lock screen, so it says no more than severity,
/// type, the account's last digits and the link.
#[must_use]
pub fn public_text(incident: &Incident, link: &str) -> String {
    let (mark, severity) = (mark(incident), label(incident.severity));
    let (words, account) = (incident.r#type.words(), short(&incident.account));
    let text = |closed: &str| {
        format!("{mark}MUSTER {severity}: {words} in account ..{account}. {closed}Answer: {link}")
    };
    // That its source has closed it is on the page behind the link, too.
    match incident.closed_at_source.as_ref().map(closed_word) {
        Some(word) => one_part(text(&format!("Now {word}. ")), || text("")),
        None => text(""),
    }
}

/// Returns the severity as a label of few letters: `HIGH`, `INFO`.
pub(super) fn label(severity: Severity) -> String {
    match severity {
        Severity::Informational => "INFO".to_owned(),
        other => other.shout(),
    }
}

/// Returns the first of these texts if it fits one part, otherwise the second: a text of two parts can arrive
/// torn, and costs twice.
pub(super) fn one_part(full: String, brief: impl FnOnce() -> String) -> String {
    if full.len() <= ONE_PART { full } else { brief() }
}
