//! The incidents' stream in: events on the stack's own bus and messages for chat out.

mod records;

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_domain::announcement::{DetailType, Line, in_chat, of_line, of_page};
use muster_domain::incident::Incident;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use muster_send::bus::{Bus, Event, MOST};
use muster_send::text::Texts;
use muster_store::incidents::Incidents;
use muster_store::stream::{Answer, Record};

use records::{Told, Toldness};

/// What the function works with.
#[derive(Debug)]
pub struct Announcer {
    /// Where incidents are.
    pub incidents: Incidents,
    /// Where events go.
    pub bus: Bus,
    /// What reaches the chat.
    pub texts: Texts,
    /// The ARN of the topic for chat.
    pub chat_topic: String,
}

/// What one record has to say: an event, and perhaps a message.
struct Said {
    sequence_number: String,
    event: Event,
    chat: Option<String>,
}

impl Announcer {
    /// Tells what a batch of the stream says, in its order. What was told before a failure is told
    /// again: an event's id says that it is the same.
    pub async fn handle(&self, batch: Batch) -> Answer {
        let (said, failed) = self.read(batch).await;
        let mut first = None;
        // One that is refused must not keep those after it from being told: they may be given up on
        // together with it.
        for part in said.chunks(MOST) {
            let refused = self.tell(part).await.unwrap_or_else(|error| {
                tracing::error!(reason = %error, "events could not be put; they come again");
                part.first().map(|said| said.sequence_number.clone())
            });
            first = first.or(refused);
        }
        // What could not be read comes after all that was.
        let failed = first.or(failed);
        Answer::of(failed)
    }

    /// What the records have to say, up to one whose incident cannot be read, which is returned.
    async fn read(&self, batch: Batch) -> (Vec<Said>, Option<String>) {
        let mut known = BTreeMap::<IncidentId, Option<Incident>>::new();
        let mut said = Vec::new();
        for record in batch.records {
            let sequence_number = Record::from(&record).sequence_number;
            let Some(Told { id, what }) = records::read(record) else { continue };
            if !known.contains_key(&id) {
                match self.incidents.incident(&id).await {
                    Ok(incident) => known.insert(id.clone(), incident),
                    Err(error) => {
                        tracing::error!(reason = %error, "an incident could not be read");
                        return (said, Some(sequence_number));
                    }
                };
            }
            let Some(Some(incident)) = known.get(&id) else { continue };
            let (event, chat) = match &what {
                Toldness::Event { name, event } => {
                    let line = Line {
                        name,
                        event: event.event,
                        by: &event.by,
                        at: event.at,
                        message: &event.message,
                    };
                    let (kind, detail) = of_line(incident, &line);
                    let chat = in_chat(incident, &line);
                    let chat = chat.and_then(|chat| serde_json::to_string(&chat).ok());
                    (Some(Event::new(kind.text(), &detail)), chat)
                }
                Toldness::Page(page) => {
                    let detail = of_page(incident, page);
                    (detail.map(|detail| Event::new(DetailType::Page.text(), &detail)), None)
                }
            };
            if let Some(Ok(event)) = event {
                said.push(Said { sequence_number, event, chat });
            }
        }
        (said, None)
    }

    /// Tells up to ten: the first that the bus has not taken.
    async fn tell(&self, part: &[Said]) -> Result<Option<String>, AwsError> {
        let events: Vec<Event> = part.iter().map(|said| said.event.clone()).collect();
        let taken = self.bus.put(&events).await?;
        let mut refused = None;
        for (said, taken) in part.iter().zip(taken) {
            if !taken {
                tracing::error!("the bus did not take an event; it comes again");
                refused = refused.or(Some(said.sequence_number.clone()));
                continue;
            }
            let Some(chat) = &said.chat else { continue };
            // One system's failure is no other's: what the chat does not take is only logged.
            if let Err(error) = self.texts.topic(&self.chat_topic, "", chat).await {
                tracing::error!(reason = %error, "the chat topic did not take a message");
            }
        }
        tracing::info!(events = part.len(), "told");
        Ok(refused)
    }
}
