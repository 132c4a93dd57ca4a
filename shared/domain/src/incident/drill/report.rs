//! What a drill has shown: who was paged by what, and who answered after how long.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::DrillMode;
use crate::incident::send::{Delivery, DeliveryState, EXTERNAL, SendChannel};
use crate::incident::{Actor, Incident, IncidentStatus};
use crate::value::id::{ContactId, IncidentId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// One page of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillPage {
    /// By which of the person's channels.
    pub channel: SendChannel,
    /// State of the delivery. `dry_run` if the drill sends nothing.
    pub state: &'static str,
    /// When.
    pub at: Timestamp,
    /// How long after the drill was asked for, in seconds.
    pub elapsed_seconds: i64,
}

/// One person of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillContact {
    /// The person.
    pub contact: ContactId,
    /// What was sent, oldest first.
    pub pages: Vec<DrillPage>,
    /// Whether any of it went out.
    pub reached: bool,
    /// When the person acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// How long after the first page to the person that went out, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledgment_seconds: Option<i64>,
}

/// What a drill has shown so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillReport {
    /// The drill's incident, which is the drill's id too.
    pub id: IncidentId,
    /// Whether it sends.
    pub mode: DrillMode,
    /// Where its incident stands.
    pub status: IncidentStatus,
    /// How serious its finding is.
    pub severity: Severity,
    /// What kind of incident it is.
    pub incident_type: IncidentType,
    /// The account it is about.
    pub account: String,
    /// The plan that it followed.
    pub escalation_plan: String,
    /// Who asked for it; nobody, if it was a sample finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// How long after that the first message went out, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_page_seconds: Option<i64>,
    /// How long after that somebody first answered, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_acknowledgment_seconds: Option<i64>,
    /// Everybody who was paged, by id.
    pub contacts: Vec<DrillContact>,
    /// Those of them who have not answered.
    pub not_acknowledged: Vec<ContactId>,
    /// Those of them to whom nothing went out.
    pub not_reached: Vec<ContactId>,
    /// Whether the emergency topic was told, as it is when nobody answers.
    pub emergency_topic_notified: bool,
}

/// The report of a drill, from its incident and all its send records; nothing if it is none.
#[must_use]
pub fn report(incident: &Incident, sends: &[Delivery]) -> Option<DrillReport> {
    let drill = incident.drill()?;
    let asked_at = incident.reported_at();
    let after = |at: Timestamp| at.duration_since(asked_at).as_secs();
    let went = |record: &Delivery| matches!(record.state, DeliveryState::Sent { .. });
    let mut people = BTreeMap::<ContactId, Vec<&Delivery>>::new();
    for record in sends {
        // What went to the emergency topic or an organization was to nobody of ours.
        if record.key.channel == SendChannel::Topic || record.key.contact.starts_with(EXTERNAL) {
            continue;
        }
        if let Ok(contact) = record.key.contact.parse() {
            people.entry(contact).or_default().push(record);
        }
    }
    let person = |(contact, mut records): (ContactId, Vec<&Delivery>)| {
        records.sort_by_key(|record| record.at);
        let first = records.iter().find(|record| went(record)).map(|record| record.at);
        let mine = |by: &Actor| matches!(by, Actor::Contact { contact: id } if *id == contact);
        let answered_at =
            incident.acknowledgments.iter().find(|deed| mine(&deed.by)).map(|deed| deed.at);
        let answered_after = first.zip(answered_at);
        let page = |record: &&Delivery| DrillPage {
            channel: record.key.channel,
            state: record.state.name(),
            at: record.at,
            elapsed_seconds: after(record.at),
        };
        DrillContact {
            pages: records.iter().map(page).collect(),
            reached: first.is_some(),
            acknowledged_at: answered_at,
            acknowledgment_seconds: answered_after
                .map(|(first, at)| at.duration_since(first).as_secs()),
            contact,
        }
    };
    let people: Vec<DrillContact> = people.into_iter().map(person).collect();
    let those = |wanted: fn(&DrillContact) -> bool| -> Vec<ContactId> {
        people.iter().filter(|p| wanted(p)).map(|p| p.contact.clone()).collect()
    };
    Some(DrillReport {
        id: incident.id.clone(),
        mode: drill.mode,
        status: incident.status,
        severity: incident.severity,
        incident_type: incident.r#type,
        account: incident.account.clone(),
        escalation_plan: incident.escalation_plan.name.clone(),
        requested_by: drill.requested_by.clone(),
        requested_at: asked_at,
        first_page_seconds: sends
            .iter()
            .filter(|record| went(record) && record.key.channel != SendChannel::Topic)
            .map(|record| after(record.at))
            .min(),
        first_acknowledgment_seconds: incident.acknowledgments.first().map(|deed| after(deed.at)),
        not_acknowledged: those(|person| person.acknowledged_at.is_none()),
        not_reached: those(|person| !person.reached),
        contacts: people,
        emergency_topic_notified: sends
            .iter()
            .any(|r| r.key.channel == SendChannel::Topic && went(r)),
    })
}
