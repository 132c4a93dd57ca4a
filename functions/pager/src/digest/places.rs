//! Where held pages belong: at an address of their recipient, which may have changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_domain::incident::send::{DeliveryKey, DeliveryState};
use muster_domain::value::channel::Channel;
use muster_domain::value::channel_key::{ChannelKey, SendChannel};
use muster_store::incidents::{HeldPage, PagedChannel};

use super::few;
use super::letter::Reader;
use crate::{Failure, Pager};

/// What becomes of a page whose address was its recipient's no more.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// It waits at another.
    Other(PagedChannel),
    /// It waits where it is: the address has come back.
    Same,
    /// Its recipient cannot be told.
    Nowhere,
}

/// The place for a page with this key that waits at `channel`: the one of the recipient's `own` channels in its
/// place, or another of the type.
fn place(channel: &PagedChannel, key: &DeliveryKey, own: &[Channel]) -> Place {
    let of_type = own.iter().find(|own| own.kind() == channel.kind);
    let in_place = match key.channel {
        SendChannel::Channel(key) => ChannelKey::find(key, own),
        SendChannel::Topic => None,
    };
    let there = in_place.or(of_type).map(|to| PagedChannel::new(&channel.contact, to));
    match there {
        Some(there) if there == *channel => Place::Same,
        Some(there) => Place::Other(there),
        None => Place::Nowhere,
    }
}

impl Pager {
    /// Who an address belongs to, and the channel itself; nothing if it is theirs no more.
    pub(super) async fn recipient(
        &self,
        channel: &PagedChannel,
    ) -> Result<Option<(Reader, Channel)>, Failure> {
        let Some(recipient) = Reader::find(&self.roster, &channel.contact).await? else {
            return Ok(None);
        };
        let same = |own: &Channel| PagedChannel::new(&channel.contact, own) == *channel;
        let to = recipient.channels().into_iter().find(same);
        Ok(to.map(|to| (recipient, to)))
    }

    /// What becomes of pages whose address is their recipient's no more: they wait at the one in its place, or
    /// at another of the type; somebody who has none, or has left, cannot be told.
    pub(super) async fn elsewhere(
        &self,
        channel: &PagedChannel,
        pages: &[HeldPage],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let recipient = Reader::find(&self.roster, &channel.contact).await?;
        let own = recipient.map(|recipient| recipient.channels()).unwrap_or_default();
        let one = async |page: &HeldPage| -> Result<(), Failure> {
            match place(channel, &page.record.key, &own) {
                Place::Nowhere => self.settle(page, DeliveryState::Unavailable).await,
                // Held once more, so that the address is not taken from the list.
                Place::Same => Ok(self.incidents.held_pages().hold(page, now).await?),
                Place::Other(there) => {
                    let moved = HeldPage { channel: there, ..page.clone() };
                    self.incidents.held_pages().hold(&moved, now).await?;
                    Ok(self.incidents.held_pages().release(page).await?)
                }
            }
        };
        few(pages.iter().map(one)).await.map(drop)
    }

    /// Lets pages that the first versions held by the type of channel wait at their addresses.
    pub(super) async fn hold_by_address(&self, now: Timestamp) -> Result<(), Failure> {
        let mut by_type = BTreeMap::<PagedChannel, Vec<HeldPage>>::new();
        for page in self.incidents.held_pages().held_by_type().await? {
            by_type.entry(page.channel.clone()).or_default().push(page);
        }
        for (channel, pages) in by_type {
            self.elsewhere(&channel, &pages, now).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use muster_domain::incident::escalation::Cursor;

    use super::*;

    fn channels(list: &serde_json::Value) -> Vec<Channel> {
        serde_json::from_value(list.clone()).unwrap()
    }

    #[test]
    fn a_page_waits_at_the_address_in_the_place_of_its_own() {
        let mails = serde_json::json!([
            {"type": "email", "address": "desk@example.com"},
            {"type": "email", "address": "home@example.com"},
        ]);
        let own = channels(&mails);
        let [desk, home] =
            [0, 1].map(|index| PagedChannel::new(&"ada".parse().unwrap(), &own[index]));
        let gone = PagedChannel { address: "another".into(), ..desk.clone() };
        let check = |at: &PagedChannel, channel: &str, own: &[Channel], expected: Place| {
            let channel = channel.parse().unwrap();
            let key = DeliveryKey {
                cursor: Cursor::FIRST,
                contact: "ada".parse().unwrap(),
                channel,
                about: None,
            };
            assert_eq!(place(at, &key, own), expected, "{key:?}");
        };
        check(&gone, "email-2", &own, Place::Other(home));
        check(&gone, "email-3", &own, Place::Other(desk.clone()));
        check(&gone, "email", &[], Place::Nowhere);
        // It came back between two reads: released there, the page would be lost.
        check(&desk, "email", &own, Place::Same);
    }
}
