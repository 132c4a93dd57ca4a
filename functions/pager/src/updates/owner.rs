//! The owner's topic is told of what no contact can be told of. A topic has no ladder, so findings share messages.

use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::send::{Delivery, DeliveryState};
use muster_domain::incident::update::{About, Update, Window};
use muster_domain::message::page::{Joined, JoinedLine, several_added_topic};
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use muster_runtime::error::AwsError;
use muster_store::incidents::{Claimed, LATE, Notice};

use super::{End, words};
use crate::{Failure, Pager};

/// Which message tells of an update.
enum Message {
    /// The one with this name, about these updates.
    Now(String, Vec<Update>),
    /// One that is sent after this time.
    After(Timestamp),
}

/// The subject and the text of the message about these updates.
fn letter(updates: &[Update], incident: &Incident, now: Timestamp) -> (String, String) {
    if let [one] = updates {
        return words(one, incident, now).topic(incident);
    }
    let line = |update: &Update| match &update.about {
        About::Joined { finding } => {
            let resource = finding.resource.as_deref();
            Some(JoinedLine::of(finding.severity, &finding.title, resource, update.at))
        }
        About::Unresolved => None,
    };
    let count = u64::try_from(updates.len()).unwrap_or(u64::MAX);
    several_added_topic(incident, &Joined::new(count, updates.iter().filter_map(line).collect()))
}

impl Pager {
    /// Tells the owner's topic of an incident that no contact has taken up, or whose contacts cannot be reached. An
    /// update that the topic does not take goes on waiting.
    pub(super) async fn tell_owner(
        &self,
        update: &Update,
        incident: &Incident,
        owner: &str,
        now: Timestamp,
    ) -> Result<End, Failure> {
        let (name, updates) = match self.message(update, now).await? {
            Message::Now(name, updates) => (name, updates),
            Message::After(at) => {
                self.incidents.updates().postpone_update(&update.input(), at).await?;
                return Ok(End::Waits);
            }
        };
        let notice = Notice {
            about: format!("update#{}#{name}", update.incident),
            whom: Recipient::OwnerTopic,
            channel: SendChannel::Topic,
        };
        let state = match self.incidents.notices().claim_notice(&notice, owner, now).await? {
            Claimed::Later => return Ok(End::Again),
            Claimed::Ended(state) => state,
            Claimed::Ours(record) => {
                let (subject, text) = letter(&updates, incident, now);
                let told = self.senders.texts.topic(&self.owner_topic, &subject, &text).await;
                let state = match told {
                    Ok(message_id) => DeliveryState::Sent { message_id },
                    Err(error) => {
                        DeliveryState::Failed { error: error.code, retryable: error.passing }
                    }
                };
                let record = Delivery { state, at: Timestamp::now(), ..record };
                self.incidents.notices().settle_notice(&notice, &record).await?;
                if record.may_try_again() {
                    return Ok(End::Again);
                }
                record.state
            }
        };
        if !matches!(state, DeliveryState::Sent { .. }) {
            tracing::error!(
                incident = %incident.id,
                state = state.name(),
                "the owner's topic was not told of an update; a later look tries again"
            );
            self.incidents.updates().postpone_update(&update.input(), now).await?;
            return Ok(End::Waits);
        }
        self.noted(incident, &name, "the owner's topic", &updates, now).await
    }

    /// Decides which message tells the topic of `update`. Of the findings that join within a window, the first is told
    /// at once and the others together a minute after its end. An update that comes on record too late for the messages
    /// of its window goes with those of a later one.
    async fn message(&self, update: &Update, now: Timestamp) -> Result<Message, AwsError> {
        if !matches!(update.about, About::Joined { .. }) {
            return Ok(Message::Now(update.name.clone(), vec![update.clone()]));
        }
        let (id, own) = (&update.incident, std::slice::from_ref(&update.name));
        let mut window = Window::of(update.at);
        loop {
            let first = self.incidents.updates().cover_updates(id, &window.first(), own).await?;
            if first == own {
                return Ok(Message::Now(window.first(), vec![update.clone()]));
            }
            if now < window.end().saturating_add(LATE).unwrap_or(Timestamp::MAX) {
                return Ok(Message::After(window.end()));
            }
            let mut waiting = self.incidents.updates().waiting_updates(id).await?;
            let names = window.rest_with(update, &waiting, &first);
            let rest = self.incidents.updates().cover_updates(id, &window.rest(), &names).await?;
            if rest.contains(&update.name) {
                waiting.retain(|other| rest.contains(&other.name));
                return Ok(Message::Now(window.rest(), waiting));
            }
            window = window.next();
        }
    }
}
