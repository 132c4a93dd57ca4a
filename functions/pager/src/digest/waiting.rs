//! The pages that wait at an address, and which of them a digest still names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::digest::still_wanted;
use muster_domain::incident::send::DeliveryState;
use muster_domain::value::id::IncidentId;
use muster_store::incidents::{HeldPage, Known, PagedChannel};

use super::few;
use crate::{Failure, Pager};

/// What is found of the pages that wait at an address.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that are still wanted.
    pub(super) live: Vec<HeldPage>,
    /// The incidents that were read for them.
    pub(super) known: BTreeMap<IncidentId, Incident>,
    /// Whether others go on waiting: some that were not read, or whose incident cannot be read.
    pub(super) others: bool,
}

impl Found {
    /// Sorts these pages, whose incidents are known, and returns those that nobody need hear of any more. A page
    /// whose incident is among the `unreadable` goes on waiting, since nobody can say.
    fn sort(&mut self, pages: Vec<HeldPage>, unreadable: &BTreeSet<IncidentId>) -> Vec<HeldPage> {
        let mut over = Vec::new();
        for page in pages {
            let wanted = |incident| still_wanted(incident, &page.record.key);
            if unreadable.contains(&page.incident) {
                self.others |= !page.unconfirmed;
            } else if self.known.get(&page.incident).is_some_and(wanted) {
                self.live.push(page);
            } else {
                over.push(page);
            }
        }
        over
    }
}

impl Pager {
    /// Reads what waits at an address until it finds a page that asks for a digest, all has been read, or there
    /// is no time any more, and lets go of what nobody need hear of.
    pub(super) async fn found(
        &self,
        channel: &PagedChannel,
        in_time: impl Fn() -> bool,
    ) -> Result<Found, Failure> {
        let mut found = Found::default();
        let mut after = None;
        loop {
            let held = self.incidents.held_pages().held(channel, after.as_deref()).await?;
            let unreadable = self.learn(&held.pages, &mut found.known).await?;
            let over = found.sort(held.pages, &unreadable);
            few(over.iter().map(|page| self.settle(page, DeliveryState::Dropped))).await?;
            after = held.next;
            let asks = found.live.iter().any(|page| !page.unconfirmed);
            if after.is_none() || asks || !in_time() {
                found.others |= after.is_some();
                return Ok(found);
            }
        }
    }

    /// Reads the incidents of these pages that are not known yet; returns which cannot be read.
    async fn learn(
        &self,
        pages: &[HeldPage],
        known: &mut BTreeMap<IncidentId, Incident>,
    ) -> Result<BTreeSet<IncidentId>, Failure> {
        let ids: BTreeSet<&IncidentId> = pages.iter().map(|page| &page.incident).collect();
        let new: Vec<&IncidentId> = ids.into_iter().filter(|id| !known.contains_key(*id)).collect();
        let one = async |id: &IncidentId| -> Result<_, Failure> {
            Ok((id.clone(), self.incidents.held_pages().known_incident(id).await?))
        };
        let mut unreadable = BTreeSet::new();
        for (id, what) in few(new.into_iter().map(one)).await? {
            match what {
                Known::Incident(incident) => {
                    known.insert(id, *incident);
                }
                Known::Unreadable => {
                    unreadable.insert(id);
                }
                Known::Gone => {}
            }
        }
        Ok(unreadable)
    }

    /// Takes an address from the list of those at which pages wait, or, if others do, has the next look come back
    /// to it, after all that have waited longer.
    pub(super) async fn leave(
        &self,
        channel: &PagedChannel,
        last: &str,
        others: bool,
    ) -> Result<(), Failure> {
        if others {
            return Ok(self
                .incidents
                .held_pages()
                .postpone(channel, last, Timestamp::now())
                .await?);
        }
        Ok(self.incidents.held_pages().none_waits(channel, last).await?)
    }
}

#[cfg(test)]
mod tests;
