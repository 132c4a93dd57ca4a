//! What Muster tells other systems: each fact and page as an event, and the most severe in chat.

use jiff::Timestamp;
use serde::Serialize;

use crate::incident::event::EventType;
use crate::incident::send::{Delivery, DeliveryState};
use crate::incident::{Incident, IncidentStatus};
use crate::message::page::{mark, notices};
use crate::value::channel_key::SendChannel;
use crate::value::id::IncidentId;
use crate::value::incident_type::IncidentType;
use crate::value::recipient::Recipient;
use crate::value::severity::Severity;
use crate::value::text::cleaned;

/// The source of every event.
pub const SOURCE: &str = "muster";
/// The version of the events' form.
const VERSION: &str = "1";
/// Longest text of others that chat repeats, in characters.
const MOST_IN_CHAT: usize = 250;
/// Facts that are told in chat; the others would drown them.
const TOLD: [EventType; 11] = [
    EventType::Opened,
    EventType::EscalationRestarted,
    EventType::ClosedAtSource,
    EventType::ReopenedAtSource,
    EventType::AcknowledgmentTimedOut,
    EventType::Acknowledged,
    EventType::Resolved,
    EventType::EmergencyTopicNotified,
    EventType::NotificationDeadlineStarted,
    EventType::NotificationDeadlineDueSoon,
    EventType::NotificationDeadlineMissed,
];

/// Which kind of event it is, in the words of its `detail-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailType {
    /// An incident has opened or changed.
    Incident,
    /// Somebody has acknowledged one.
    Acknowledgment,
    /// A page has gone out, or has not.
    Page,
}

impl DetailType {
    /// Its text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Incident => "Muster Incident",
            Self::Acknowledgment => "Muster Acknowledgment",
            Self::Page => "Muster Page",
        }
    }
}

/// A line of an incident's timeline.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its name, unique within the incident.
    pub name: &'a str,
    /// What happened, as one word.
    pub event: EventType,
    /// Who did it.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// A sentence for people.
    pub message: &'a str,
}

/// The incident as an event tells of it: as it stands when the event is made.
#[derive(Clone, Debug, Serialize)]
pub struct Subject<'a> {
    id: &'a IncidentId,
    status: IncidentStatus,
    severity: Severity,
    r#type: IncidentType,
    account: &'a str,
    region: &'a str,
    title: &'a str,
    finding_type: &'a str,
    console_url: &'a str,
    finding_count: u64,
    opened_at: Timestamp,
    drill: bool,
}

impl<'a> From<&'a Incident> for Subject<'a> {
    fn from(incident: &'a Incident) -> Self {
        Self {
            id: &incident.id,
            status: incident.status,
            severity: incident.severity,
            r#type: incident.r#type,
            account: &incident.account,
            region: &incident.region,
            title: &incident.title,
            finding_type: &incident.finding.finding_type,
            console_url: &incident.finding.console_url,
            finding_count: incident.finding_count,
            opened_at: incident.opened_at,
            drill: incident.drill().is_some(),
        }
    }
}

/// The `detail` of an event. Delivered at least once; the same event always has the same id. A person
/// is named by the contact's id and by nothing else.
#[derive(Clone, Debug, Serialize)]
pub struct Detail<'a> {
    version: &'static str,
    id: String,
    event: &'static str,
    at: Timestamp,
    by: &'a str,
    message: &'a str,
    incident: Subject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageDetail<'a>>,
}

/// Which page it was, and what became of it.
#[derive(Clone, Debug, Serialize)]
struct PageDetail<'a> {
    contact: &'a Recipient,
    channel: SendChannel,
    channel_type: &'static str,
    run: u32,
    round: u32,
    step: u32,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The event of a line of the timeline.
#[must_use]
pub fn of_line<'a>(incident: &'a Incident, line: &Line<'a>) -> (DetailType, Detail<'a>) {
    let kind = if line.event == EventType::Acknowledged {
        DetailType::Acknowledgment
    } else {
        DetailType::Incident
    };
    let detail = Detail {
        version: VERSION,
        id: format!("{}/{}", incident.id, line.name),
        event: line.event.name(),
        at: line.at,
        by: line.by,
        message: line.message,
        incident: incident.into(),
        page: None,
    };
    (kind, detail)
}

/// The event of a page that has come to an end; nothing while it is being sent.
#[must_use]
pub fn of_page<'a>(incident: &'a Incident, record: &'a Delivery) -> Option<Detail<'a>> {
    let error = match &record.state {
        DeliveryState::Sending { .. } => return None,
        DeliveryState::Failed { error, .. } => Some(error.as_str()),
        _ => None,
    };
    let (key, cursor) = (&record.key, record.key.cursor);
    let id = format!(
        "{}/page/{}-{}-{}/{}/{}/{}/{}",
        incident.id,
        cursor.run,
        cursor.round,
        cursor.step,
        key.contact,
        key.channel,
        record.state.name(),
        record.attempts
    );
    let page = PageDetail {
        contact: &key.contact,
        channel: key.channel,
        channel_type: key.channel.type_name(),
        run: cursor.run,
        round: cursor.round,
        step: cursor.step + 1,
        state: record.state.name(),
        error,
    };
    Some(Detail {
        version: VERSION,
        id,
        event: "page",
        at: record.at,
        by: "Muster",
        message: "",
        incident: incident.into(),
        page: Some(page),
    })
}

/// A message in the form that Amazon Q Developer in chat applications shows in a channel. Source: its
/// administrator guide, "Custom notifications".
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    version: &'static str,
    source: &'static str,
    id: String,
    content: Content,
    metadata: Metadata,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_steps: Vec<String>,
    keywords: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    thread_id: String,
    summary: String,
    event_type: String,
}

/// The chat message of a line of the timeline, if it is one for chat. All of one incident form a
/// thread.
#[must_use]
pub fn in_chat(incident: &Incident, line: &Line<'_>) -> Option<Notification> {
    if !TOLD.contains(&line.event) {
        return None;
    }
    let (severity, words) = (incident.severity.shout(), incident.r#type.words());
    let account = harmless(&incident.account);
    let title = format!("{}{severity}: {words} in {account}", mark(incident));
    let what = harmless(&incident.title);
    let notices: String = notices(incident).iter().map(|notice| harmless(notice) + "\n").collect();
    let open = incident.status == IncidentStatus::Open;
    let next = open.then(|| format!("Look at the finding: {}", incident.finding.console_url));
    Some(Notification {
        version: "1.0",
        source: "custom",
        id: format!("{}/{}", incident.id, line.name),
        content: Content {
            text_type: "client-markdown",
            description: format!(
                "{}\n{what}\n{notices}Incident {}",
                harmless(line.message),
                incident.id
            ),
            title: title.clone(),
            next_steps: next.into_iter().collect(),
            keywords: vec![severity, words, account],
        },
        metadata: Metadata {
            thread_id: incident.id.to_string(),
            summary: format!("{title}: {}", line.event.name()),
            event_type: format!("muster-incident-{}", line.event.name()),
        },
    })
}

/// A text that somebody else wrote, for a chat: nothing in it is a mention, a link or emphasis. A title
/// may name a resource that an attacker has named.
fn harmless(text: &str) -> String {
    let plain =
        |c: char| !matches!(c, '<' | '>' | '&' | '*' | '_' | '`' | '~' | '|' | '@' | '[' | ']');
    let text = cleaned(text, MOST_IN_CHAT);
    text.chars().map(|c| if plain(c) { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::{incident, now};

    const LINE: Line<'_> = Line {
        name: "opened",
        event: EventType::Opened,
        by: "Muster",
        at: Timestamp::UNIX_EPOCH,
        message: "Opened by a high finding.",
    };

    #[test]
    fn an_event_names_people_by_id_only() {
        let incident = incident();
        let (kind, detail) = of_line(&incident, &LINE);
        assert_eq!(kind.text(), "Muster Incident");
        insta::assert_json_snapshot!(detail);
        let (kind, _) = of_line(&incident, &Line { event: EventType::Acknowledged, ..LINE });
        assert_eq!(kind, DetailType::Acknowledgment);
    }

    #[test]
    fn a_page_is_told_once_it_has_ended() {
        let incident = incident();
        let record = |state: serde_json::Value| -> Delivery {
            let mut value = json!({
                "run": 1, "round": 1, "step": 0, "contact": "ada", "channel": "sms", "attempts": 1,
                "at": now()
            });
            value.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
            serde_json::from_value(value).unwrap()
        };
        let claimed =
            record(json!({"state": "sending", "lease_expires_at": now(), "claimed_by": "me"}));
        assert!(of_page(&incident, &claimed).is_none());
        let failed = record(json!({"state": "failed", "error": "OptedOut", "retryable": false}));
        let detail = serde_json::to_value(of_page(&incident, &failed)).unwrap();
        assert_eq!(detail["id"], "20261123-abcdefghjk/page/1-1-0/ada/sms/failed/1");
        assert_eq!(detail["page"]["error"], "OptedOut");
        let mut further = failed;
        further.key.channel = "sms-2".parse().unwrap();
        let detail = serde_json::to_value(of_page(&incident, &further)).unwrap();
        assert_eq!(detail["page"]["channel"], "sms-2");
        assert_eq!(detail["page"]["channel_type"], "sms");
    }

    #[test]
    fn chat_gets_what_is_grave_in_the_form_it_shows() {
        let incident = incident();
        let attached = Line { event: EventType::FindingAdded, ..LINE };
        assert!(in_chat(&incident, &attached).is_none());
        insta::assert_json_snapshot!(in_chat(&incident, &LINE));
    }

    #[test]
    fn nothing_of_a_finding_acts_in_chat() {
        let mut incident = incident();
        incident.title =
            "x\u{202E}y <!channel> *b* [a](https://evil.example)\nMUSTER: all clear".into();
        incident.account = "<@U1>".into();
        incident.cause = Some(crate::incident::Cause::NotAcknowledged);
        let text = Line { message: "Type: https://evil.example.", ..LINE };
        let chat = serde_json::to_string(&in_chat(&incident, &text)).unwrap();
        for part in ["\u{202E}", "<", "*", "](", "evil.example", "://evil", "\\nMUSTER: all"] {
            assert!(!chat.contains(part), "{part} is in {chat}");
        }
        assert!(chat.contains("without enough acknowledgments"), "{chat}");
    }
}
