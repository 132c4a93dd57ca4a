//! Ladders, by recipient and address: how many pages went there lately, and the digest on its way.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use muster_domain::incident::digest::Digest;
use muster_domain::incident::ladder::{Ladder, Pass};
use muster_domain::incident::send::DeliveryState;
use muster_domain::value::channel::{Channel, ChannelType};
use muster_domain::value::id::IncidentId;
use muster_domain::value::recipient::Recipient;
use muster_domain::value::severity::Severity;
use muster_runtime::error::{AwsError, CONFLICT};
use muster_runtime::secret::fingerprint;
use serde::{Deserialize, Serialize};

use super::{IssuedToken, Ladders};
use crate::item;
use crate::item::{Item, Written, key, n, pause, s};

/// How long a ladder that others climb at the same moment is tried. Whoever finds it full writes nothing, so
/// it is contended only as often as it has rungs, and by Critical pages, which find it full never.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often the end of a digest is written; each has the SDK's own tries.
const MOST_SETTLES: usize = 3;
/// How long a ladder is kept after its last page: it remembers which Critical incidents have passed.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The place of a ladder in its partition; in the first versions it was all of it, by type alone.
const LADDER: &str = "ladder";
/// The place of the record of a digest on its way.
const DIGEST: &str = "digest";

/// One address or number of one recipient: what a ladder belongs to, and what waits for a digest.
///
/// It is named by a digest of the address and not by the place in the person's list: a person who
/// reorders channels mixes no ladders, and a digest goes to the very address that its pages were for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PagedChannel {
    /// The contact or external resource.
    pub contact: Recipient,
    /// Its type.
    pub kind: ChannelType,
    /// The digest of the address; empty in what the first versions held, which knew the type alone.
    #[serde(default)]
    pub address: String,
}

impl PagedChannel {
    /// A `channel` of this contact or organization.
    #[must_use]
    pub fn new(contact: &Recipient, channel: &Channel) -> Self {
        let address = fingerprint(contact, channel);
        Self { contact: contact.clone(), kind: channel.kind(), address }
    }

    /// What the recipient's channels of this type share a partition by.
    pub(super) fn whose(&self) -> String {
        format!("{}#{}", self.contact, self.kind.name())
    }

    /// The key of something of this address, beside the ladder.
    pub(super) fn key(&self, what: &str) -> Item {
        key(format!("{LADDER}#{}", self.whose()), format!("{what}#{}", self.address))
    }
}

/// All that bears on whether a page or a digest goes to an address now.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What went there lately.
    pub ladder: Ladder,
    /// Whether pages wait there, by the mark of the last that came.
    pub waiting: Option<String>,
    /// The digest on its way, if there is one.
    pub digest: Option<Digest>,
    /// Whether the ladder is stored under this address.
    own: bool,
}

/// The condition of an item that is not there yet.
const NEW: &str = "attribute_not_exists(pk)";

impl Standing {
    /// The condition that the ladder is still this one, and its values.
    fn unchanged(&self) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
        if self.own {
            ("version = :before", vec![(":before", n(self.ladder.version))])
        } else {
            (NEW, vec![])
        }
    }
}

fn ladder_item(channel: &PagedChannel, ladder: &Ladder, now: Timestamp) -> Result<Item, AwsError> {
    let mut item = item::write(channel.key(LADDER), ladder)?;
    let until = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let until = u64::try_from(until.as_second()).unwrap_or_default();
    item.insert("expires_at".to_owned(), n(until));
    Ok(item)
}

/// The ladder in an item. One that cannot be read holds nothing back, and keeps its version, so that the next
/// page or digest writes another in its place.
fn ladder(item: Item) -> Ladder {
    let version = item.get("version").and_then(|version| version.as_n().ok()?.parse().ok());
    let empty = Ladder { version: version.unwrap_or_default(), ..Ladder::default() };
    item::readable(item, LADDER).unwrap_or(empty)
}

/// The digest in an item. One that cannot be read may have gone out; it ends with the pages that it still
/// names, so that the next one to its address can begin.
fn digest(item: Item) -> Digest {
    let mark = item.get("mark").and_then(|mark| mark.as_s().ok()).cloned().unwrap_or_default();
    let pages = item.get("pages").and_then(|pages| pages.as_l().ok());
    let names = pages.into_iter().flatten().filter_map(|page| page.as_s().ok().cloned());
    let pages = names.collect();
    let over = Digest { mark, state: DeliveryState::Unconfirmed, pages, at: Timestamp::now() };
    item::readable(item, DIGEST).unwrap_or(over)
}

/// A link for all incidents of a digest, the most severe first.
#[derive(Clone, Copy, Debug)]
pub struct DigestLink<'a> {
    /// Its token.
    pub token: &'a IssuedToken,
    /// What it acknowledges.
    pub incidents: &'a [IncidentId],
}

impl Ladders<'_> {
    /// How an address stands.
    ///
    /// # Errors
    /// The failed call.
    pub async fn standing(self, channel: &PagedChannel) -> Result<Standing, AwsError> {
        let mut standing = Standing::default();
        let items = self.0.proofs().partition_of(format!("{LADDER}#{}", channel.whose())).await?;
        for item in items {
            let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            match sk.split_once('#') {
                // That of the first versions counts until there is one of the address.
                None if sk == LADDER && !standing.own => standing.ladder = ladder(item),
                Some((LADDER, address)) if address == channel.address => {
                    standing.ladder = ladder(item);
                    standing.own = true;
                }
                Some((super::held::WAITING, address)) if address == channel.address => {
                    standing.waiting = Some(super::held::mark(&item));
                }
                Some((DIGEST, address)) if address == channel.address => {
                    standing.digest = Some(digest(item));
                }
                _ => {}
            }
        }
        Ok(standing)
    }

    /// Writes a ladder in the place of the one before it; a lost race is an answer.
    async fn put_ladder(
        self,
        channel: &PagedChannel,
        before: &Standing,
        next: &Ladder,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let (condition, version) = before.unchanged();
        let mut put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(ladder_item(channel, next, now)?))
            .condition_expression(condition);
        for (name, value) in version {
            put = put.expression_attribute_values(name, value);
        }
        match put.send().await {
            Ok(_) => Ok(Written::Done),
            Err(error) if refused_put(&error) => Ok(Written::Conflict),
            Err(error) => match AwsError::of("dynamodb:PutItem", &error) {
                // A digest takes its rung at this moment.
                error if error.code == CONFLICT => Ok(Written::Conflict),
                error => Err(error),
            },
        }
    }

    /// Climbs a ladder with a page of this severity, if `decide` says that there is room; it is told whether
    /// pages wait. Of many who try at the same moment, no more get through than it says.
    ///
    /// # Errors
    /// The failed call.
    pub async fn climb(
        self,
        channel: &PagedChannel,
        severity: Severity,
        now: Timestamp,
        decide: impl Fn(&Ladder, bool) -> Pass,
    ) -> Result<Pass, AwsError> {
        let began = Instant::now();
        loop {
            let standing = self.standing(channel).await?;
            let next = match decide(&standing.ladder, standing.waiting.is_some()) {
                Pass::Go(next) => next,
                other => return Ok(other),
            };
            if self.put_ladder(channel, &standing, &next, now).await? == Written::Done {
                return Ok(Pass::Go(next));
            }
            if began.elapsed() > PATIENCE {
                // If held, it goes out with the next digest, within a minute or when there is room.
                return Ok(Pass::raced(severity, now));
            }
            pause().await;
        }
    }

    /// Gives back the room of a send that did not go out.
    ///
    /// # Errors
    /// The failed call.
    pub async fn give_back(
        self,
        channel: &PagedChannel,
        mark: &str,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let began = Instant::now();
        loop {
            let standing = self.standing(channel).await?;
            let Some(next) = standing.ladder.give_back(mark) else { return Ok(()) };
            if self.put_ladder(channel, &standing, &next, now).await? == Written::Done {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(AwsError::late("giving back a rung"));
            }
            pause().await;
        }
    }

    /// Begins a digest: its record, its rung, and its link, all before it is sent, or nothing of it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn begin_digest(
        self,
        channel: &PagedChannel,
        digest: &Digest,
        (before, next): (&Standing, &Ladder),
        link: Option<DigestLink<'_>>,
    ) -> Result<Written, AwsError> {
        let record = item::write(channel.key(DIGEST), digest)?;
        let ladder = ladder_item(channel, next, digest.at)?;
        let (unchanged, version) = before.unchanged();
        let mut writes = vec![
            item::put(&self.0.table, record, Some(NEW), vec![])?,
            item::put(&self.0.table, ladder, Some(unchanged), version)?,
        ];
        if let Some(DigestLink { token, incidents: [first, others @ ..] }) = link {
            writes.push(self.0.answers().token_put(first, others, token)?);
        }
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Writes how a digest ended, before its pages are told. Whoever finds it ended by another leaves it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn settle_digest(
        self,
        channel: &PagedChannel,
        digest: &Digest,
    ) -> Result<(), AwsError> {
        let item = item::write(channel.key(DIGEST), digest)?;
        let put = self
            .0
            .client
            .put_item()
            .table_name(&self.0.table)
            .set_item(Some(item))
            .condition_expression("mark = :mark")
            .expression_attribute_values(":mark", s(&digest.mark));
        let mut end = put.clone().send().await;
        for _ in 1..MOST_SETTLES {
            if matches!(&end, Err(error) if !refused_put(error)) {
                pause().await;
                end = put.clone().send().await;
            }
        }
        match end {
            Err(error) if !refused_put(&error) => Err(AwsError::of("dynamodb:PutItem", &error)),
            _ => Ok(()),
        }
    }

    /// Takes away the record of a digest whose pages have been told.
    ///
    /// # Errors
    /// The failed call.
    pub async fn end_digest(self, channel: &PagedChannel, mark: &str) -> Result<(), AwsError> {
        self.delete_marked(channel.key(DIGEST), mark).await
    }

    /// Deletes an item that still has this mark.
    pub(super) async fn delete_marked(self, key: Item, mark: &str) -> Result<(), AwsError> {
        let delete = self
            .0
            .client
            .delete_item()
            .table_name(&self.0.table)
            .set_key(Some(key))
            .condition_expression("mark = :mark")
            .expression_attribute_values(":mark", s(mark));
        match delete.send().await {
            Err(error) if !refused_delete(&error) => {
                Err(AwsError::of("dynamodb:DeleteItem", &error))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a put was refused by its condition.
pub(super) fn refused_put<R>(error: &SdkError<PutItemError, R>) -> bool {
    let refused = PutItemError::is_conditional_check_failed_exception;
    error.as_service_error().is_some_and(refused)
}

fn refused_delete<R>(error: &SdkError<DeleteItemError, R>) -> bool {
    let refused = DeleteItemError::is_conditional_check_failed_exception;
    error.as_service_error().is_some_and(refused)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue::L;

    use super::*;

    #[test]
    fn what_cannot_be_read_blocks_no_address() {
        let item = |values: &[(&str, AttributeValue)]| -> Item {
            values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
        };
        // Another is written in its place, by its version.
        let spoiled = ladder(item(&[("version", n(7_u64)), ("sent", s("often"))]));
        assert_eq!(spoiled, Ladder { version: 7, ..Ladder::default() });
        assert_eq!(ladder(item(&[("sent", s("often"))])), Ladder::default());
        // Its pages are told that it may have gone out, and its record can be taken away.
        let spoiled = digest(item(&[("mark", s("m")), ("pages", L(vec![s("p"), n(1_u64)]))]));
        assert_eq!((spoiled.mark.as_str(), &spoiled.state), ("m", &DeliveryState::Unconfirmed));
        assert_eq!(spoiled.pages, ["p"]);
        // What can be read is as it was stored.
        let whole = Digest { at: Timestamp::UNIX_EPOCH, ..spoiled };
        assert_eq!(digest(item::write(Item::new(), &whole).unwrap()), whole);
    }
}
