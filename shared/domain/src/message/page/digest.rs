//! Several incidents in one message.

use super::blocks::shown;
use super::call::{account, external_spoken_text, how_to, said_to};
use super::sms::{label, one_part};
use super::{Block, Mail, Update, capitalized, counted, mail_of, minute, short, twice};
use crate::incident::{Incident, IncidentStatus};
use crate::roster::external::ExternalResource;

/// How many incidents a mail describes; the page behind the link lists all.
const MOST_DESCRIBED: usize = 50;
/// How many updates of one incident a mail repeats, the latest.
const MOST_UPDATES: usize = 5;
/// How a call about updates ends: there is nothing to acknowledge.
const OPEN_LINK: &str = "Open the link in your text message or email.";

/// An incident in a digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The incident.
    pub incident: Incident,
    /// Whether a page about it waited, which asks for an acknowledgment. If not, only updates did.
    pub paged: bool,
    /// The updates about it that waited, the latest first.
    pub updates: Vec<Update>,
}

impl Entry {
    /// How many updates it has. One that cannot be read is one all the same.
    fn number(&self) -> usize {
        if self.paged { self.updates.len() } else { self.updates.len().max(1) }
    }
}

/// What a digest counts.
struct Count<'a> {
    /// The incidents that want to be acknowledged.
    paged: usize,
    /// All updates.
    updates: usize,
    /// The entry to start with: the first that wants to be acknowledged, or else the first.
    first: &'a Entry,
}

impl<'a> Count<'a> {
    fn of(entries: &'a [Entry]) -> Option<Self> {
        let first = entries.iter().find(|entry| entry.paged).or_else(|| entries.first())?;
        let paged = entries.iter().filter(|entry| entry.paged).count();
        let updates = entries.iter().map(Entry::number).sum();
        Some(Self { paged, updates, first })
    }

    fn updates(&self) -> String {
        number_of(self.updates, "update", "updates")
    }

    /// `2 incidents need you, 1 update`.
    fn words(&self) -> String {
        match (self.paged, self.updates) {
            (0, _) => self.updates(),
            (paged, 0) => need(paged),
            (paged, _) => format!("{}, {}", need(paged), self.updates()),
        }
    }
}

/// The text of a digest: the number of incidents, the most severe, and the link that acknowledges all. Updates are
/// worded as such. Public, like that of a page.
#[must_use]
pub fn digest_text(entries: &[Entry], link: &str) -> String {
    let Some(count) = Count::of(entries) else { return String::new() };
    let (words, first) = (count.words(), &count.first.incident);
    let (severity, kind) = (label(first.severity), first.r#type.words());
    if entries.len() > 1 {
        let full = format!("MUSTER: {words}. Start with {severity} {kind}: {link}");
        return one_part(full, || format!("MUSTER: {words}. Start with {severity}: {link}"));
    }
    let account = short(&first.account);
    let what = match (count.paged, &count.first.updates[..]) {
        (0, [Update::FindingAdded { severity, .. }]) => {
            format!("{} finding added, {kind}", label(*severity))
        }
        (0, [Update::Unresolved { days }]) => {
            format!("{} unresolved, {severity} {kind}", counted(*days, "day", "days"))
        }
        _ => format!("{severity} {kind}"),
    };
    if count.paged == 0 {
        let full = format!("MUSTER: {words}: {what}, account ..{account}: {link}");
        return one_part(full, || format!("MUSTER: {words}: {what}: {link}"));
    }
    let full = format!("MUSTER: {words}. {what}, account ..{account}: {link}");
    one_part(full, || format!("MUSTER: {}. {what}: {link}", need(count.paged)))
}

/// A digest as it is said in a call.
#[must_use]
pub fn spoken_digest(entries: &[Entry]) -> String {
    let Some(count) = Count::of(entries) else { return String::new() };
    let first = &count.first.incident;
    let (severity, kind) = (first.severity.name(), first.r#type.words());
    let updates = count.updates();
    let said = match (entries.len(), count.paged) {
        (1, 0) => {
            let what = match &count.first.updates[..] {
                [Update::FindingAdded { severity, .. }] => {
                    format!("New {} severity finding", severity.name())
                }
                [Update::Unresolved { days }] => format!(
                    "Unresolved for {}. {} severity",
                    counted(*days, "day", "days"),
                    capitalized(severity)
                ),
                _ => format!("{} severity", capitalized(severity)),
            };
            format!("{updates}. {what}: {kind}. {} {OPEN_LINK}", account(first))
        }
        (number, 0) => format!(
            "{updates} about {number} security incidents. The most severe is {severity}: {kind}. {OPEN_LINK}"
        ),
        (1, _) => {
            let and = if count.updates > 0 { format!(" {updates}.") } else { String::new() };
            format!(
                "1 security incident needs you. {} severity: {kind}. {}{and} {}",
                capitalized(severity),
                account(first),
                how_to(),
            )
        }
        (_, paged) => {
            let need = match paged {
                1 => "1 security incident needs you".to_owned(),
                more => format!("{more} security incidents need you"),
            };
            let and = if count.updates > 0 { format!(", {updates}") } else { String::new() };
            format!("{need}{and}. The most severe is {severity}: {kind}. {}", how_to())
        }
    };
    twice(&format!("Muster. {said}"))
}

/// The digest as an email: the link that acknowledges all, and each incident, the most severe first. Of updates, what is
/// new.
#[must_use]
pub fn digest_mail(entries: &[Entry], link: &str) -> Mail {
    let words = Count::of(entries).map(|count| count.words()).unwrap_or_default();
    let paged = entries.iter().filter(|entry| entry.paged).count();
    let only_updates = paged == 0;
    let open = entries.iter().any(|entry| entry.incident.status == IncidentStatus::Open);
    let text = match entries {
        [one] if only_updates && one.number() == 1 => {
            "You reached your paging limit, so this update was delayed."
        }
        _ if only_updates => "You reached your paging limit, so these updates are combined.",
        [one] if one.number() == 0 => "You reached your paging limit, so this page was delayed.",
        _ if paged < entries.len() => {
            "You reached your paging limit, so these messages are combined. One link acknowledges all of the \
             incidents."
        }
        [_] => "You reached your paging limit, so these messages are combined.",
        _ => {
            "You reached your paging limit, so these incidents are combined. One link acknowledges all of them."
        }
    };
    let label = match entries {
        [_] if only_updates => "Open the incident",
        _ if only_updates && !open => "Open the incidents",
        [_] => "Acknowledge this incident",
        _ => "Acknowledge all",
    };
    let mut lines: Vec<String> = entries.iter().take(MOST_DESCRIBED).flat_map(described).collect();
    lines.extend(more(entries.len(), "The page behind the link lists all."));
    let blocks =
        [Block::Text(text.into()), Block::Link(label, link.to_owned()), Block::List(lines)];
    mail_of(format!("[MUSTER] {words}"), &blocks)
}

/// The lines about an incident, and about its updates.
fn described(entry: &Entry) -> Vec<String> {
    let incident = &entry.incident;
    let mut lines = vec![format!(
        "{}{}: {} in account {} ({}), opened {}: {}",
        if entry.paged { "" } else { "Update: " },
        incident.severity.shout(),
        incident.r#type.words(),
        shown(&incident.account),
        shown(&incident.region),
        minute(incident.opened_at),
        shown(&incident.title),
    )];
    let new = |update: &Update| match update {
        Update::FindingAdded { line, .. } => {
            format!("Finding added at {}: {}", minute(line.at), shown(&line.text))
        }
        Update::Unresolved { days } => {
            format!("Not resolved for {}.", counted(*days, "day", "days"))
        }
        Update::SeverityIncreased { from } => {
            format!("Severity increased (was {}).", from.shout())
        }
    };
    lines.extend(entry.updates.iter().take(MOST_UPDATES).map(new));
    let rest = entry.updates.len().saturating_sub(MOST_UPDATES);
    if rest > 0 {
        lines.push(format!("{}.", number_of(rest, "more update", "more updates")));
    }
    lines
}

/// What a mail says of the incidents that it does not describe.
fn more(number: usize, and: &str) -> Option<String> {
    let more = number.checked_sub(MOST_DESCRIBED).filter(|more| *more > 0)?;
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
    lines.extend(more(incidents.len(), "Ask us for their references."));
    lines.extend(resource.contract_number.iter().map(|n| format!("Contract number: {n}")));
    lines.extend(resource.support_level.iter().map(|level| format!("Support level: {level}")));
    let blocks = [
        Block::Text(format!("To {},", resource.organization)),
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

fn number_of(number: usize, one: &str, many: &str) -> String {
    counted(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}
