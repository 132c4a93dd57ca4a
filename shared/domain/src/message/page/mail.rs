//! The e-mail of a page: for one person, and for an organization.

use super::blocks::{html, plain, shown, subject_of};
use super::{Block, Joined, Mail, facts, mail_of, mark, minute, notices};
use crate::incident::Incident;
use crate::incident::escalation::PersonPage;
use crate::roster::external::ExternalResource;
use crate::roster::team::PageReason;

/// The e-mail for one person: the finding, what else has joined, what this person's role has to do, who else was
/// paged and where to look.
#[must_use]
pub fn mail(
    incident: &Incident,
    page: &PersonPage,
    team: &[PersonPage],
    joined: &Joined,
    link: &str,
) -> Mail {
    let finding = &incident.finding;
    let title = shown(&incident.title);
    let subject = subject_of(&format!(
        "{}[{}] {}: {title}",
        mark(incident),
        incident.severity.shout(),
        incident.r#type.words(),
    ));
    let mut blocks = Vec::new();
    if incident.drill().is_some() {
        let drill = "DRILL: nothing has happened. Answer as if it had, and do no more than that.";
        blocks.push(Block::Text(drill.into()));
    }
    blocks.extend(notices(incident).into_iter().map(Block::Text));
    blocks.extend([
        Block::Text(because(incident, page)),
        Block::Link("Acknowledge this incident", link.to_owned()),
        Block::Head("What happened"),
        Block::Text(title.clone()),
    ]);
    let description = shown(&finding.description);
    if !description.is_empty() && description != title {
        blocks.push(Block::Text(description));
    }
    let labeled = |(label, value): (String, String)| format!("{label}: {value}");
    blocks.push(Block::List(facts(incident).into_iter().map(labeled).collect()));
    blocks.push(Block::Link("Open the finding in the console", finding.console_url.clone()));
    blocks.extend(joined.blocks());
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
    Mail { subject, text: plain(&blocks), html: html(&title, &blocks) }
}

/// The mail to an organization outside the house: that we ask for help, with what it needs to know us
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
        Block::Text(format!("To {}:", resource.organization)),
        Block::Text("We are responding to a security incident and ask you to get in touch.".into()),
        Block::List(facts),
        Block::Text("Details come from our team, by the way we have agreed with you.".into()),
    ];
    mail_of(subject, &blocks)
}

fn because(incident: &Incident, page: &PersonPage) -> String {
    match &page.reason {
        PageReason::Team => {
            "You are paged because you belong to the team for this incident.".into()
        }
        PageReason::CoveringFor { contact: id } => {
            format!("You are paged because you stand in for {id}, who is away.")
        }
        PageReason::BackupOf { contact: id } if incident.acknowledged_by(id) => {
            format!(
                "You are paged because you are the backup of {id}, and more acknowledgments are needed."
            )
        }
        PageReason::BackupOf { contact: id } => {
            format!("You are paged because {id} has not answered and you are the backup.")
        }
        PageReason::NextLevel => {
            "You are paged because the incident is not acknowledged yet.".into()
        }
        PageReason::Role { role } => {
            format!(
                "You are paged because the escalation plan calls for the {}.",
                role.card().title
            )
        }
        PageReason::Level { level } => {
            format!("You are paged because the escalation plan calls for level {level}.")
        }
        PageReason::NamedInPlan => "You are paged because the escalation plan names you.".into(),
        PageReason::PagedBefore => {
            "You get this update because you were paged for this incident before.".into()
        }
        PageReason::Fallback => {
            "You are paged because nobody of the team for this incident can be reached.".into()
        }
    }
}
