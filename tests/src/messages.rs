//! Every message that left the system: what MiniStack's SMS, SES and topic took, and for whom.

use std::collections::HashMap;

use anyhow::Result;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::cloud::Cloud;
use crate::stack::Stack;
use crate::waiting::pause;

/// A record is written just after its message is sent: how often, and how long apart, one that is
/// missing is looked for.
const LOOKS: usize = 5;

/// By what a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
    /// A call.
    Voice,
    /// A notification of a topic.
    Topic,
}

impl Channel {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Voice => "voice",
            Self::Topic => "topic",
        }
    }
}

/// A message that left the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// When; unknown for a text message that no send record is about.
    pub at: Option<Timestamp>,
    /// By what.
    pub channel: Channel,
    /// The number, the address or the topic's ARN.
    pub to: String,
    /// The contact's id.
    pub contact: Option<String>,
    /// The incident's id.
    pub incident: Option<String>,
    /// `page`, `emergency`, `alarm` (one of the alarms) or `other`.
    pub kind: &'static str,
    /// What it says; an e-mail's subject and plain text.
    pub text: String,
    /// The provider's id.
    #[serde(skip)]
    pub id: String,
}

impl Message {
    /// The link in it.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| word.starts_with("http") && word.contains("/ack/"))
    }
}

/// The part of a send record that says whose message it was.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Record {
    pk: String,
    contact: String,
    message_id: String,
    at: Timestamp,
}

/// Send records by message id; `None` for messages that none is about.
pub(crate) type Known = Mutex<HashMap<String, Option<Record>>>;

/// A message in a queue, which stays there.
pub(crate) struct Queued {
    pub id: String,
    pub body: String,
}

pub(crate) async fn queue(cloud: &Cloud, url: &str) -> Result<Vec<Queued>> {
    let seen = cloud.look("sqs/messages", &[("QueueUrl", url)]).await?;
    let regions = seen["messages"].as_object().into_iter().flat_map(|accounts| accounts.values());
    let queues = regions.flat_map(|regions| regions.as_object().into_iter().flatten());
    let lists = queues.flat_map(|(_, queues)| queues.as_object().into_iter().flatten());
    let messages = lists.flat_map(|(_, list)| list.as_array().into_iter().flatten());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(messages.map(|m| Queued { id: text(&m["MessageId"]), body: text(&m["Body"]) }).collect())
}

/// Every message so far, oldest first.
pub(crate) async fn all(cloud: &Cloud, stack: &Stack, known: &Known) -> Result<Vec<Message>> {
    let (texts, mails, heard) = tokio::try_join!(
        cloud.look("sns/sms-messages", &[]),
        cloud.look("ses/messages", &[]),
        queue(cloud, &stack.heard)
    )?;
    let mut messages = sms(&texts);
    messages.extend(email(&mails));
    let emergencies = heard.iter().filter(|queued| is_from(&queued.body, &stack.emergency_topic));
    messages.extend(emergencies.map(|queued| topic(&queued.body, &stack.emergency_topic)));
    let mut known = known.lock().await;
    look_up(cloud, stack, &messages, &mut known).await?;
    for message in &mut messages {
        if let Some(Some(record)) = known.get(&message.id) {
            message.incident = Some(record.pk.trim_start_matches("incident#").to_owned());
            if message.channel != Channel::Topic {
                message.contact = Some(record.contact.clone());
                message.kind = "page";
            }
            message.at = message.at.or(Some(record.at));
        }
    }
    messages.sort_by_key(|message| (message.at.unwrap_or(Timestamp::MAX), message.channel));
    Ok(messages)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn message(id: &Value, channel: Channel, to: String, text: String) -> Message {
    let id = id.as_str().unwrap_or_default().to_owned();
    Message { at: None, channel, to, contact: None, incident: None, kind: "other", text, id }
}

fn sms(seen: &Value) -> Vec<Message> {
    let numbers = seen["sms_messages"].as_object().into_iter().flatten();
    let texts = numbers.flat_map(|(number, list)| {
        list.as_array().into_iter().flatten().map(move |text| (number, text))
    });
    let read = |(number, sms): (&String, &Value)| {
        message(&sms["MessageId"], Channel::Sms, number.clone(), text(&sms["Message"]))
    };
    texts.map(read).collect()
}

fn email(seen: &Value) -> Vec<Message> {
    let accounts = seen["messages"].as_object().into_iter().flatten();
    let mails = accounts.flat_map(|(_, list)| list.as_array().into_iter().flatten());
    let read = |mail: &Value| {
        let to: Vec<_> = mail["To"].as_array().into_iter().flatten().map(text).collect();
        let says = format!("{}\n\n{}", text(&mail["Subject"]), text(&mail["BodyText"]));
        // Milliseconds are all that the number holds.
        #[expect(clippy::cast_possible_truncation, reason = "a time in milliseconds fits")]
        let at = mail["Timestamp"].as_f64().map(|seconds| (seconds * 1000.0).round() as i64);
        let at = at.and_then(|at| Timestamp::from_millisecond(at).ok());
        Message { at, ..message(&mail["MessageId"], Channel::Email, to.join(", "), says) }
    };
    mails.map(read).collect()
}

/// Whether a notification comes from this topic.
pub(crate) fn is_from(body: &str, topic: &str) -> bool {
    let heard: Value = serde_json::from_str(body).unwrap_or_default();
    heard["TopicArn"] == topic
}

fn topic(body: &str, arn: &str) -> Message {
    let heard: Value = serde_json::from_str(body).unwrap_or_default();
    let says = format!("{}\n\n{}", text(&heard["Subject"]), text(&heard["Message"]));
    let alarm: Value = serde_json::from_str(&text(&heard["Message"])).unwrap_or_default();
    let kind = if alarm["AlarmName"].is_string() { "alarm" } else { "emergency" };
    let at = heard["Timestamp"].as_str().and_then(|at| at.parse().ok());
    Message { at, kind, ..message(&heard["MessageId"], Channel::Topic, arn.to_owned(), says) }
}

/// Reads the send records if there is a message that none is known for, and waits for one that is
/// about a new message.
async fn look_up(
    cloud: &Cloud,
    stack: &Stack,
    messages: &[Message],
    known: &mut HashMap<String, Option<Record>>,
) -> Result<()> {
    for look in 0..LOOKS {
        let all_looked_for = messages.iter().all(|message| known.contains_key(&message.id));
        // One that none was found for may have got its record since: that is worth a look.
        let strangers = look == 0 && known.values().any(Option::is_none);
        if all_looked_for && !strangers {
            return Ok(());
        }
        if look > 0 {
            pause().await;
        }
        for record in records(cloud, stack).await? {
            known.insert(record.message_id.clone(), Some(record));
        }
    }
    for message in messages {
        known.entry(message.id.clone()).or_insert(None);
    }
    Ok(())
}

async fn records(cloud: &Cloud, stack: &Stack) -> Result<Vec<Record>> {
    let mut items = Client::new(&cloud.config)
        .scan()
        .table_name(&stack.incidents_table)
        .filter_expression("begins_with(sk, :send) AND attribute_exists(message_id)")
        .expression_attribute_values(":send", AttributeValue::S("delivery#".to_owned()))
        .consistent_read(true)
        .into_paginator()
        .items()
        .send();
    let mut records = Vec::new();
    while let Some(item) = items.next().await {
        records.push(serde_dynamo::from_item(item?)?);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_read_as_ministack_keeps_them() {
        let texts = sms(&json!({"sms_messages": {"+14255550101": [
            {"MessageId": "a", "Message": "MUSTER HIGH: go http://x.localhost/ack/T"},
            {"MessageId": "b", "Message": "again"}]}}));
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0].link(), Some("http://x.localhost/ack/T"));
        assert_eq!(texts[1].to, "+14255550101");
        let mails = email(&json!({"messages": {"111122223333": [
            {"MessageId": "c", "To": ["ada@example.com"], "Subject": "S", "BodyText": "B",
             "Timestamp": 1_795_405_100.177}]}}));
        assert_eq!(mails[0].text, "S\n\nB");
        assert_eq!(mails[0].at.unwrap().as_millisecond(), 1_795_405_100_177);
        let heard = topic(
            r#"{"MessageId":"d","Subject":"MUSTER EMERGENCY: x","Message":"m","Timestamp":"2026-11-23T03:00:00.000Z"}"#,
            "arn",
        );
        assert_eq!((heard.kind, heard.at.is_some()), ("emergency", true));
    }
}
