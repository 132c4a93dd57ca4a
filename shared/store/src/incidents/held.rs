//! Pages that wait for a digest, and the list of the addresses at which any wait.

use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::digest::MOST_PAGES;
use muster_domain::incident::send::Delivery;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};

use super::answers::LINK_LIFE;
use super::ladders::refused_put;
use super::{HeldPages, KIND, PagedChannel, incident_key, moment};
use crate::item;
use crate::item::{Item, key, n, s};

/// The place of an address's entry in the list of those at which pages wait, and that list.
pub(super) const WAITING: &str = "waiting";
/// The list of the first versions, of pages.
const HELD: &str = "held";
/// How many addresses one look finds, those that have waited longest first.
const MOST_WAITING: i32 = 500;
/// How many pages of the first versions one look takes over.
const MOST_OLD: i32 = 200;

/// A page that waits for a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPage {
    /// Where.
    #[serde(flatten)]
    pub channel: PagedChannel,
    /// Of which incident.
    pub incident: IncidentId,
    /// Its send record.
    pub record: Delivery,
    /// Whether it was in a digest that may have gone out. It asks for no other, but the next names its
    /// incident too.
    #[serde(default)]
    pub unconfirmed: bool,
}

impl HeldPage {
    /// Its key among those that wait at its address.
    #[must_use]
    pub fn name(&self) -> String {
        let send = &self.record.key;
        let cursor = send.cursor;
        let turn = format!("{:04}#{:04}#{:04}", cursor.run, cursor.round, cursor.step);
        let name = format!("{}#{turn}#{}", self.incident, send.channel);
        send.about.as_ref().map_or_else(|| name.clone(), |update| format!("{name}#{update}"))
    }
}

/// Pages that wait at an address.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Those that can be read.
    pub pages: Vec<HeldPage>,
    /// The name of the last of them, if more wait after it.
    pub next: Option<String>,
}

impl Held {
    /// Adds the page in an item, if it can be read; says whether there was room for it.
    fn add(&mut self, item: Item) -> bool {
        let room = self.pages.len() < MOST_PAGES;
        if room {
            self.pages.extend(item::readable(item, HELD));
        } else {
            self.next = self.pages.last().map(HeldPage::name);
        }
        room
    }
}

/// What is known of the incident that a page is about.
#[derive(Clone, Debug)]
pub enum Known {
    /// It is this.
    Incident(Box<Incident>),
    /// There is no such incident any more.
    Gone,
    /// Its item cannot be read.
    Unreadable,
}

fn partition(channel: &PagedChannel) -> String {
    if channel.address.is_empty() {
        return format!("{HELD}#{}", channel.whose());
    }
    format!("{HELD}#{}#{}", channel.whose(), channel.address)
}

fn held_key(page: &HeldPage) -> Item {
    key(partition(&page.channel), page.name())
}

/// The mark of the last page that came to wait at an address.
pub(super) fn mark(waiting: &Item) -> String {
    waiting.get("mark").and_then(|mark| mark.as_s().ok()).cloned().unwrap_or_default()
}

/// The entry of an address in the list, to be looked at from `at` on.
fn waiting_item(channel: &PagedChannel, mark: &str, at: Timestamp) -> Result<Item, AwsError> {
    let mut keys = channel.key(WAITING);
    let moment = at.as_millisecond().max(0);
    keys.insert("list_key".to_owned(), s(WAITING));
    keys.insert("sort".to_owned(), s(format!("{moment:014}#{}", partition(channel))));
    keys.insert("mark".to_owned(), s(mark));
    item::write(keys, channel)
}

impl HeldPages<'_> {
    /// Keeps a page for the digest, and has its address looked at. In this order, and both before the
    /// page's record says that it waits: whoever dies in between is followed by another attempt.
    ///
    /// # Errors
    /// The failed call.
    pub async fn hold(self, page: &HeldPage, now: Timestamp) -> Result<(), AwsError> {
        let mut item = item::write(held_key(page), page)?;
        if page.unconfirmed {
            let until = now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX);
            let until = u64::try_from(until.as_second()).unwrap_or_default();
            item.insert("expires_at".to_owned(), n(until));
        }
        self.put_any(item).await?;
        if page.unconfirmed {
            return Ok(());
        }
        // Each page has a mark of its own: a look that has not seen it takes no entry away.
        let mark = format!("{}#{}", page.name(), now.as_nanosecond());
        self.put_any(waiting_item(&page.channel, &mark, now)?).await
    }

    async fn put_any(self, item: Item) -> Result<(), AwsError> {
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// The addresses at which pages wait that may be looked at `now`, those due longest first.
    ///
    /// # Errors
    /// The failed call.
    pub async fn waiting(self, now: Timestamp) -> Result<Vec<PagedChannel>, AwsError> {
        let until = format!("{}~", moment(now));
        let items = self.0.listed_before(WAITING, until, MOST_WAITING).await?;
        Ok(items.into_iter().filter_map(|item| item::readable(item, WAITING)).collect())
    }

    /// Has an address looked at from `at` on, unless another page has come since the one with this mark.
    ///
    /// # Errors
    /// The failed call.
    pub async fn postpone(
        self,
        channel: &PagedChannel,
        mark: &str,
        at: Timestamp,
    ) -> Result<(), AwsError> {
        let put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(waiting_item(channel, mark, at)?))
            .condition_expression("mark = :mark")
            .expression_attribute_values(":mark", s(mark));
        match put.send().await {
            Err(error) if !refused_put(&error) => Err(AwsError::of("dynamodb:PutItem", &error)),
            _ => Ok(()),
        }
    }

    /// Notes that nothing waits at an address, unless another page has come since the one with this mark.
    ///
    /// # Errors
    /// The failed call.
    pub async fn none_waits(self, channel: &PagedChannel, mark: &str) -> Result<(), AwsError> {
        self.0.ladders().delete_marked(channel.key(WAITING), mark).await
    }

    /// The pages that wait at an address, as many as one digest takes, in the order of their names and from
    /// the one `after` that name on.
    ///
    /// # Errors
    /// The failed call.
    pub async fn held(self, channel: &PagedChannel, after: Option<&str>) -> Result<Held, AwsError> {
        let pk = partition(channel);
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .set_exclusive_start_key(after.map(|name| key(&pk, name)))
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(&pk))
            .consistent_read(true);
        let mut items = query.into_paginator().items().send();
        let mut held = Held::default();
        while let Some(item) = items.next().await {
            if !held.add(item.map_err(|error| AwsError::of("dynamodb:Query", &error))?) {
                break;
            }
        }
        Ok(held)
    }

    /// The page of this name, if it still waits at an address.
    ///
    /// # Errors
    /// The failed call.
    pub async fn held_page(
        self,
        channel: &PagedChannel,
        name: &str,
    ) -> Result<Option<HeldPage>, AwsError> {
        let item = self.0.item(key(partition(channel), name)).await?;
        Ok(item.and_then(|item| item::readable(item, HELD)))
    }

    /// The incident of a page.
    ///
    /// # Errors
    /// The failed call.
    pub async fn known_incident(self, id: &IncidentId) -> Result<Known, AwsError> {
        let Some(item) = self.0.item(incident_key(id)).await? else { return Ok(Known::Gone) };
        let incident = item::readable(item, KIND);
        Ok(incident.map_or(Known::Unreadable, |incident| Known::Incident(Box::new(incident))))
    }

    /// Pages that the first versions held, by the type of channel alone; to be held anew by their address.
    ///
    /// # Errors
    /// The failed call.
    pub async fn held_by_type(self) -> Result<Vec<HeldPage>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :held")
            .expression_attribute_values(":held", s(HELD))
            .limit(MOST_OLD);
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let items = answer.items.unwrap_or_default().into_iter();
        Ok(items.filter_map(|item| item::readable(item, HELD)).collect())
    }

    /// Takes a page from those that wait.
    ///
    /// # Errors
    /// The failed call.
    pub async fn release(self, page: &HeldPage) -> Result<(), AwsError> {
        let delete =
            self.0.client.delete_item().table_name(&self.0.table).set_key(Some(held_key(page)));
        delete.send().await.map(drop).map_err(|e| AwsError::of("dynamodb:DeleteItem", &e))
    }
}

#[cfg(test)]
mod tests {
    use muster_domain::incident::escalation::Cursor;
    use muster_domain::incident::send::{DeliveryKey, DeliveryState};
    use muster_domain::value::channel::ChannelType;
    use muster_domain::value::channel_key::ChannelKey;
    use muster_domain::value::recipient::Recipient;

    use super::*;

    fn page(step: u32) -> HeldPage {
        let (contact, kind): (Recipient, _) = ("ada".parse().unwrap(), ChannelType::Sms);
        let channel = ChannelKey::first(kind).into();
        let cursor = Cursor { step, ..Cursor::FIRST };
        let key = DeliveryKey { cursor, contact: contact.clone(), channel, about: None };
        let state = DeliveryState::Held { not_before: Timestamp::UNIX_EPOCH };
        HeldPage {
            channel: PagedChannel { contact, kind, address: "a number".into() },
            incident: "20261123-abcdefghjk".parse().unwrap(),
            record: Delivery { key, state, attempts: 1, at: Timestamp::UNIX_EPOCH },
            unconfirmed: false,
        }
    }

    #[test]
    fn what_waits_behind_a_thousand_pages_is_not_forgotten() {
        let check = |number: u32, next: Option<String>| {
            let mut held = Held::default();
            // One that cannot be read takes no place.
            assert!(held.add(key("held#ada#sms", "what is it")));
            for page in (0..number).map(page) {
                let added = held.add(item::write(held_key(&page), &page).unwrap());
                assert_eq!(added, held.next.is_none());
            }
            assert_eq!(held.pages.len(), MOST_PAGES.min(usize::try_from(number).unwrap()));
            assert_eq!(held.next, next, "{number}");
        };
        check(3, None);
        check(1_000, None);
        // From the last one that was read on.
        check(1_001, Some(page(999).name()));
        check(1_200, Some(page(999).name()));
    }
}
