//! Which of a turn's sends are ours to make now, and the tokens of their links.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_domain::incident::escalation::{Cursor, PersonPage, Turn};
use muster_domain::incident::event::EventType;
use muster_domain::incident::send::{Claim, Delivery, DeliveryKey, DeliveryState, LEASE, claim};
use muster_domain::incident::{Actor, Incident};
use muster_domain::value::channel::Channel;
use muster_domain::value::channel_key::{ChannelKey, SendChannel};
use muster_domain::value::id::ContactId;
use muster_domain::value::recipient::Recipient;
use muster_runtime::secret::{NoRandomness, Token};
use muster_store::incidents::{IssuedToken, LINK_LIFE, TimelineEvent};

/// Where one message goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// To the page with this index in the turn, by this channel.
    Person(usize, Channel),
    /// To the organization with this index in the turn, by this channel.
    External(usize, Channel),
    /// To the emergency topic.
    EmergencyTopic,
}

/// One message to send, claimed.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) record: Delivery,
    pub(crate) to: To,
}

/// How many sends of a turn are under way at a time. Each holds a connection and its message in the
/// function's memory; providers answer within a second, so a thousand take some fifteen.
const AT_ONCE: usize = 64;

/// What one run of the pager has claimed of a turn.
pub(crate) struct Claims {
    /// The update whose messages these are, if they are no pages of a turn.
    pub(crate) about: Option<String>,
    owner: String,
    now: Timestamp,
    secrets: BTreeMap<ContactId, Token>,
    /// Claims to be written.
    pub(crate) new: Vec<Delivery>,
    /// Tokens to be written with them.
    pub(crate) tokens: Vec<IssuedToken>,
    /// Messages to send once the claims are written.
    pub(crate) sendings: Vec<Sending>,
    /// Whether there are more to send than these. They are not claimed, so that each run that has the
    /// time can take them.
    pub(crate) more: bool,
    /// When to look again at sends that somebody else holds.
    pub(crate) later: Option<Timestamp>,
}

impl Claims {
    pub(crate) fn new(owner: &str, now: Timestamp) -> Self {
        Self {
            about: None,
            owner: owner.to_owned(),
            now,
            secrets: BTreeMap::new(),
            new: Vec::new(),
            tokens: Vec::new(),
            sendings: Vec::new(),
            more: false,
            later: None,
        }
    }

    /// Decides anew what is ours, from the turn and the records as they stand: as many sends as go out
    /// side by side, the emergency topic's and those of the lowest escalation levels first.
    pub(crate) fn decide(
        &mut self,
        turn: &Turn,
        cursor: Cursor,
        records: &[Delivery],
    ) -> Result<(), NoRandomness> {
        (self.new, self.tokens, self.sendings, self.later) = Default::default();
        self.more = false;
        if turn.emergency.is_some() {
            self.consider(topic_key(cursor), To::EmergencyTopic, records);
        }
        for (index, page) in by_level(turn) {
            let before = self.sendings.len();
            for (name, channel) in ChannelKey::name(&page.contact.channels, &page.channels) {
                let contact = Recipient::from(&page.contact.id);
                let key = DeliveryKey {
                    cursor,
                    contact,
                    channel: name.into(),
                    about: self.about.clone(),
                };
                self.consider(key, To::Person(index, channel.clone()), records);
            }
            if self.sendings.len() > before {
                self.issue(page)?;
            }
        }
        for (index, page) in turn.externals.iter().enumerate() {
            for (name, channel) in ChannelKey::name(&page.resource.channels(), &page.channels) {
                let contact = Recipient::from(&page.resource.id);
                let key = DeliveryKey {
                    cursor,
                    contact,
                    channel: name.into(),
                    about: self.about.clone(),
                };
                self.consider(key, To::External(index, channel.clone()), records);
            }
        }
        Ok(())
    }

    fn consider(&mut self, key: DeliveryKey, to: To, records: &[Delivery]) {
        let record = records.iter().find(|record| record.key == key);
        let claim = claim(record, &self.owner, self.now);
        if matches!(claim, Claim::Mine | Claim::Take { .. }) && self.sendings.len() >= AT_ONCE {
            self.more = true;
            return;
        }
        match claim {
            Claim::Settled => {}
            Claim::Later(at) => self.later = self.later.max(Some(at)),
            Claim::Mine => {
                let record = record.cloned();
                self.sendings.extend(record.map(|record| Sending { record, to }));
            }
            Claim::Take { attempt } => {
                let until = self.now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
                let state = DeliveryState::Sending {
                    lease_expires_at: until,
                    claimed_by: self.owner.clone(),
                };
                let record = Delivery { key, state, attempts: attempt, at: self.now };
                self.new.push(record.clone());
                self.sendings.push(Sending { record, to });
            }
        }
    }

    /// One token for a person, in all of that person's messages of this run.
    fn issue(&mut self, page: &PersonPage) -> Result<(), NoRandomness> {
        let id = &page.contact.id;
        if !self.secrets.contains_key(id) {
            self.secrets.insert(id.clone(), Token::random()?);
        }
        self.tokens.extend(self.secrets.get(id).map(|token| IssuedToken {
            digest: token.digest(),
            contact: id.clone(),
            expires_at: self.now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX),
        }));
        Ok(())
    }

    /// The token for this person's links.
    pub(crate) fn token(&self, id: &ContactId) -> &str {
        self.secrets.get(id).map_or("", Token::text)
    }

    /// The timeline's line for this turn, when it is first taken and does anything.
    pub(crate) fn fact(
        &self,
        incident: &Incident,
        turn: &Turn,
        cursor: Cursor,
        records: &[Delivery],
    ) -> Option<(String, TimelineEvent)> {
        let emergency = turn.emergency.is_some();
        let new = |record: &Delivery| emergency && record.key.channel == SendChannel::Topic;
        let first = records.is_empty() && !self.new.is_empty();
        if !first && !self.new.iter().any(new) {
            return None;
        }
        let people = turn.pages.iter().map(|page| page.contact.id.as_str());
        let others = turn.externals.iter().map(|page| page.resource.id.as_str());
        let people: Vec<&str> = people.chain(others).collect();
        let text = match turn.emergency {
            None => format!(
                "Round {}, step {} of escalation plan {} begins, for: {}.",
                cursor.round,
                cursor.step + 1,
                incident.escalation_plan.name,
                people.join(", ")
            ),
            Some(why) => why.about(incident).to_owned() + " The emergency topic is notified.",
        };
        let kind =
            if emergency { EventType::EmergencyTopicNotified } else { EventType::StepStarted };
        let name =
            format!("{}#{:04}#{:04}#{:04}", kind.name(), cursor.run, cursor.round, cursor.step);
        Some((name, TimelineEvent::new(self.now, kind, &Actor::Muster, &text)))
    }
}

/// A turn's pages with their places in it, the lowest escalation levels first: the Incident Commander
/// must not wait for a hundred others.
fn by_level(turn: &Turn) -> Vec<(usize, &PersonPage)> {
    let mut pages: Vec<_> = turn.pages.iter().enumerate().collect();
    pages.sort_by_key(|(_, page)| page.contact.escalation_level);
    pages
}

fn topic_key(cursor: Cursor) -> DeliveryKey {
    DeliveryKey {
        cursor,
        contact: Recipient::EmergencyTopic,
        channel: SendChannel::Topic,
        about: None,
    }
}

/// Whether `records` has each send of the turn to a person or an organization. Until then its outcome is not
/// known: what has failed so far may be the smaller part.
pub(crate) fn complete(turn: &Turn, cursor: Cursor, records: &[Delivery]) -> bool {
    let known = |contact: &Recipient, key: ChannelKey| {
        let key = SendChannel::from(key);
        let same = |known: &DeliveryKey| {
            known.cursor == cursor && known.contact == *contact && known.channel == key
        };
        records.iter().any(|record| same(&record.key))
    };
    let people = turn.pages.iter().all(|page| {
        let keys = ChannelKey::name(&page.contact.channels, &page.channels);
        let contact = Recipient::from(&page.contact.id);
        keys.into_iter().all(|(key, _)| known(&contact, key))
    });
    let organizations = || {
        turn.externals.iter().all(|page| {
            let contact = Recipient::from(&page.resource.id);
            let keys = ChannelKey::name(&page.resource.channels(), &page.channels);
            keys.into_iter().all(|(key, _)| known(&contact, key))
        })
    };
    people && organizations()
}

#[cfg(test)]
mod tests;
