//! The story: a finding lands, people are paged, one of them answers, the incident ends.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::answers::End;
use crate::home::repository;
use crate::messages::{Channel, Message};
use crate::progress::{Progress, say};
use crate::system::System;
use crate::waiting::SOON;

const FINDING: &str = "events/guardduty/high-crypto-mining.json";
/// A finding of that severity pages everybody but them.
const NOT_PAGED: &str = "legal_counsel";

/// Whether the story went as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How many pages were expected.
    pub expected: usize,
    /// What was expected and did not come.
    pub missing: Vec<String>,
    /// What came and was not expected.
    pub unexpected: Vec<String>,
    /// What Incident Manager, where it is there, did not take or was not told.
    pub wrong: Vec<String>,
}

impl Told {
    /// Whether each expected page, and no other message, was sent.
    #[must_use]
    pub fn went_well(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.wrong.is_empty()
    }
}

/// A person of the example roster.
#[derive(Debug, Deserialize)]
struct Person {
    id: String,
    name: String,
    roles: Vec<String>,
    channels: Vec<Address>,
}

#[derive(Debug, Deserialize)]
struct Address {
    r#type: String,
    address: String,
}

/// Loads the example roster through the API and tells the story on standard output, as it happens.
///
/// # Errors
/// The first thing that keeps the story from going on.
pub async fn tell(system: &System, progress: &Progress) -> Result<Told> {
    let beside = system.host_outside().is_some();
    if beside {
        system.use_incident_manager(true)?;
    }
    let roster = progress.step("loading the example roster", load(system)).await?;
    let event = read(FINDING)?;
    let detail = &event["detail"];
    say(format_args!("\nA finding lands: {} (severity {}).", words(detail), detail["severity"]));
    let delivery = progress.step("delivering it", system.send(&event)).await?;
    let incident = delivery.incidents().next();
    let Some(incident) = incident else {
        let end = delivery.answers.first().map(|answer| &answer.end);
        anyhow::bail!("the finding opened no incident: {}", why(end));
    };
    for answer in &delivery.answers {
        say(format_args!("Rule {} -> {}: incident {incident}.", answer.rule, answer.function));
    }
    let messages = system.messages().await?;
    paged(&roster, &messages);
    acknowledge(system, incident, &messages).await?;
    let wait = system.turns_over(incident, 2, SOON);
    let over = progress.step("waiting for the next step, which must page nobody", wait).await?;
    ensure!(over, "the next step of {incident} was not taken");
    let (status, _) = system.api("POST", &format!("/incidents/{incident}/resolve"), None).await?;
    ensure!(status == 200, "resolving {incident} answers {status}");
    timeline(system, incident).await?;
    let mut told = judge(&roster, incident, &system.messages().await?);
    if beside {
        let tell = crate::beside::tell(system, incident, roster.len());
        told.wrong = progress.step("looking at Incident Manager", tell).await?;
    }
    conclude(&told);
    Ok(told)
}

/// Loads the example roster through the API.
///
/// # Errors
/// What the API refuses.
pub async fn load_roster(system: &System) -> Result<()> {
    load(system).await.map(drop)
}

async fn load(system: &System) -> Result<Vec<Person>> {
    let dir = repository().join("tests").join("roster");
    let files = fs::read_dir(&dir).context("cannot read tests/roster")?;
    let mut files = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    let mut roster = Vec::new();
    for file in files {
        let contact: Value = serde_json::from_slice(&fs::read(&file)?)
            .with_context(|| format!("{} is no JSON", file.display()))?;
        let (status, body) = system.api("POST", "/contacts", Some(&contact)).await?;
        ensure!(status == 201, "the API refuses {}: {status} {body}", file.display());
        roster.push(serde_json::from_value(contact)?);
    }
    Ok(roster)
}

fn read(path: &str) -> Result<Value> {
    let text = fs::read(repository().join(path)).with_context(|| format!("cannot read {path}"))?;
    serde_json::from_slice(&text).with_context(|| format!("{path} is no JSON"))
}

fn words(detail: &Value) -> &str {
    detail["title"].as_str().unwrap_or("a finding")
}

fn why(end: Option<&End>) -> String {
    match end {
        None => "no rule matches it".to_owned(),
        Some(End::Failed(reason)) => reason.clone(),
        Some(End::Silent(limit)) => format!("no answer within {} s", limit.as_secs()),
        Some(End::Decided(decisions)) => {
            let reason = decisions.first().and_then(|decision| decision.reason.as_deref());
            format!("it was only recorded ({})", reason.unwrap_or("no reason"))
        }
    }
}

/// Who was paged and how, and what the first of them saw.
fn paged(roster: &[Person], messages: &[Message]) {
    say("\nPaged:");
    for person in roster {
        let mine = messages.iter().filter(|message| message.contact.as_ref() == Some(&person.id));
        let ways: Vec<_> = mine.map(|message| message.to.as_str()).collect();
        let ways = if ways.is_empty() { "not paged".to_owned() } else { ways.join(", ") };
        let role = person.roles.first().map(|role| role.replace('_', " ")).unwrap_or_default();
        say(format_args!("  {:<14} {role:<22} {ways}", person.name));
    }
    for (channel, title) in [(Channel::Sms, "text message"), (Channel::Email, "e-mail")] {
        if let Some(message) = messages.iter().find(|message| message.channel == channel) {
            say(format_args!("\nThe {title} to {}:", message.to));
            for line in message.text.trim_end().lines() {
                say(format_args!("  | {line}"));
            }
        }
    }
}

/// Opens the link of a text message, which must change nothing, and presses the button.
async fn acknowledge(system: &System, incident: &str, messages: &[Message]) -> Result<()> {
    let linked = |message: &&Message| message.channel == Channel::Sms && message.link().is_some();
    let message = messages.iter().find(linked).context("no text message has a link")?;
    let link = message.link().unwrap_or_default();
    let who = message.contact.as_deref().unwrap_or("somebody");
    let (status, _) = system.public_get(link).await?;
    ensure!(status == 200, "opening the link answers {status}");
    let now = standing(system, incident).await?;
    ensure!(now == "open", "opening the link made the incident {now}");
    say(format_args!("\n{who} opens the link: it shows the incident, which stays {now}."));
    let (status, _) = system.public_post(link).await?;
    ensure!(status == 200, "pressing the button answers {status}");
    let now = standing(system, incident).await?;
    ensure!(now == "acknowledged", "pressing the button left the incident {now}");
    say(format_args!("{who} presses the button: the incident is {now}."));
    Ok(())
}

async fn standing(system: &System, incident: &str) -> Result<String> {
    let (status, body) = system.api("GET", &format!("/incidents/{incident}"), None).await?;
    ensure!(status == 200, "reading {incident} answers {status}: {body}");
    Ok(body["status"].as_str().unwrap_or("without a status").to_owned())
}

async fn timeline(system: &System, incident: &str) -> Result<()> {
    let (_, body) = system.api("GET", &format!("/incidents/{incident}"), None).await?;
    say("\nTimeline:");
    for line in body["timeline"].as_array().into_iter().flatten() {
        let part = |name: &str| line[name].as_str().unwrap_or_default();
        let at = part("at").get(11..19).unwrap_or_default();
        let what = match part("event") {
            "page" => format!("{} {} {}", part("contact"), part("channel"), part("state")),
            _ => part("message").to_owned(),
        };
        say(format_args!("  {at}  {:<13} {what}", part("event")));
    }
    Ok(())
}

/// Compares what was sent with what a High finding must send: a page by each channel to everybody
/// but counsel, and nothing else.
fn judge(roster: &[Person], incident: &str, messages: &[Message]) -> Told {
    let called = roster.iter().filter(|person| !person.roles.iter().any(|role| role == NOT_PAGED));
    let expected: BTreeSet<String> = called
        .flat_map(|person| {
            let page = |channel: &Address| {
                format!("{} by {} at {}", person.id, channel.r#type, channel.address)
            };
            person.channels.iter().map(page)
        })
        .collect();
    let mut left = expected.clone();
    let mut unexpected = Vec::new();
    for message in messages {
        let contact = message.contact.as_deref().unwrap_or("nobody in the roster");
        let page = format!("{contact} by {} at {}", message.channel.name(), message.to);
        let ours = message.kind == "page" && message.incident.as_deref() == Some(incident);
        if !ours || !left.remove(&page) {
            unexpected.push(page);
        }
    }
    let missing = left.into_iter().collect();
    Told { expected: expected.len(), missing, unexpected, wrong: Vec::new() }
}

fn conclude(told: &Told) {
    if told.went_well() {
        say(format_args!("\nThe end: {} pages expected and sent, and no other.", told.expected));
        return;
    }
    say("\nThe end, and not as it should be:");
    for page in &told.missing {
        say(format_args!("  missing: {page}"));
    }
    for page in &told.unexpected {
        say(format_args!("  not expected: {page}"));
    }
    for wrong in &told.wrong {
        say(format_args!("  {wrong}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, role: &str) -> Person {
        let channels = vec![Address { r#type: "sms".into(), address: format!("+{id}") }];
        Person { id: id.into(), name: id.into(), roles: vec![role.into()], channels }
    }

    fn page(contact: &str) -> Message {
        Message {
            at: None,
            channel: Channel::Sms,
            to: format!("+{contact}"),
            contact: Some(contact.into()),
            incident: Some("i".into()),
            kind: "page",
            text: String::new(),
            id: String::new(),
        }
    }

    #[test]
    fn each_expected_page_and_no_other() {
        let roster = [person("ada", "incident_commander"), person("grace", NOT_PAGED)];
        let check = |messages: &[Message], missing: usize, unexpected: usize| {
            let told = judge(&roster, "i", messages);
            assert_eq!((told.missing.len(), told.unexpected.len()), (missing, unexpected));
        };
        check(&[page("ada")], 0, 0);
        check(&[], 1, 0);
        check(&[page("ada"), page("ada")], 0, 1);
        check(&[page("ada"), page("grace")], 0, 1);
        check(&[page("ada"), Message { kind: "other", ..page("ada") }], 0, 1);
    }
}
