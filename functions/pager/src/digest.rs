//! Digests: what the ladder held back, in one message for each address, with one link.

mod letter;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use jiff::Timestamp;
use muster::channel::Channel;
use muster::digest::{Digest, Left, end, left, sort, still_wanted};
use muster::id::IncidentId;
use muster::incident::Incident;
use muster::ladder::{Ask, Ladder, Pass};
use muster::policy::Policy;
use muster::send::{ChannelKey, LEASE, SendChannel, SendRecord, SendState};
use muster::severity::Severity;
use muster_aws::figures;
use muster_aws::incidents::{HeldPage, PagedChannel, Written};
use muster_aws::secret::Token;

use crate::{Failure, Pager};
use letter::Recipient;

/// How many digests are made at a time.
const AT_ONCE: usize = 8;
/// How long after its start a look begins another digest: it has 30 s, and what it does not come to is
/// first in the next.
const SHARE: Duration = Duration::from_secs(8);
/// How many reads or writes of one digest go out at a time.
const FEW: usize = 20;
/// How often a digest is decided again because pages went there at the same moment.
const MOST_RACES: usize = 5;

/// All of these, a few at a time, in their order. One that fails does not stop the others.
async fn few<T>(
    calls: impl Iterator<Item = impl Future<Output = Result<T, Failure>>>,
) -> Result<Vec<T>, Failure> {
    let ends: Vec<_> = futures::stream::iter(calls).buffered(FEW).collect().await;
    ends.into_iter().collect()
}

/// Whether a digest of this severity has room.
fn room(
    policy: &Policy,
    channel: &PagedChannel,
    ladder: &Ladder,
    (severity, mark): (Severity, &str),
    now: Timestamp,
) -> Pass {
    ladder.pass(policy, channel.kind, &Ask { severity, mark, incident: None, waiting: false }, now)
}

impl Pager {
    /// Sends what waits and may go out now, for the addresses that have waited longest first. Whatever
    /// fails waits for the next look.
    ///
    /// # Errors
    /// What waits cannot be looked up.
    pub(crate) async fn digests(&self, now: Timestamp) -> Result<usize, Failure> {
        let began = Instant::now();
        if let Err(error) = self.hold_by_address(now).await {
            tracing::error!(reason = %error, "pages held by an earlier version wait for the next look");
        }
        let waiting = self.incidents.waiting(now).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let policy = &self.roster.policy().await?;
        let one = async |channel: PagedChannel| {
            if began.elapsed() > SHARE {
                return false;
            }
            let digest = Box::pin(self.digest(policy, &channel, now)).await;
            digest.unwrap_or_else(|error| {
                tracing::error!(reason = %error, "a digest was not sent");
                false
            })
        };
        let ends = futures::stream::iter(waiting).map(one).buffer_unordered(AT_ONCE);
        Ok(ends.filter(|went| std::future::ready(*went)).count().await)
    }

    /// The digest of what waits at one address; says whether it went out.
    ///
    /// # Errors
    /// A failed call; what waits goes on waiting.
    pub(crate) async fn digest(
        &self,
        policy: &Policy,
        channel: &PagedChannel,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        for _ in 0..MOST_RACES {
            let standing = self.incidents.standing(channel).await?;
            if let Some(digest) = &standing.digest {
                match left(Some(digest), now) {
                    Left::Busy => return Ok(false),
                    Left::Ended(state) => {
                        self.tell_pages(channel, digest, &state, now).await?;
                        continue;
                    }
                    Left::Nothing => {}
                }
            }
            let Some(last) = standing.waiting.clone() else { return Ok(false) };
            // Looked at first: most of a storm has no room yet, and its incidents need not be read.
            let any = (Severity::Critical, "");
            if let Pass::Hold(until) = room(policy, channel, &standing.ladder, any, now) {
                self.incidents.postpone(channel, &last, until).await?;
                return Ok(false);
            }
            let pages = self.incidents.held(channel).await?;
            let known = self.incidents_of(&pages).await?;
            let wanted = |page: &HeldPage| {
                let incident = known.get(&page.incident);
                incident.is_some_and(|incident| still_wanted(incident, &page.record.key))
            };
            let (live, over): (Vec<_>, Vec<_>) = pages.into_iter().partition(wanted);
            let named: BTreeSet<&IncidentId> = live.iter().map(|page| &page.incident).collect();
            let mut incidents: Vec<Incident> =
                named.into_iter().filter_map(|id| known.get(id).cloned()).collect();
            sort(&mut incidents);
            // Somebody has answered meanwhile: nobody need be told any more.
            few(over.iter().map(|page| self.settle(page, SendState::Dropped))).await?;
            if live.iter().all(|page| page.unconfirmed) {
                self.incidents.none_waits(channel, &last).await?;
                return Ok(false);
            }
            let Some((recipient, to)) = self.recipient(channel).await? else {
                self.elsewhere(channel, &live, now).await?;
                self.incidents.none_waits(channel, &last).await?;
                return Ok(false);
            };
            let mark = Token::random()?.digest();
            let severity = incidents.first().map_or(Severity::Low, |first| first.severity);
            let next = match room(policy, channel, &standing.ladder, (severity, &mark), now) {
                Pass::Go(next) => next,
                Pass::Hold(until) => {
                    self.incidents.postpone(channel, &last, until).await?;
                    return Ok(false);
                }
                // Neither comes of a digest, whose mark is new.
                Pass::Taken | Pass::Join => return Ok(false),
            };
            let until = Timestamp::now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
            let digest = Digest {
                state: SendState::Claimed { until, owner: mark.clone() },
                mark,
                pages: live.iter().map(HeldPage::name).collect(),
                at: Timestamp::now(),
            };
            let entries = letter::entries(&self.incidents, &incidents, &live, now).await;
            let letter = letter::write(&recipient, &to, &entries, &self.link_base, now)?;
            let ids: Vec<IncidentId> = incidents.into_iter().map(|incident| incident.id).collect();
            let begun = (&standing, &next);
            let link = letter.link(&ids);
            if self.incidents.begin_digest(channel, &digest, begun, link).await?
                == Written::Conflict
            {
                muster_aws::incidents::pause().await;
                continue;
            }
            return self.send_digest(channel, digest, letter, &last).await;
        }
        Ok(false)
    }

    /// Sends a digest that is on record, and notes how that ended.
    async fn send_digest(
        &self,
        channel: &PagedChannel,
        digest: Digest,
        letter: letter::Written,
        last: &str,
    ) -> Result<bool, Failure> {
        let kind = channel.kind.name();
        let state = end(self.senders.send(letter.letter).await);
        let at = Timestamp::now();
        tracing::info!(channel = kind, pages = digest.pages.len(), state = state.name(), "digest");
        figures::page(kind, state.name(), false);
        if let SendState::Failed { error, .. } = &state {
            tracing::error!(channel = kind, code = error, "a digest was refused");
        }
        let digest = Digest { state: state.clone(), at, ..digest };
        // If this cannot be written, its pages are still told, and the record goes with them.
        if let Err(error) = self.incidents.settle_digest(channel, &digest).await {
            tracing::error!(reason = %error, "the end of a digest is not on record");
        }
        self.tell_pages(channel, &digest, &state, at).await?;
        let passing = matches!(state, SendState::Failed { passing: true, .. });
        if passing || digest.pages.len() >= muster::digest::MOST_PAGES {
            // After all that have waited longer.
            self.incidents.postpone(channel, last, at).await?;
        } else {
            self.incidents.none_waits(channel, last).await?;
        }
        Ok(matches!(state, SendState::Sent { .. }))
    }

    /// Writes how a digest ended to the records of its pages, and takes its own away: last, so that whoever
    /// stops in between is followed by the next look. Pages of one that may come through go on waiting.
    async fn tell_pages(
        &self,
        channel: &PagedChannel,
        digest: &Digest,
        state: &SendState,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if matches!(state, SendState::Failed { .. } | SendState::Unavailable) {
            self.incidents.give_back(channel, &digest.mark, now).await?;
        }
        if !matches!(state, SendState::Failed { passing: true, .. }) {
            let named: BTreeSet<&String> = digest.pages.iter().collect();
            let mut pages = self.incidents.held(channel).await?;
            pages.retain(|page| named.contains(&page.name()));
            if matches!(state, SendState::Unconfirmed) {
                tracing::error!(
                    channel = channel.kind.name(),
                    pages = pages.len(),
                    "a digest may not have gone out; it is not sent again"
                );
            }
            few(pages.iter().map(|page| self.settle(page, state.clone()))).await?;
        }
        Ok(self.incidents.end_digest(channel, &digest.mark).await?)
    }

    /// The incidents of these pages.
    async fn incidents_of(
        &self,
        pages: &[HeldPage],
    ) -> Result<BTreeMap<IncidentId, Incident>, Failure> {
        let ids: BTreeSet<&IncidentId> = pages.iter().map(|page| &page.incident).collect();
        let one = async |id| Ok(self.incidents.incident(id).await?);
        let found = few(ids.into_iter().map(one)).await?;
        Ok(found.into_iter().flatten().map(|incident| (incident.id.clone(), incident)).collect())
    }

    /// Writes how a held page ended. One that may have gone out stays, for the next digest to name it.
    async fn settle(&self, page: &HeldPage, state: SendState) -> Result<(), Failure> {
        let unconfirmed = state == SendState::Unconfirmed;
        let now = Timestamp::now();
        let record = SendRecord { state, at: now, ..page.record.clone() };
        self.incidents.settle_held(&page.incident, &record).await?;
        if unconfirmed {
            let page = HeldPage { unconfirmed, ..page.clone() };
            return Ok(self.incidents.hold(&page, now).await?);
        }
        Ok(self.incidents.release(page).await?)
    }

    /// Who an address belongs to, and the channel itself; nothing if it is theirs no more.
    async fn recipient(
        &self,
        channel: &PagedChannel,
    ) -> Result<Option<(Recipient, Channel)>, Failure> {
        let Some(recipient) = Recipient::find(&self.roster, &channel.contact).await? else {
            return Ok(None);
        };
        let same = |own: &Channel| PagedChannel::new(&channel.contact, own) == *channel;
        let to = recipient.channels().into_iter().find(same);
        Ok(to.map(|to| (recipient, to)))
    }

    /// What becomes of pages whose address is their recipient's no more: they wait at the one in its place, or
    /// at another of the type; somebody who has none, or has left, cannot be told.
    async fn elsewhere(
        &self,
        channel: &PagedChannel,
        pages: &[HeldPage],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let recipient = Recipient::find(&self.roster, &channel.contact).await?;
        let own = recipient.map(|recipient| recipient.channels()).unwrap_or_default();
        let of_type = own.iter().find(|own| own.kind() == channel.kind);
        let one = async |page: &HeldPage| -> Result<(), Failure> {
            let in_place = match page.record.key.channel {
                SendChannel::Channel(key) => ChannelKey::find(key, &own),
                SendChannel::Topic => None,
            };
            let Some(to) = in_place.or(of_type) else {
                return self.settle(page, SendState::Unavailable).await;
            };
            let there = PagedChannel::new(&channel.contact, to);
            self.incidents.hold(&HeldPage { channel: there, ..page.clone() }, now).await?;
            Ok(self.incidents.release(page).await?)
        };
        few(pages.iter().map(one)).await.map(drop)
    }

    /// Lets pages that the first versions held by the type of channel wait at their addresses.
    async fn hold_by_address(&self, now: Timestamp) -> Result<(), Failure> {
        let mut by_type = BTreeMap::<PagedChannel, Vec<HeldPage>>::new();
        for page in self.incidents.held_by_type().await? {
            by_type.entry(page.channel.clone()).or_default().push(page);
        }
        for (channel, pages) in by_type {
            self.elsewhere(&channel, &pages, now).await?;
        }
        Ok(())
    }
}
