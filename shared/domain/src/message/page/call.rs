//! Calls. The voice sandbox ends a call after 30 seconds, so each text, said twice, has at most 62 words (25 seconds),
//! and the first 25 words (10 seconds) hold severity, type and account.

use super::facts::closed_word;
use super::{capitalized, short};
use crate::incident::Incident;
use crate::roster::external::ExternalResource;

/// What every call about an incident ends with: nobody can acknowledge by voice.
const HOW_TO: &str = "To acknowledge, open the link in your text message or email.";
/// Most words of a call.
const MOST_WORDS: usize = 62;
/// Most words of an organization's name, and of its contract number.
const MOST_NAME: usize = 12;
const MOST_NUMBER: usize = 20;

/// Returns what a call says: the text twice, since the first words are lost on somebody who wakes up.
pub(crate) fn twice(said: &str) -> String {
    format!("{said} Repeating. {said}")
}

/// The call of a page.
#[must_use]
pub fn spoken_text(incident: &Incident) -> String {
    let said = |closed: &str| {
        twice(&format!("{} {}{closed} {HOW_TO}", greeting(incident), essence(incident)))
    };
    let closed = incident.closed_at_source.as_ref().map(closed_word);
    let closed = closed.map(|word| said(&format!(" Now {word}.")));
    closed.filter(|text| words(text) <= MOST_WORDS).unwrap_or_else(|| said(""))
}

/// Returns how a call about an incident begins.
pub(super) const fn greeting(incident: &Incident) -> &'static str {
    if incident.drill().is_some() {
        "Muster drill, not a real incident."
    } else {
        "Muster security incident."
    }
}

/// Returns severity, type and account.
pub(super) fn essence(incident: &Incident) -> String {
    let severity = capitalized(incident.severity.name());
    format!("{severity} severity: {}. {}", incident.r#type.words(), account(incident))
}

/// Returns the account by its last digits, each said by itself.
pub(super) fn account(incident: &Incident) -> String {
    let digits: Vec<String> = short(&incident.account).chars().map(String::from).collect();
    format!("Account ending in {}.", digits.join(" "))
}

/// Returns how to acknowledge, as the last sentence of a call.
pub(super) const fn how_to() -> &'static str {
    HOW_TO
}

/// What is said in a call to an organization: that a customer needs help, and nothing of the finding. Once if name and
/// contract number are long; a contract number that takes too long to say is in the email only.
#[must_use]
pub fn external_spoken_text(incident: &Incident, resource: &ExternalResource) -> String {
    said_to(resource, &format!("a {} security incident", incident.severity.name()))
}

/// Returns the call to an organization for help with this.
pub(super) fn said_to(resource: &ExternalResource, with: &str) -> String {
    let name: Vec<_> = resource.organization.split_whitespace().take(MOST_NAME).collect();
    let contract = resource.contract_number.as_ref().filter(|number| words(number) <= MOST_NUMBER);
    let contract = contract.map(|number| format!(", contract {number}")).unwrap_or_default();
    let said = format!(
        "Automated call for {}. A customer needs help with {with}{contract}. Call your agreed contact now.",
        name.join(" "),
    );
    let both = twice(&said);
    if words(&both) > MOST_WORDS { said } else { both }
}

/// Returns the number of words that a text takes to say: each digit of a number is one.
fn words(text: &str) -> usize {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count();
    text.split_whitespace().map(|word| digits(word).max(1)).sum()
}
