//! Several incidents in one message.

use super::{Block, Mail, mail_of, minute, short};
use crate::incident::Incident;

/// The text of a digest: how many incidents want somebody, and the way to the gravest, which comes
/// first. Public, like that of a page.
#[must_use]
pub fn digest_text(incidents: &[(&Incident, String)]) -> String {
    let Some((first, link)) = incidents.first() else { return String::new() };
    format!(
        "MUSTER: {} incidents need you, the gravest {}: {} in account ..{}. Answer: {link}",
        incidents.len(),
        first.severity.shout(),
        first.r#type.words(),
        short(&first.account),
    )
}

/// A digest as it is said in a call.
#[must_use]
pub fn spoken_digest(incidents: &[(&Incident, String)]) -> String {
    let Some((first, _)) = incidents.first() else { return String::new() };
    let said = format!(
        "This is Muster, the security incident line. {} incidents need you, the gravest of {} \
         severity. Please open the links in your text messages or e-mails.",
        incidents.len(),
        first.severity.name(),
    );
    format!("{said} I repeat. {said}")
}

/// The digest as an e-mail: each incident with its own link, the gravest first.
#[must_use]
pub fn digest_mail(incidents: &[(&Incident, String)]) -> Mail {
    let subject = format!("[MUSTER] {} incidents need you", incidents.len());
    let mut blocks = vec![Block::Text(
        "You have been paged a lot, so these come together. Each has a link of its own.".into(),
    )];
    for (incident, link) in incidents {
        blocks.push(Block::Text(format!(
            "{}: {} in account {} ({}), opened {}: {}",
            incident.severity.shout(),
            incident.r#type.words(),
            incident.account,
            incident.region,
            minute(incident.opened_at),
            incident.title,
        )));
        blocks.push(Block::Link("Acknowledge this incident", link.clone()));
    }
    mail_of(subject, &blocks)
}
