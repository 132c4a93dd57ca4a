//! Digests: what the ladder held back, in one message for each address, with one link.

mod ends;
mod letter;
mod places;
mod waiting;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::digest::{Digest, Left, choose, left, sort};
use muster_domain::incident::ladder::{Ask, Ladder, Pass};
use muster_domain::incident::send::{DeliveryState, LEASE};
use muster_domain::roster::policy::Policy;
use muster_domain::value::id::IncidentId;
use muster_domain::value::severity::Severity;
use muster_runtime::secret::Token;
use muster_store::incidents::{HeldPage, PagedChannel, Written};

use crate::{Failure, Pager};

/// How many digests are made at a time.
const AT_ONCE: usize = 8;
/// How long after its start a look begins another digest: it has 30 s, and what it does not come to is
/// first in the next.
const SHARE: Duration = Duration::from_secs(8);
/// How long before a run's last send a digest is put on record: DynamoDB may take 15 s, and whoever dies with a
/// digest on record leaves its pages unconfirmed.
const RECORD: Duration = Duration::from_secs(5);
/// How many reads or writes of one digest go out at a time.
const FEW: usize = 20;

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

/// The incidents of these pages, the most severe first.
fn incidents_of(pages: &[HeldPage], found: &waiting::Found) -> Vec<Incident> {
    let named: BTreeSet<&IncidentId> = pages.iter().map(|page| &page.incident).collect();
    let known = named.into_iter().filter_map(|id| found.known.get(id).cloned());
    let mut incidents: Vec<Incident> = known.collect();
    sort(&mut incidents);
    incidents
}

impl Pager {
    /// Sends what waits and may go out now, for the addresses that have waited longest first. Whatever
    /// fails waits for the next look. No send begins after `until`.
    ///
    /// # Errors
    /// What waits cannot be looked up.
    pub(crate) async fn digests(&self, now: Timestamp, until: Instant) -> Result<usize, Failure> {
        let began = Instant::now();
        if let Err(error) = self.hold_by_address(now).await {
            tracing::error!(reason = %error, "pages held by an earlier version wait for the next look");
        }
        let waiting = self.incidents.held_pages().waiting(now).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let policy = &self.roster.policy().await?;
        let one = async |channel: PagedChannel| {
            if began.elapsed() > SHARE {
                return false;
            }
            let digest = Box::pin(self.digest(policy, &channel, now, until)).await;
            match digest {
                Ok(went) => went,
                Err(error) => {
                    tracing::error!(reason = %error, "a digest was not sent");
                    self.defer(&channel, now).await;
                    false
                }
            }
        };
        let ends = futures::stream::iter(waiting).map(one).buffer_unordered(AT_ONCE);
        Ok(ends.filter(|went| std::future::ready(*went)).count().await)
    }

    /// Puts an address whose digest failed behind the others.
    async fn defer(&self, channel: &PagedChannel, now: Timestamp) {
        let deferred = async {
            match self.incidents.ladders().standing(channel).await?.waiting {
                Some(mark) => self.incidents.held_pages().postpone(channel, &mark, now).await,
                None => Ok(()),
            }
        };
        if let Err(error) = deferred.await {
            tracing::error!(reason = %error, "a digest that failed stays first");
        }
    }

    /// The digest of what waits at one address; says whether it went out. Close to `until`, after which no send
    /// begins, it leaves everything to the next look.
    ///
    /// # Errors
    /// A failed call; what waits goes on waiting.
    pub(crate) async fn digest(
        &self,
        policy: &Policy,
        channel: &PagedChannel,
        now: Timestamp,
        until: Instant,
    ) -> Result<bool, Failure> {
        let in_time = || Instant::now() + RECORD < until;
        while in_time() {
            let standing = self.incidents.ladders().standing(channel).await?;
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
                self.incidents.held_pages().postpone(channel, &last, until).await?;
                return Ok(false);
            }
            let mut found = self.found(channel, &in_time).await?;
            if found.live.iter().all(|page| page.unconfirmed) {
                self.leave(channel, &last, found.others).await?;
                return Ok(false);
            }
            let Some((recipient, to)) = self.recipient(channel).await? else {
                self.elsewhere(channel, &found.live, now).await?;
                self.leave(channel, &last, found.others).await?;
                return Ok(false);
            };
            let live = std::mem::take(&mut found.live);
            let (pages, more) = choose(live, |page| !page.unconfirmed);
            let incidents = incidents_of(&pages, &found);
            let mark = Token::random()?.digest();
            let severity = incidents.first().map_or(Severity::Low, |first| first.severity);
            let next = match room(policy, channel, &standing.ladder, (severity, &mark), now) {
                Pass::Go(next) => next,
                Pass::Hold(until) => {
                    self.incidents.held_pages().postpone(channel, &last, until).await?;
                    return Ok(false);
                }
                // None comes of a digest, whose mark is new.
                Pass::Taken | Pass::Join | Pass::Uncounted => return Ok(false),
            };
            let end = Timestamp::now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
            let digest = Digest {
                state: DeliveryState::Sending { lease_expires_at: end, claimed_by: mark.clone() },
                mark,
                pages: pages.iter().map(HeldPage::name).collect(),
                at: Timestamp::now(),
            };
            let entries = letter::entries(&self.incidents, &incidents, &pages, now).await;
            let letter = letter::write(&recipient, &to, &entries, &self.link_base, now)?;
            let ids: Vec<IncidentId> = incidents.into_iter().map(|incident| incident.id).collect();
            let begun = (&standing, &next);
            let link = letter.link(&ids);
            // Reading much may have taken long.
            if !in_time() {
                break;
            }
            if self.incidents.ladders().begin_digest(channel, &digest, begun, link).await?
                == Written::Conflict
            {
                muster_store::incidents::pause().await;
                continue;
            }
            let rest = (last.as_str(), found.others || more);
            return self.send_digest(channel, digest, letter, rest, until).await;
        }
        Ok(false)
    }
}
