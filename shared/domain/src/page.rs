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
pub use blocks::{Mail, escape, shown};
pub(crate) use call::twice;
pub use call::{external_spoken_text, spoken_text};
pub use digest::{digest_mail, digest_text, spoken_digest};
pub use emergency::emergency_text;
pub use facts::{facts, notices};
pub use joined::{Joined, JoinedLine};
pub use mail::{external_mail, mail};
pub use sms::public_text;
pub use update::Update;

use crate::incident::Incident;

/// What a drill's messages begin with; nothing for what is real.
pub(crate) const fn mark(incident: &Incident) -> &'static str {
    if incident.drill().is_some() { "DRILL " } else { "" }
}

/// The last four digits of an account, enough to tell one's own accounts apart.
pub(crate) fn short(account: &str) -> &str {
    account.len().checked_sub(4).and_then(|at| account.get(at..)).unwrap_or(account)
}

<<<<<<< HEAD
=======
/// The e-mail for one person: the finding, what this person's role has to do, who else was paged
/// and where to look.
#[must_use]
pub fn mail(incident: &Incident, page: &PersonPage, team: &[PersonPage], link: &str) -> Mail {
    let finding = &incident.finding;
    let mut subject = format!(
        "{}[{}] {}: {}",
        mark(incident),
        incident.severity.shout(),
        incident.r#type.words(),
        incident.title
    );
    subject = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).take(180).collect();
    let mut blocks = Vec::new();
    if incident.drill().is_some() {
        let drill = "DRILL: nothing has happened. Answer as if it had, and do no more than that.";
        blocks.push(Block::Text(drill.into()));
    }
    blocks.extend([
        Block::Text(because(page)),
        Block::Link("Acknowledge this incident", link.to_owned()),
        Block::Head("What happened"),
        Block::Text(finding.title.clone()),
    ]);
    if !finding.description.is_empty() && finding.description != finding.title {
        blocks.push(Block::Text(finding.description.clone()));
    }
    let mut facts = vec![
        format!("Severity: {}", incident.severity.name()),
        format!("Type: {}", finding.finding_type),
        format!("Account: {}", incident.account),
        format!("Region: {}", incident.region),
    ];
    facts.extend(finding.resource.iter().map(|resource| format!("Resource: {resource}")));
    facts.push(format!("Opened: {}", minute(incident.opened_at)));
    facts.push(format!("Incident: {}", incident.id));
    blocks.push(Block::List(facts));
    blocks.push(Block::Link("Open the finding in the console", finding.console_link.clone()));
    for role in &page.contact.roles {
        let card = role.card();
        blocks.push(Block::Head("What you do now"));
        blocks.push(Block::Text(format!("As {}:", card.title)));
        blocks.push(Block::List(card.responsibilities.iter().map(|s| (*s).to_owned()).collect()));
    }
    blocks.push(Block::Head("Who else was paged"));
    let others: Vec<String> = team
        .iter()
        .filter(|other| other.contact.id != page.contact.id)
        .map(|other| {
            let titles: Vec<_> = other.contact.roles.iter().map(|role| role.card().title).collect();
            format!("{} ({})", other.contact.name, titles.join(", "))
        })
        .collect();
    blocks.push(if others.is_empty() {
        Block::Text("Nobody: you are the only one.".into())
    } else {
        Block::List(others)
    });
    Mail { subject, text: plain(&blocks), html: html(&incident.title, &blocks) }
}

/// The mail to an organisation outside the house: that we ask for help, with what it needs to know us
/// by, and nothing of the finding.
#[must_use]
pub fn external_mail(incident: &Incident, resource: &ExternalResource) -> Mail {
    let words = incident.r#type.words();
    let subject = format!("[{}] We need your help: {words}", incident.severity.shout());
    let mut facts = vec![
        format!("Severity: {}", incident.severity.name()),
        format!("Kind: {words}"),
        format!("Since: {}", minute(incident.opened_at)),
        format!("Our reference: {}", incident.id),
    ];
    facts.extend(resource.contract_number.iter().map(|n| format!("Contract: {n}")));
    facts.extend(resource.support_level.iter().map(|level| format!("Support level: {level}")));
    let blocks = [
        Block::Text(format!("To {}:", resource.organisation)),
        Block::Text("We are responding to a security incident and ask you to get in touch.".into()),
        Block::List(facts),
        Block::Text("Details come from our team, by the way we have agreed with you.".into()),
    ];
    mail_of(subject, &blocks)
}

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

/// The plain message for the emergency topic.
#[must_use]
pub fn emergency_text(incident: &Incident, why: Emergency) -> String {
    let answered = incident.acknowledgements.len() > incident.acknowledged_before;
    let sentence = match why {
        Emergency::NobodyAnswered if answered => {
            "Everybody was paged, and fewer people answered than the plan asks for."
        }
        _ => why.sentence(),
    };
    format!(
        "{}MUSTER EMERGENCY. {sentence}\nIncident {}: {} {} in account {}, {}.\n{}\nLook: {}\n",
        mark(incident),
        incident.id,
        incident.severity.shout(),
        incident.r#type.words(),
        incident.account,
        incident.region,
        incident.title,
        incident.finding.console_link,
    )
}

fn because(page: &PersonPage) -> String {
    match &page.why {
        Why::Team => "You are paged because you belong to the team for this incident.".into(),
        Why::StandsInFor(id) => {
            format!("You are paged because you stand in for {id}, who is away.")
        }
        Why::BackupOf(id) => {
            format!("You are paged because {id} has not answered and you are the backup.")
        }
        Why::NextLevel => "You are paged because nobody has answered so far.".into(),
        Why::Role(role) => {
            format!(
                "You are paged because the escalation plan calls for the {}.",
                role.card().title
            )
        }
        Why::Level(level) => {
            format!("You are paged because the escalation plan calls for level {level}.")
        }
        Why::Named => "You are paged because the escalation plan names you.".into(),
        Why::Fallback => {
            "You are paged because nobody of the team for this incident can be reached.".into()
        }
        Why::PagedBefore => {
            "You get this update because you were paged for this incident before.".into()
        }
    }
}

>>>>>>> 05461e7 (Plan each turn in one place, organizations and raises included)
/// A time for people, to the minute, in UTC: responders sit in different zones.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with its noun: `1 day`, `3 days`.
fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

<<<<<<< HEAD
/// Returns the word with its first letter in upper case.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
=======
/// The mail of these parts.
pub(crate) fn mail_of(subject: String, blocks: &[Block]) -> Mail {
    Mail { text: plain(blocks), html: html(&subject, blocks), subject }
}

/// A name or text from the roster as part of a subject: on one line, and not for ever.
pub(crate) fn in_subject(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(100).collect()
}

fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        // Writing to a String cannot fail.
        let _ = match block {
            Block::Head(text) => writeln!(out, "{}\n", text.to_uppercase()),
            Block::Text(text) => writeln!(out, "{text}\n"),
            Block::Link(label, url) => writeln!(out, "{label}: {url}\n"),
            Block::List(lines) => {
                for line in lines {
                    out.push_str("- ");
                    out.push_str(line);
                    out.push('\n');
                }
                writeln!(out)
            }
        };
    }
    out
}

/// Makes text safe inside HTML text and quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn html(title: &str, blocks: &[Block]) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"font:16px/1.5 sans-serif;max-width:40em\">",
        escape(title)
    );
    for block in blocks {
        let _ = match block {
            Block::Head(text) => write!(out, "<h2>{}</h2>", escape(text)),
            Block::Text(text) => write!(out, "<p>{}</p>", escape(text)),
            Block::Link(label, url) => {
                write!(out, "<p><a href=\"{}\">{}</a></p>", escape(url), escape(label))
            }
            Block::List(lines) => {
                out.push_str("<ul>");
                for line in lines {
                    out.push_str("<li>");
                    out.push_str(&escape(line));
                    out.push_str("</li>");
                }
                write!(out, "</ul>")
            }
        };
    }
    out.push_str("</body></html>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escalation::{Cursor, Found, plan_turn};
    use crate::samples::{incident, people, person};

    const LINK: &str =
        "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn the_public_text_is_one_part_and_says_little() {
        let text = public_text(&incident(), LINK);
        insta::assert_snapshot!(text, @"MUSTER HIGH: malware in account ..3333. Answer: https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA");
        assert!(text.is_ascii() && text.len() <= 160, "{}", text.len());
    }

    #[test]
    fn a_call_says_it_twice_and_where_to_answer() {
        insta::assert_snapshot!(spoken_text(&incident()), @"This is Muster, the security incident line. High severity: malware, in the account ending in 3 3 3 3. Please open the link in your text message or your e-mail, to say that you are on it. I repeat. This is Muster, the security incident line. High severity: malware, in the account ending in 3 3 3 3. Please open the link in your text message or your e-mail, to say that you are on it.");
    }

    #[test]
    fn a_drill_says_so_wherever_it_speaks() {
        let mut incident = incident();
        incident.finding.drill = Some(crate::drill::Drill::default());
        let people = people([person("ada", 1)]);
        let found = Found::new(&people, &[]);
        let turn = plan_turn(&incident, Cursor::FIRST, &found, incident.opened_at);
        let mail = mail(&incident, &turn.pages[0], &turn.pages, LINK);
        assert!(mail.subject.starts_with("DRILL [HIGH]"), "{}", mail.subject);
        assert!(mail.text.starts_with("DRILL: nothing has happened."), "{}", mail.text);
        let text = public_text(&incident, LINK);
        assert!(text.starts_with("DRILL MUSTER HIGH") && text.len() <= 160, "{}", text.len());
        assert!(spoken_text(&incident).contains("This is a drill."));
        assert!(emergency_text(&incident, Emergency::NobodyAnswered).starts_with("DRILL MUSTER"));
    }

    #[test]
    fn the_mail_has_what_its_reader_needs() {
        let (incident, people) = (incident(), people([person("ada", 1), person("bob", 2)]));
        let found = Found::new(&people, &[]);
        let turn = plan_turn(&incident, Cursor::FIRST, &found, incident.opened_at);
        let mail = mail(&incident, &turn.pages[0], &turn.pages, LINK);
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
        assert!(!mail.html.contains("<script>"), "titles are escaped");
        assert!(mail.html.contains("&lt;script&gt;"));
    }
>>>>>>> 05461e7 (Plan each turn in one place, organizations and raises included)
}
