//! Several incidents in one message.

use super::blocks::shown;
use super::call::{account, external_spoken_text, how_to, said_to};
use super::sms::{label, one_part};
use super::{Block, Mail, capitalized, mail_of, minute, short, twice};
use crate::external::ExternalResource;
use crate::incident::Incident;

/// How many incidents a mail describes; the page behind the link lists all.
const MOST_DESCRIBED: usize = 50;

/// The text of a digest: the number of incidents, the most severe, which comes first, and the link that acknowledges
/// all. Public, like that of a page.
#[must_use]
pub fn digest_text(incidents: &[Incident], link: &str) -> String {
    let Some(first) = incidents.first() else { return String::new() };
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
pub fn spoken_digest(incidents: &[Incident]) -> String {
    let Some(first) = incidents.first() else { return String::new() };
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
         link in your text message or email.",
        incidents.len(),
    ))
}

/// The digest as an email: the link that acknowledges all, and each incident, the most severe first.
#[must_use]
pub fn digest_mail(incidents: &[Incident], link: &str) -> Mail {
    let subject = format!("[MUSTER] {}", need(incidents.len()));
    let (text, label) = match incidents {
        [_] => (
            "You reached your paging limit, so this page was delayed.",
            "Acknowledge this incident",
        ),
        _ => (
            "You reached your paging limit, so these incidents are combined. One link acknowledges all of them.",
            "Acknowledge all",
        ),
    };
    let described = |incident: &Incident| {
        format!(
            "{}: {} in account {} ({}), opened {}: {}",
            incident.severity.shout(),
            incident.r#type.words(),
            shown(&incident.account),
            shown(&incident.region),
            minute(incident.opened_at),
            shown(&incident.title),
        )
    };
    let mut lines: Vec<String> = incidents.iter().take(MOST_DESCRIBED).map(described).collect();
    lines.extend(more(incidents, "The page behind the link lists all."));
    let blocks =
        [Block::Text(text.into()), Block::Link(label, link.to_owned()), Block::List(lines)];
    mail_of(subject, &blocks)
}

/// What a mail says of the incidents that it does not describe.
fn more(incidents: &[Incident], and: &str) -> Option<String> {
    let more = incidents.len().checked_sub(MOST_DESCRIBED).filter(|more| *more > 0)?;
    Some(format!("{more} more. {and}"))
}

/// The digest to an outside organization, as an email: nothing of the findings, and no link.
#[must_use]
pub fn external_digest_mail(incidents: &[Incident], resource: &ExternalResource) -> Mail {
    let worst = incidents.first().map(|first| first.severity.shout()).unwrap_or_default();
    let number = number(incidents);
    let subject = format!("[{worst}] Request for help with {number}");
    let line = |incident: &Incident| {
        format!(
            "{}: {}, opened {}, our reference {}",
            incident.severity.shout(),
            incident.r#type.words(),
            minute(incident.opened_at),
            incident.id,
        )
    };
    let mut lines: Vec<String> = incidents.iter().take(MOST_DESCRIBED).map(line).collect();
    lines.extend(more(incidents, "Ask us for their references."));
    lines.extend(resource.contract_number.iter().map(|n| format!("Contract number: {n}")));
    lines.extend(resource.support_level.iter().map(|level| format!("Support level: {level}")));
    let blocks = [
        Block::Text(format!("To {},", resource.organisation)),
        Block::Text(format!(
            "We are responding to {number} and need your help. Please call the contact that you have agreed with us."
        )),
        Block::List(lines),
        Block::Text(
            "This message is automated. Our team shares details through the agreed channel.".into(),
        ),
    ];
    mail_of(subject, &blocks)
}

/// The digest to an outside organization, as it is said in a call.
#[must_use]
pub fn external_spoken_digest(incidents: &[Incident], resource: &ExternalResource) -> String {
    match incidents {
        [] => String::new(),
        [one] => external_spoken_text(one, resource),
        [first, ..] => said_to(
            resource,
            &format!("{}, the most severe {}", number(incidents), first.severity.name()),
        ),
    }
}

fn number(incidents: &[Incident]) -> String {
    match incidents.len() {
        1 => "a security incident".to_owned(),
        more => format!("{more} security incidents"),
    }
}

fn need(number: usize) -> String {
    match number {
        1 => "1 incident needs you".to_owned(),
        more => format!("{more} incidents need you"),
    }
}
