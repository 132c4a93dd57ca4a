//! The incidents table: the ledger, incidents with their timeline, send records, link tokens.

mod alarms;
mod answers;
mod due;
mod duties;
mod expiry;
mod fact;
mod held;
mod joining;
mod ladders;
mod ledger;
mod links;
mod mirrors;
mod notices;
mod proofs;
mod repeats;
mod reviews;
mod sends;
#[cfg(test)]
mod stored;
mod sync;
mod timeline;
mod updates;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use muster_runtime::error::AwsError;

pub use crate::item::{Page, Written, pause};
pub use alarms::QUIET;
pub use answers::{LINK_LIFE, LinkToken, Taken};

use crate::item;
use crate::item::{Item, key, s};
/// A write that is part of a transaction.
pub use aws_sdk_dynamodb::types::TransactWriteItem as Write;
pub use due::LATE;
pub use duties::{DutyDue, OpenedDuties};
pub use fact::{NamedFinding, TimelineEvent};
use futures::{StreamExt as _, TryStreamExt as _};
pub use held::{Held, HeldPage, Known};
use jiff::Timestamp;
pub use ladders::{DigestLink, PagedChannel, Standing};
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::Incident;
use muster_domain::incident::event::EventType;
use muster_domain::incident::send::Delivery;
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::value::id::IncidentId;
pub use notices::{Claimed, Notice};
pub use proofs::Noted;
pub use repeats::FirstAnswer;
pub use reviews::{Lets, Newcomer, ReviewToken};
pub use sends::{IssuedToken, send_sk};

pub(crate) const KIND: &str = "incident";
/// How the sort key of a timeline event begins.
pub(crate) const EVENT: &str = "event#";
/// How the sort key of a delivery begins.
pub(crate) const SEND: &str = "delivery#";
/// How many counts of findings are read at a time.
const AT_ONCE: usize = 16;

/// The incidents table.
#[derive(Clone, Debug)]
pub struct Incidents {
    pub(crate) client: Client,
    pub(crate) table: String,
}

/// An incident with all that happened.
#[derive(Clone, Debug)]
pub struct History {
    /// The incident.
    pub incident: Incident,
    /// The facts, in no order.
    pub facts: Vec<TimelineEvent>,
    /// The sends, in no order.
    pub sends: Vec<Delivery>,
    /// Its record in Incident Manager, if there is one.
    pub mirror: Option<Mirror>,
    /// The clocks of its notification duties, by organisation.
    pub duties: Vec<NotificationDeadline>,
    /// How many findings it holds.
    pub findings: u64,
}

fn partition(id: &IncidentId) -> String {
    format!("incident#{id}")
}

/// Which list an incident is in: drills are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What really happens.
    Incidents,
    /// What somebody practises.
    Drills,
}

impl List {
    const fn key(self) -> &'static str {
        match self {
            Self::Incidents => KIND,
            Self::Drills => "drill",
        }
    }

    const fn of(incident: &Incident) -> Self {
        if incident.drill().is_some() { Self::Drills } else { Self::Incidents }
    }
}

/// Declares the parts of the incidents' table: views on one client.
macro_rules! parts {
    ($($(#[$doc:meta])+ $accessor:ident: $part:ident),+ $(,)?) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Copy, Debug)]
            pub struct $part<'a>(&'a Incidents);
        )+

        impl Incidents {
            $(
                $(#[$doc])+
                #[must_use]
                pub const fn $accessor(&self) -> $part<'_> {
                    $part(self)
                }
            )+
        }
    };
}

parts! {
    /// The claims of messages about failures, once a minute for the whole stack.
    alarms: Alarms,
    /// Acknowledgments, resolutions, and the links in pages.
    answers: Answers,
    /// When the next turn of each escalation is due.
    turns: Turns,
    /// The clocks of notification duties.
    duties: Duties,
    /// What expires with an incident.
    expiry: Expiry,
    /// Pages that wait for a digest.
    held_pages: HeldPages,
    /// The facts of an incident.
    timeline: Timeline,
    /// What a finding writes: an incident opened, joined, raised, closed, or reopened.
    findings: Findings,
    /// The rate ladder and the digest of each address.
    ladders: Ladders,
    /// What is known of each finding and its group.
    ledger: Ledger,
    /// Which incident the signals of a sequence or exposure belong to.
    links: Links,
    /// The records in Incident Manager.
    mirrors: Mirrors,
    /// Messages that are no pages, each claimed before it is sent.
    notices: Notices,
    /// What is known of each channel, and the challenges that prove it.
    proofs: Proofs,
    /// The first answers to requests with an idempotency key.
    idempotency: Idempotency,
    /// Reviews, their links, corrections, and new contacts.
    reviews: Reviews,
    /// The records of sends, and their claims.
    sends: Sends,
    /// The last sync with Incident Manager.
    sync: SyncState,
    /// Updates about incidents to contacts.
    updates: Updates,
}

fn incident_key(id: &IncidentId) -> Item {
    key(partition(id), KIND)
}

/// Whole milliseconds of one width, so that text order is time order.
fn moment(at: Timestamp) -> String {
    format!("{:014}", at.as_millisecond().max(0))
}

fn sort(incident: &Incident) -> String {
    format!("{}#{}", moment(incident.opened_at), incident.id)
}

impl Incidents {
    /// The incidents in `table`.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    /// Makes the connection that the first event will need. Called while a function starts, when it
    /// has a whole core for the handshake; a failure or a second without an answer changes nothing.
    pub async fn warm(&self) {
        let read = self.item(key("warm", "warm"));
        if !matches!(tokio::time::timeout(Duration::from_secs(1), read).await, Ok(Ok(_))) {
            tracing::warn!("no connection at the start; the first event makes one");
        }
    }

    async fn item(&self, key: Item) -> Result<Option<Item>, AwsError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key));
        let answer = get.consistent_read(true).send().await;
        Ok(answer.map_err(|error| AwsError::of("dynamodb:GetItem", &error))?.item)
    }

    /// The incident with this id.
    ///
    /// # Errors
    /// The failed call.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<Incident>, AwsError> {
        self.item(incident_key(id)).await?.map(item::read).transpose()
    }

    /// The incident's item as it is to be written.
    fn incident_item(incident: &Incident) -> Result<Item, AwsError> {
        let mut keys = incident_key(&incident.id);
        keys.insert("list_key".to_owned(), s(List::of(incident).key()));
        keys.insert("sort".to_owned(), s(sort(incident)));
        item::write(keys, incident)
    }

    /// A fact's item. The name makes it the only one of its kind in the incident.
    fn fact_item(id: &IncidentId, name: &str, fact: &TimelineEvent) -> Result<Item, AwsError> {
        item::write(key(partition(id), format!("{EVENT}{name}")), fact)
    }

    /// The items of a partition whose place begins so, as they are now.
    async fn part(&self, pk: String, begin: String) -> Result<Vec<Item>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :begin)")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":begin", s(begin))
            .consistent_read(true);
        item::every(query).await
    }

    /// The first `limit` items of a list whose place in the order of time is before `end`.
    async fn listed_before(
        &self,
        list: &str,
        end: String,
        limit: i32,
    ) -> Result<Vec<Item>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list AND sort < :end")
            .expression_attribute_values(":list", s(list))
            .expression_attribute_values(":end", s(end))
            .limit(limit);
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Everything about one incident.
    ///
    /// # Errors
    /// The failed call.
    pub async fn history(&self, id: &IncidentId) -> Result<Option<History>, AwsError> {
        let query = self.client.query().table_name(&self.table);
        let query = query.key_condition_expression("pk = :pk").consistent_read(true);
        let query = query.expression_attribute_values(":pk", s(partition(id)));
        let (mut incident, mut mirror) = (None::<Incident>, None);
        let (mut facts, mut sends, mut deadlines) = (Vec::new(), Vec::new(), Vec::new());
        for item in item::every(query).await? {
            let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            let deadline = sk.strip_prefix(duties::KIND).is_some_and(|rest| rest.starts_with('#'));
            match sk.as_str() {
                KIND => incident = Some(item::read(item)?),
                mirrors::KIND => mirror = item::readable(item, mirrors::KIND),
                sk if sk.starts_with(EVENT) => facts.push(item::read(item)?),
                sk if sk.starts_with(SEND) => sends.push(item::read(item)?),
                _ if deadline => deadlines.push(item::read(item)?),
                _ => {}
            }
        }
        let joined = facts
            .iter()
            .filter(|fact: &&TimelineEvent| fact.event == EventType::FindingAdded)
            .count();
        let joined = u64::try_from(joined).unwrap_or(u64::MAX);
        Ok(incident.map(|incident| {
            let findings = incident.finding_count.saturating_add(joined);
            History { incident, facts, sends, mirror, duties: deadlines, findings }
        }))
    }

    /// Incidents of one list, each with the number of its findings, newest first, `limit` at most, from `cursor` on; `None` if the cursor is not one
    /// of ours. The index follows a write within moments, not at once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn list(
        &self,
        list: List,
        limit: u16,
        cursor: Option<&str>,
    ) -> Result<Option<Page<Incident>>, AwsError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list")
            .expression_attribute_values(":list", s(list.key()))
            .scan_index_forward(false)
            .limit(i32::from(limit));
        if let Some(cursor) = cursor {
            let sort = item::sort_of(cursor);
            let id = sort.as_deref().and_then(|sort| {
                let (time, id) = sort.split_once('#')?;
                let sound = time.len() == 14 && time.bytes().all(|b| b.is_ascii_digit());
                id.parse().ok().filter(|_| sound)
            });
            let (Some(sort), Some(id)) = (sort, id) else { return Ok(None) };
            let mut start = incident_key(&id);
            start.extend([("list_key".to_owned(), s(list.key())), ("sort".to_owned(), s(sort))]);
            query = query.set_exclusive_start_key(Some(start));
        }
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let next = answer.last_evaluated_key().and_then(item::sort_in).map(item::cursor);
        let counted = async |item: Item| {
            let incident: Incident = item::read(item)?;
            let joined = self.updates().joined_count(&incident.id).await?;
            Ok(Incident {
                finding_count: incident.finding_count.saturating_add(joined),
                ..incident
            })
        };
        let items = answer.items.unwrap_or_default().into_iter().map(counted);
        let items = futures::stream::iter(items).buffered(AT_ONCE).try_collect().await?;
        Ok(Some(Page { items, next }))
    }
}
