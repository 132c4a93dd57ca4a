//! Several incidents in one message.

use super::blocks::shown;
use super::call::{account, how_to};
use super::sms::{label, one_part};
use super::{Block, Mail, capitalized, mail_of, minute, short, twice};
use crate::incident::Incident;

/// The text of a digest: the number of incidents, and the link to the most severe, which comes first. Public, like
/// that of a page.
#[must_use]
pub fn digest_text(incidents: &[(&Incident, String)]) -> String {
    let Some((first, link)) = incidents.first() else { return String::new() };
    let (severity, words) = (label(first.severity), first.r#type.words());
    let need = need(incidents.len());
    if incidents.len() == 1 {
        let full = format!(
            "MUSTER: {need}. {severity} {words}, account ..{}: {link}",
            short(&first.account)
        );
        return one_part(full, || format!("MUSTER: {need}. {severity} {words}: {link}"));
    }
    let full = format!("MUSTER: {need}. Start with {severity} {words}: {link}");
    one_part(full, || format!("MUSTER: {need}. Start with {severity}: {link}"))
}

/// A digest as it is said in a call.
#[must_use]
pub fn spoken_digest(incidents: &[(&Incident, String)]) -> String {
    let Some((first, _)) = incidents.first() else { return String::new() };
    let (severity, words) = (first.severity.name(), first.r#type.words());
    if incidents.len() == 1 {
        return twice(&format!(
            "Muster. 1 security incident needs you. {} severity: {words}. {} {}",
            capitalized(severity),
            account(first),
            how_to(),
        ));
    }
    twice(&format!(
        "Muster. {} security incidents need you. The most severe is {severity}: {words}. To acknowledge, open the \
         links in your text messages or email.",
        incidents.len(),
    ))
}

/// The digest as an email: each incident with its own link, the most severe first.
#[must_use]
pub fn digest_mail(incidents: &[(&Incident, String)]) -> Mail {
    let subject = format!("[MUSTER] {}", need(incidents.len()));
    let text = match incidents {
        [_] => "You reached your paging limit, so this page was delayed.",
        _ => {
            "You reached your paging limit, so these incidents are combined. Acknowledge each one with its own link."
        }
    };
    let mut blocks = vec![Block::Text(text.into())];
    for (incident, link) in incidents {
        blocks.push(Block::Text(format!(
            "{}: {} in account {} ({}), opened {}: {}",
            incident.severity.shout(),
            incident.r#type.words(),
            shown(&incident.account),
            shown(&incident.region),
            minute(incident.opened_at),
            shown(&incident.title),
        )));
        blocks.push(Block::Link("Acknowledge this incident", link.clone()));
    }
    mail_of(subject, &blocks)
}

fn need(number: usize) -> String {
    match number {
        1 => "1 incident needs you".to_owned(),
        more => format!("{more} incidents need you"),
    }
}
