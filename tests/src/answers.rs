//! What became of a delivered event: read in its function's log and in the queue of failed events.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::cloud::Cloud;
use crate::messages::queue;
use crate::stack::Stack;
use crate::waiting::until;

/// How often logs and queue are read.
const EVERY: Duration = Duration::from_millis(100);
/// Lines of different invocations may be written out of order by at most this much.
const DISORDER: i64 = 60_000;

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The envelope's id.
    pub event_id: String,
    /// One for each function of each rule that matches; empty if no rule does.
    pub answers: Vec<Answer>,
}

/// What one function made of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The rule that matched.
    pub rule: String,
    /// The function it names.
    pub function: String,
    /// What became of it.
    pub end: End,
}

/// How a function's work on an event ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Done: one decision for each finding.
    Decided(Vec<Decision>),
    /// Given up after the last try; the event is in the queue of failed events. The function's
    /// reason.
    Failed(String),
    /// No sign of an end within this time.
    Silent(Duration),
}

/// What became of one finding, in the words of the function's log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Decision {
    /// `opened`, `repeated` or `recorded`.
    pub verdict: String,
    /// Why it was only recorded.
    #[serde(default)]
    pub reason: Option<String>,
    /// The incident it belongs to.
    #[serde(default)]
    pub incident: Option<String>,
}

impl Delivery {
    /// The incidents this event opened or was counted for.
    pub fn incidents(&self) -> impl Iterator<Item = &str> {
        self.decisions().filter_map(|decision| decision.incident.as_deref())
    }

    /// All decisions of all functions.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.answers.iter().flat_map(|answer| match &answer.end {
            End::Decided(decisions) => decisions.as_slice(),
            End::Failed(_) | End::Silent(_) => &[],
        })
    }
}

/// Everybody who waits for an answer. Whoever looks first looks for all: two deliveries of one
/// event look alike in the log, and each answer must go to one of them.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: Vec<Waiting>,
    tickets: u64,
    read: Option<Instant>,
    /// From when on a log group is read, in milliseconds.
    since: BTreeMap<String, i64>,
    /// Log streams (one for each invocation) and messages of the queue that were read.
    known: HashSet<String>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    group: String,
    event: Value,
    end: Option<End>,
}

impl Watch {
    /// Begins to wait for what the function with this log makes of `event`; to be called before
    /// the function is. The ticket is for [`Watch::end`].
    pub(crate) async fn expect(
        &self,
        cloud: &Cloud,
        stack: &Stack,
        group: &str,
        event: &Value,
    ) -> Result<u64> {
        let mut inner = self.inner.lock().await;
        if inner.waiting.is_empty() {
            // What is there already is the end of some other event.
            inner.read_failures(cloud, stack).await?;
            inner.since.clear();
        }
        inner.since.entry(group.to_owned()).or_insert_with(|| Timestamp::now().as_millisecond());
        inner.tickets += 1;
        let ticket = inner.tickets;
        let (group, event) = (group.to_owned(), event.clone());
        inner.waiting.push(Waiting { ticket, group, event, end: None });
        Ok(ticket)
    }

    /// Waits for the end, at most `limit`.
    pub(crate) async fn end(
        &self,
        cloud: &Cloud,
        stack: &Stack,
        ticket: u64,
        limit: Duration,
    ) -> Result<End> {
        let mine = |waiting: &Waiting| waiting.ticket == ticket;
        let ended = until(limit, async || {
            let mut inner = self.inner.lock().await;
            inner.refresh(cloud, stack).await?;
            Ok(inner.waiting.iter().find(|waiting| mine(waiting)).and_then(|w| w.end.clone()))
        });
        let ended = ended.await?;
        self.inner.lock().await.waiting.retain(|waiting| !mine(waiting));
        Ok(ended.unwrap_or(End::Silent(limit)))
    }
}

impl Inner {
    async fn refresh(&mut self, cloud: &Cloud, stack: &Stack) -> Result<()> {
        if self.read.is_some_and(|read| read.elapsed() < EVERY) {
            return Ok(());
        }
        for group in self.since.keys().cloned().collect::<Vec<_>>() {
            self.read_log(cloud, &group).await?;
        }
        self.read_failures(cloud, stack).await?;
        self.read = Some(Instant::now());
        Ok(())
    }

    async fn read_log(&mut self, cloud: &Cloud, group: &str) -> Result<()> {
        let since = self.since.get(group).copied().unwrap_or_default();
        let request = json!({ "logGroupName": group, "startTime": since });
        let answer = cloud.call("logs", "Logs_20140328.FilterLogEvents", &request).await?;
        let mut streams: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut last = since;
        for line in answer["events"].as_array().into_iter().flatten() {
            let stream = line["logStreamName"].as_str().unwrap_or_default();
            streams.entry(stream).or_default().push(line["message"].as_str().unwrap_or_default());
            last = last.max(line["timestamp"].as_i64().unwrap_or_default());
        }
        for (stream, lines) in streams {
            if self.known.insert(format!("{group} {stream}"))
                && let Some((event_id, decisions)) = decided(&lines)
            {
                let same =
                    |waiting: &Waiting| waiting.group == group && id(&waiting.event) == event_id;
                self.settle(same, End::Decided(decisions));
            }
        }
        self.since.insert(group.to_owned(), since.max(last - DISORDER));
        Ok(())
    }

    async fn read_failures(&mut self, cloud: &Cloud, stack: &Stack) -> Result<()> {
        for message in queue(cloud, &stack.failed_events).await? {
            if !self.known.insert(message.id) {
                continue;
            }
            let record: Value = serde_json::from_str(&message.body).unwrap_or_default();
            let reason = record["responsePayload"]["errorMessage"].as_str();
            let reason = reason.unwrap_or("the function gives no reason").to_owned();
            let same = |waiting: &Waiting| waiting.event == record["requestPayload"];
            self.settle(same, End::Failed(reason));
        }
        Ok(())
    }

    fn settle(&mut self, same: impl Fn(&Waiting) -> bool, end: End) {
        let open = |waiting: &&mut Waiting| waiting.end.is_none() && same(waiting);
        if let Some(waiting) = self.waiting.iter_mut().find(open) {
            waiting.end = Some(end);
        }
    }
}

/// An envelope's id.
pub(crate) fn id(event: &Value) -> &str {
    event["id"].as_str().unwrap_or_default()
}

/// What an invocation decided, by the lines it wrote; `None` if it failed: then it is tried again,
/// or its event comes to the queue.
fn decided(lines: &[&str]) -> Option<(String, Vec<Decision>)> {
    let mut found = (None, Vec::new());
    for line in lines {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        if line["level"] == "ERROR" {
            return None;
        }
        if let Ok(decision) = Decision::deserialize(&line["fields"])
            && let Some(event_id) = line["fields"]["event_id"].as_str()
        {
            found.0 = Some(event_id.to_owned());
            found.1.push(decision);
        }
    }
    Some((found.0?, found.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_read_from_a_log() {
        let check = |lines: &[&str], expected: Option<(&str, &[&str])>| {
            let found = decided(lines).map(|(id, all)| {
                (id, all.into_iter().map(|decision| decision.verdict).collect::<Vec<_>>())
            });
            let expected = expected.map(|(id, all)| {
                (id.to_owned(), all.iter().map(|&verdict| verdict.to_owned()).collect())
            });
            assert_eq!(found, expected, "{lines:?}");
        };
        let start = "START RequestId: 1 Version: $LATEST";
        let opened = r#"{"level":"INFO","fields":{"message":"finding decided","event_id":"e","verdict":"opened","incident":"i"}}"#;
        let repeat = r#"{"level":"INFO","fields":{"message":"finding decided","event_id":"e","verdict":"repeated"}}"#;
        let failed =
            r#"{"level":"ERROR","fields":{"message":"finding not dealt with","event_id":"e"}}"#;
        check(&[start, opened, "END RequestId: 1"], Some(("e", &["opened"])));
        check(&[start, opened, repeat], Some(("e", &["opened", "repeated"])));
        check(&[start, opened, failed], None);
        check(&[start, "END RequestId: 1"], None);
    }
}
