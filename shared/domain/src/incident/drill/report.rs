//! What a drill has shown: who was paged by what, and who answered after how long.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::DrillMode;
use crate::incident::send::{Delivery, DeliveryState, DeliveryStatus};
use crate::incident::{Actor, Incident, IncidentStatus};
use crate::value::channel_key::SendChannel;
use crate::value::id::{ContactId, IncidentId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// A page sent in a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DrillPage {
    /// Channel of the page.
    pub channel: SendChannel,
    /// State of the page.
    pub state: DeliveryStatus,
    /// Time when the page reached its state.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Seconds after the drill was requested.
    pub elapsed_seconds: i64,
}

/// A contact in a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DrillContact {
    /// Contact ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    pub contact: ContactId,
    /// Pages to the contact, oldest first.
    pub pages: Vec<DrillPage>,
    /// Whether at least one page was sent.
    pub reached: bool,
    /// Time of the acknowledgment. Omitted without acknowledgment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub acknowledged_at: Option<Timestamp>,
    /// Seconds from the first delivered page to the acknowledgment. Omitted without either.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub acknowledgment_seconds: Option<i64>,
}

/// Report of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DrillReport {
    /// Drill ID, equal to the ID of its incident.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s"))]
    pub id: IncidentId,
    /// Mode of the drill.
    pub mode: DrillMode,
    /// Status of the incident of the drill.
    pub status: IncidentStatus,
    /// Severity of the drill.
    pub severity: Severity,
    /// Incident type of the drill.
    pub incident_type: IncidentType,
    /// AWS account ID of the drill. `000000000000` if none was given.
    #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
    pub account: String,
    /// Name of the escalation plan.
    #[cfg_attr(feature = "schema", schema(example = "default"))]
    pub escalation_plan: String,
    /// IAM ARN or token subject of the caller who started the drill. Omitted for sample findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(nullable = false, example = "arn:aws:iam::111122223333:user/ada")
    )]
    pub requested_by: Option<String>,
    /// Time when the drill was requested.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub requested_at: Timestamp,
    /// Seconds from the request to the first page that was sent. Omitted if none was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub first_page_seconds: Option<i64>,
    /// Seconds from the request to the first acknowledgment. Omitted without acknowledgment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub first_acknowledgment_seconds: Option<i64>,
    /// Contacts that were paged, sorted by ID.
    pub contacts: Vec<DrillContact>,
    /// IDs of contacts who have not acknowledged.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    pub not_acknowledged: Vec<ContactId>,
    /// IDs of contacts without a sent page.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    pub not_reached: Vec<ContactId>,
    /// Whether the emergency topic was notified.
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
        // What went to the emergency topic or an organisation was to nobody of ours.
        if record.key.channel == SendChannel::Topic || record.key.contact.is_external() {
            continue;
        }
        if let Some(contact) = record.key.contact.contact().cloned() {
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
            state: record.state.status(),
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
