//! Digests: what the ladder held back, in one message for each person and kind of channel.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use jiff::Timestamp;
use muster::Contact;
use muster::channel::{Channel, ChannelType};
use muster::id::{ContactId, IncidentId};
use muster::incident::{Incident, State};
use muster::ladder::{Ladder, Pass};
use muster::page::{digest_mail, digest_text, spoken_digest};
use muster::policy::Policy;
use muster::send::{SendRecord, SendState};
use muster_aws::figures;
use muster_aws::incidents::{HeldPage, IssuedToken, LINK_LIFE};
use muster_aws::secret::{Token, below};
use muster_aws::senders::Letter;

use crate::{Failure, Pager};

/// How many digests are made at a time, and how long after its start a look begins another: it has
/// 30 s, and what it does not come to waits for the next.
const AT_ONCE: usize = 8;
const LATEST: Duration = Duration::from_secs(12);

/// All of these, a few at a time, in their order. One that fails does not stop the others.
async fn few<T>(
    calls: impl Iterator<Item = impl Future<Output = Result<T, Failure>>>,
) -> Result<Vec<T>, Failure> {
    let ends: Vec<_> = futures::stream::iter(calls).buffered(10).collect().await;
    ends.into_iter().collect()
}

impl Pager {
    /// Sends what waits and may go out now. Whatever fails waits for the next look.
    ///
    /// # Errors
    /// What waits cannot be looked up.
    pub(crate) async fn digests(&self, now: Timestamp) -> Result<usize, Failure> {
        let mut waiting = BTreeMap::<(ContactId, ChannelType), Vec<HeldPage>>::new();
        for page in self.incidents.held().await? {
            waiting.entry((page.contact.clone(), page.kind)).or_default().push(page);
        }
        if waiting.is_empty() {
            return Ok(0);
        }
        let policy = &self.roster.policy().await?;
        let began = Instant::now();
        let one = async |((contact, kind), pages): ((ContactId, ChannelType), Vec<HeldPage>)| {
            if began.elapsed() > LATEST {
                return false;
            }
            let digest = Box::pin(self.digest(policy, &contact, kind, pages, now)).await;
            digest.unwrap_or_else(|error| {
                tracing::error!(reason = %error, "a digest was not sent");
                false
            })
        };
        // From anywhere on: who comes first in the alphabet must not always be first here.
        let mut waiting: Vec<_> = waiting.into_iter().collect();
        let first = below(waiting.len());
        waiting.rotate_left(first);
        let ends = futures::stream::iter(waiting).map(one).buffer_unordered(AT_ONCE);
        Ok(ends.filter(|went| std::future::ready(*went)).count().await)
    }

    /// One person's digest by one kind of channel; says whether it went out.
    async fn digest(
        &self,
        policy: &Policy,
        contact: &ContactId,
        kind: ChannelType,
        pages: Vec<HeldPage>,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let room = |ladder: &Ladder| ladder.pass(policy, kind, None, now);
        // Looked at first: most of a storm has no room yet, and its incidents need not be read.
        if let Pass::Hold(_) = room(&self.incidents.ladder(contact, kind).await?) {
            return Ok(false);
        }
        if !self.incidents.claim_digest(contact, kind, now).await? {
            return Ok(false);
        }
        let incidents = self.open(&pages).await?;
        let (live, over): (Vec<_>, Vec<_>) =
            pages.into_iter().partition(|page| incidents.contains_key(&page.incident));
        // Somebody has answered meanwhile: nobody need be told any more.
        few(over.iter().map(async |page| Ok(self.incidents.release(page).await?))).await?;
        let person = self.roster.entry::<Contact>(contact).await?.filter(|c| !c.departed());
        let channel = person.and_then(|c| c.channels.into_iter().find(|c| c.kind() == kind));
        let (Some(channel), false) = (channel, live.is_empty()) else {
            let unavailable = live.iter().map(|page| self.settle(page, SendState::Unavailable));
            few(unavailable).await?;
            return Ok(false);
        };
        if let Pass::Hold(_) = self.incidents.climb(contact, kind, now, room).await? {
            return Ok(false);
        }
        let letter = self.digest_letter(contact, &channel, incidents.into_values(), now).await?;
        let state = self.senders.send(letter).await;
        tracing::info!(channel = kind.name(), pages = live.len(), state = state.name(), "digest");
        figures::page(kind.name(), state.name(), false);
        if let SendState::Failed { error, passing } = &state {
            tracing::error!(channel = kind.name(), code = error, "a digest was refused");
            if *passing {
                return Ok(false);
            }
        }
        few(live.iter().map(|page| self.settle(page, state.clone()))).await?;
        Ok(true)
    }

    /// The incidents of these pages that still want somebody.
    async fn open(&self, pages: &[HeldPage]) -> Result<BTreeMap<IncidentId, Incident>, Failure> {
        let mut ids: Vec<&IncidentId> = pages.iter().map(|page| &page.incident).collect();
        ids.sort();
        ids.dedup();
        let one = async |id| Ok(self.incidents.incident(id).await?);
        let found = few(ids.into_iter().map(one)).await?;
        let open = found.into_iter().flatten().filter(|incident| incident.status == State::Open);
        Ok(open.map(|incident| (incident.id.clone(), incident)).collect())
    }

    async fn settle(&self, page: &HeldPage, state: SendState) -> Result<(), Failure> {
        let record = SendRecord { state, at: Timestamp::now(), ..page.record.clone() };
        self.incidents.settle(&page.incident, &record).await?;
        Ok(self.incidents.release(page).await?)
    }

    /// The message, with a link for each incident, the gravest first.
    async fn digest_letter(
        &self,
        contact: &ContactId,
        channel: &Channel,
        incidents: impl Iterator<Item = Incident>,
        now: Timestamp,
    ) -> Result<Letter, Failure> {
        let mut incidents: Vec<Incident> = incidents.collect();
        incidents
            .sort_by_key(|incident| (std::cmp::Reverse(incident.severity), incident.opened_at));
        let link = async |incident: &'_ Incident| -> Result<String, Failure> {
            let token = Token::random()?;
            let issued = IssuedToken {
                digest: token.digest(),
                contact: contact.clone(),
                expires_at: now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX),
            };
            self.incidents.issue(&incident.id, &issued).await?;
            Ok(format!("{}/ack/{}", self.link_base, token.text()))
        };
        let links = few(incidents.iter().map(link)).await?;
        let linked: Vec<_> = incidents.iter().zip(links).collect();
        Ok(match channel {
            Channel::Voice(phone) => Letter::Voice(phone.clone(), spoken_digest(&linked)),
            Channel::Sms(phone) => Letter::Sms(phone.clone(), digest_text(&linked)),
            Channel::Email(email) => Letter::Email(email.clone(), Box::new(digest_mail(&linked))),
        })
    }
}
