//! What is said in a call.

use super::short;
use crate::external::ExternalResource;
use crate::incident::Incident;

/// What is said in a call, twice, since the first words are lost while somebody wakes up. Nobody can
/// answer by voice, so it says where to.
#[must_use]
pub fn spoken_text(incident: &Incident) -> String {
    let drill = if incident.drill().is_some() { "This is a drill. " } else { "" };
    let digits: Vec<String> = short(&incident.account).chars().map(String::from).collect();
    let said = format!(
        "This is Muster, the security incident line. {drill}{} severity: {}, in the account ending in {}. \
         Please open the link in your text message or your e-mail, to say that you are on it.",
        capitalised(incident.severity.name()),
        incident.r#type.words(),
        digits.join(" "),
    );
    format!("{said} I repeat. {said}")
}

/// What is said in a call to an organisation: that we ask for help, and nothing of the finding.
#[must_use]
pub fn external_spoken_text(incident: &Incident, resource: &ExternalResource) -> String {
    let contract = resource.contract_number.as_ref();
    let contract = contract.map(|number| format!(" Our contract is {number}.")).unwrap_or_default();
    let said = format!(
        "This is an automatic call for {}. A security team asks for your help with an incident of {} \
         severity.{contract} Please call back the person you have agreed on with us.",
        resource.organisation,
        incident.severity.name(),
    );
    format!("{said} I repeat. {said}")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
