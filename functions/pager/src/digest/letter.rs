//! What a digest says, to a person or to an outside organization.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use futures::StreamExt as _;
use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::update::{Update, UpdateInput};
use muster_domain::message::page;
use muster_domain::message::page::{
    Entry, digest_mail, digest_text, external_digest_mail, external_spoken_digest, spoken_digest,
};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::channel::{Channel, Form};
use muster_domain::value::id::IncidentId;
use muster_domain::value::recipient::Recipient;
use muster_runtime::error::AwsError;
use muster_runtime::secret::{NoRandomness, Token};
use muster_send::senders::Letter;
use muster_store::incidents::{DigestLink, HeldPage, Incidents, IssuedToken, LINK_LIFE};
use muster_store::roster::Roster;

use crate::updates::words;

/// Whom a digest is for.
pub(super) enum Reader {
    /// A contact.
    Person(Box<Contact>),
    /// An outside organization.
    External(Box<ExternalResource>),
}

impl Reader {
    /// Returns the entry of a recipient; `None` if the contact has left, or there is no such entry.
    pub(super) async fn find(
        roster: &Roster,
        recipient: &Recipient,
    ) -> Result<Option<Self>, AwsError> {
        match recipient {
            Recipient::External(id) => {
                let resource = roster.entry::<ExternalResource>(id).await?;
                Ok(resource.map(|resource| Self::External(Box::new(resource))))
            }
            Recipient::Contact(id) => {
                let contact = roster.entry::<Contact>(id).await?;
                let contact = contact.filter(|contact| !contact.departed());
                Ok(contact.map(|contact| Self::Person(Box::new(contact))))
            }
            Recipient::EmergencyTopic | Recipient::OwnerTopic => Ok(None),
        }
    }

    /// Returns all their channels.
    pub(super) fn channels(&self) -> Vec<Channel> {
        match self {
            Self::Person(contact) => contact.channels.clone(),
            Self::External(resource) => resource.channels(),
        }
    }
}

/// What a digest says of these incidents, from the pages that wait at its address. An update that cannot be read is told
/// as one of which nothing is known.
pub(super) async fn entries(
    known: &Incidents,
    incidents: &[Incident],
    held: &[HeldPage],
    now: Timestamp,
) -> Vec<Entry> {
    let one = async |incident: &Incident| {
        let of_it = || held.iter().filter(|page| page.incident == incident.id);
        let names: BTreeSet<&String> =
            of_it().filter_map(|page| page.record.key.about.as_ref()).collect();
        let read = async |name: &String| {
            let input = UpdateInput { incident: incident.id.clone(), update: name.clone() };
            known.updates().any_update(&input).await.unwrap_or_else(|error| {
                tracing::warn!(reason = %error, "a held update cannot be read");
                None
            })
        };
        let updates: Vec<_> =
            futures::stream::iter(names).map(read).buffered(super::FEW).collect().await;
        let paged = of_it().any(|page| page.record.key.about.is_none());
        entry(incident, paged, updates.into_iter().flatten().collect(), now)
    };
    futures::stream::iter(incidents).map(one).buffered(super::FEW).collect().await
}

/// What a digest says of an incident with these updates, the latest first.
fn entry(incident: &Incident, paged: bool, mut updates: Vec<Update>, now: Timestamp) -> Entry {
    updates.sort_by_key(|update| Reverse(update.at));
    let words: Vec<page::Update> =
        updates.iter().map(|update| words(update, incident, now)).collect();
    Entry { incident: incident.clone(), paged, updates: words }
}

/// A digest, ready to send, and the token of its link, which has yet to be kept.
pub(super) struct Written {
    pub(super) letter: Letter,
    token: Option<IssuedToken>,
}

impl Written {
    /// Returns its link for these incidents; an organization has none.
    pub(super) fn link<'a>(&'a self, incidents: &'a [IncidentId]) -> Option<DigestLink<'a>> {
        self.token.as_ref().map(|token| DigestLink { token, incidents })
    }
}

/// Writes the digest of these incidents, the most severe first, to one channel.
pub(super) fn write(
    recipient: &Reader,
    to: &Channel,
    entries: &[Entry],
    link_base: &str,
    now: Timestamp,
) -> Result<Written, NoRandomness> {
    match recipient {
        Reader::Person(contact) => {
            let token = Token::random()?;
            let link = format!("{link_base}/ack/{}", token.text());
            let letter = Letter::to(
                to,
                || digest_mail(entries, &link),
                || digest_text(entries, &link),
                || spoken_digest(entries),
            );
            let issued = IssuedToken {
                digest: token.digest(),
                contact: contact.id.clone(),
                expires_at: now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX),
            };
            Ok(Written { letter, token: Some(issued) })
        }
        Reader::External(resource) => {
            // No organization is told of updates.
            let incidents: Vec<_> = entries.iter().map(|entry| entry.incident.clone()).collect();
            // An organization is told by mail and by call.
            let letter = if to.kind().kind().form == Form::Text {
                Letter::Nothing
            } else {
                Letter::to(
                    to,
                    || external_digest_mail(&incidents, resource),
                    String::new,
                    || external_spoken_digest(&incidents, resource),
                )
            };
            Ok(Written { letter, token: None })
        }
    }
}
