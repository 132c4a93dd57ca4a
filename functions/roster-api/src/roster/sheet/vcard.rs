//! Writing contacts as vCards 4.0 (RFC 6350), for a phone's address book.

use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::Channel;

/// Longest line without its break, in octets: RFC 6350, section 3.2.
const FOLD: usize = 75;

/// One card for each contact, and one for Muster: pages come from its address, so it is the one that a
/// phone must let through Do Not Disturb. Whoever has departed has none.
pub(crate) fn write_vcards(contacts: &[Contact], sender: &str) -> String {
    let mut cards = String::new();
    let muster = [
        "BEGIN:VCARD".to_owned(),
        "VERSION:4.0".to_owned(),
        "UID:urn:muster:sender".to_owned(),
        "KIND:org".to_owned(),
        "FN:Muster".to_owned(),
        format!("EMAIL:{}", escaped(sender)),
        "NOTE:Pages for security incidents come from here.".to_owned(),
        "CATEGORIES:Muster".to_owned(),
        "END:VCARD".to_owned(),
    ];
    for line in muster {
        fold(&mut cards, &line);
    }
    for contact in contacts.iter().filter(|contact| !contact.departed()) {
        for line in lines(contact) {
            fold(&mut cards, &line);
        }
    }
    cards
}

fn lines(contact: &Contact) -> Vec<String> {
    let mut lines = vec![
        "BEGIN:VCARD".to_owned(),
        "VERSION:4.0".to_owned(),
        format!("UID:urn:muster:contact:{}", contact.id),
        format!("FN:{}", escaped(&contact.name)),
        structured_name(&contact.name),
    ];
    lines.extend((1..).zip(&contact.channels).filter_map(|(rank, channel)| reach(rank, channel)));
    lines
        .extend(contact.department.iter().map(|department| format!("ORG:{}", escaped(department))));
    let titles = || contact.roles.iter().map(|role| escaped(role.card().title));
    lines.extend(titles().take(1).map(|title| format!("TITLE:{title}")));
    lines.extend(titles().map(|title| format!("ROLE:{title}")));
    lines.push(format!("TZ:{}", escaped(&String::from(contact.time_zone.clone()))));
    lines.push("CATEGORIES:Muster".to_owned());
    lines.push(format!("REV:{}", contact.updated_at.strftime("%Y%m%dT%H%M%SZ")));
    lines.push("END:VCARD".to_owned());
    lines
}

/// `N` with the last word as the family name, which is a guess: `FN` is the name that counts.
fn structured_name(name: &str) -> String {
    let (given, family) = name.rsplit_once(char::is_whitespace).unwrap_or((name, ""));
    format!("N:{};{};;;", escaped(family.trim()), escaped(given.trim()))
}

/// An address or number by its place among the contact's channels; `PREF` goes up to 100, as does
/// the list.
fn reach(rank: usize, channel: &Channel) -> Option<String> {
    let (address, card) = (channel.address(), channel.kind().kind().card?);
    let value = if card.starts_with("TEL") { format!("tel:{address}") } else { escaped(address) };
    Some(format!("{card};PREF={rank}:{value}"))
}

/// A text as a value: RFC 6350, section 3.4.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => value.extend(['\\', c]),
            '\n' => value.push_str("\\n"),
            c if c.is_control() => {}
            c => value.push(c),
        }
    }
    value
}

/// Adds a line, broken between characters so that no part has more than [`FOLD`] octets.
fn fold(cards: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > FOLD {
            // The space that marks a continued line counts.
            cards.push_str("\r\n ");
            octets = 1;
        }
        cards.push(c);
        octets += c.len_utf8();
    }
    cards.push_str("\r\n");
}
