//! What a drill has shown: who was paged by what, and who answered after how long.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::Mode;
use crate::incident::send::{EXTERNAL, SendChannel, SendRecord, SendState};
use crate::incident::{Actor, Incident, State};
use crate::value::id::{ContactId, IncidentId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// One page of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrilledPage {
    /// By which of the person's channels.
    pub channel: SendChannel,
    /// How the send ended; `dry` if nothing was to be sent.
    pub state: &'static str,
    /// When.
    pub at: Timestamp,
    /// How long after the drill was asked for, in seconds.
    pub after_seconds: i64,
}

/// One person of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrilledPerson {
    /// The person.
    pub contact: ContactId,
    /// What was sent, oldest first.
    pub pages: Vec<DrilledPage>,
    /// Whether any of it went out.
    pub reached: bool,
    /// When the person acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// How long after the first page to the person that went out, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_after_seconds: Option<i64>,
}

/// What a drill has shown so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillReport {
    /// The drill's incident, which is the drill's id too.
    pub id: IncidentId,
    /// Whether it sends.
    pub mode: Mode,
    /// Where its incident stands.
    pub status: State,
    /// How serious its finding is.
    pub severity: Severity,
    /// What kind of incident it is.
    pub incident_type: IncidentType,
    /// The account it is about.
    pub account: String,
    /// The plan that it followed.
    pub plan: String,
    /// Who asked for it; nobody, if it was a sample finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How long after that the first message went out, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_page_after_seconds: Option<i64>,
    /// How long after that somebody first answered, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_answer_after_seconds: Option<i64>,
    /// Everybody who was paged, by id.
    pub people: Vec<DrilledPerson>,
    /// Those of them who have not answered.
    pub not_answered: Vec<ContactId>,
    /// Those of them to whom nothing went out.
    pub not_reached: Vec<ContactId>,
    /// Whether the emergency topic was told, as it is when nobody answers.
    pub emergency_topic_told: bool,
}

/// The report of a drill, from its incident and all its send records; nothing if it is none.
#[must_use]
pub fn report(incident: &Incident, sends: &[SendRecord]) -> Option<DrillReport> {
    let drill = incident.drill()?;
    let asked_at = incident.reported_at();
    let after = |at: Timestamp| at.duration_since(asked_at).as_secs();
    let went = |record: &SendRecord| matches!(record.state, SendState::Sent { .. });
    let mut people = BTreeMap::<ContactId, Vec<&SendRecord>>::new();
    for record in sends {
        // What went to the emergency topic or an organisation was to nobody of ours.
        if record.key.channel == SendChannel::Topic || record.key.contact.starts_with(EXTERNAL) {
            continue;
        }
        if let Ok(contact) = record.key.contact.parse() {
            people.entry(contact).or_default().push(record);
        }
    }
    let person = |(contact, mut records): (ContactId, Vec<&SendRecord>)| {
        records.sort_by_key(|record| record.at);
        let first = records.iter().find(|record| went(record)).map(|record| record.at);
        let mine = |by: &Actor| matches!(by, Actor::Contact(id) if *id == contact);
        let answered_at =
            incident.acknowledgements.iter().find(|deed| mine(&deed.by)).map(|deed| deed.at);
        let answered_after = first.zip(answered_at);
        let page = |record: &&SendRecord| DrilledPage {
            channel: record.key.channel,
            state: record.state.name(),
            at: record.at,
            after_seconds: after(record.at),
        };
        DrilledPerson {
            pages: records.iter().map(page).collect(),
            reached: first.is_some(),
            answered_at,
            answered_after_seconds: answered_after
                .map(|(first, at)| at.duration_since(first).as_secs()),
            contact,
        }
    };
    let people: Vec<DrilledPerson> = people.into_iter().map(person).collect();
    let those = |wanted: fn(&DrilledPerson) -> bool| -> Vec<ContactId> {
        people.iter().filter(|p| wanted(p)).map(|p| p.contact.clone()).collect()
    };
    Some(DrillReport {
        id: incident.id.clone(),
        mode: drill.mode,
        status: incident.status,
        severity: incident.severity,
        incident_type: incident.r#type,
        account: incident.account.clone(),
        plan: incident.plan.name.clone(),
        asked_by: drill.asked_by.clone(),
        asked_at,
        first_page_after_seconds: sends
            .iter()
            .filter(|record| went(record) && record.key.channel != SendChannel::Topic)
            .map(|record| after(record.at))
            .min(),
        first_answer_after_seconds: incident.acknowledgements.first().map(|deed| after(deed.at)),
        not_answered: those(|person| person.answered_at.is_none()),
        not_reached: those(|person| !person.reached),
        people,
        emergency_topic_told: sends.iter().any(|r| r.key.channel == SendChannel::Topic && went(r)),
    })
}
