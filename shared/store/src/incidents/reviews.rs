//! The status of reviews, the links in their messages, and pending change requests.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;
use muster_domain::review::{ChangeRequest, Review, Subject};
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Reviews;
use crate::item;
use crate::item::{Item, Written, key, n, s};

const REVIEW: &str = "review";
const CORRECTION: &str = "correction";
const DECIDED: &str = "correction-decided";
const NEWCOMER: &str = "newcomer";

/// What a review's link lets its holder do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lets", rename_all = "snake_case")]
pub enum Lets {
    /// Confirm or correct the entry.
    Review,
    /// Say that a test message arrived.
    Prove {
        /// By which channel, as its proofs are kept.
        channel: String,
    },
}

/// What the token of a review's link stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewToken {
    /// Whose entry it is about.
    pub subject: Subject,
    /// Who got it.
    pub contact: ContactId,
    /// What it is good for.
    #[serde(flatten)]
    pub lets: Lets,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

impl ReviewToken {
    /// Whether it is still good.
    #[must_use]
    pub fn good(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now.as_second() < self.expires_at
    }
}

/// Somebody new, until a drill has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newcomer {
    /// Who.
    pub contact: ContactId,
    /// Since when.
    pub since: Timestamp,
}

fn token_key(digest: &str) -> Item {
    // Beside the tokens of incidents' links, and told apart from them by its place.
    key(format!("token#{digest}"), REVIEW)
}

/// A key that stands in a list.
fn listed(kind: &str, list: &str, id: &str, sort: String) -> Item {
    let mut keys = key(format!("{kind}#{id}"), kind);
    keys.insert("list_key".to_owned(), s(list));
    keys.insert("sort".to_owned(), s(sort));
    keys
}

impl Reviews<'_> {
    /// Every readable item of a list, by its order.
    pub(super) async fn listed<T: DeserializeOwned>(
        self,
        list: &'static str,
    ) -> Result<Vec<T>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list")
            .expression_attribute_values(":list", s(list));
        let items = item::every(query).await?;
        Ok(items.into_iter().filter_map(|item| item::readable(item, list)).collect())
    }

    /// How the review of one entry stands.
    ///
    /// # Errors
    /// The failed call.
    pub async fn review(self, subject: &Subject) -> Result<Option<Review>, AwsError> {
        self.0.item(key(format!("{REVIEW}#{subject}"), REVIEW)).await?.map(item::read).transpose()
    }

    /// How all reviews stand, by entry.
    ///
    /// # Errors
    /// The failed call.
    pub async fn all(self) -> Result<Vec<Review>, AwsError> {
        self.listed(REVIEW).await
    }

    /// The write that keeps a review in the place of the version before its own.
    ///
    /// # Errors
    /// A review that cannot be written.
    pub fn review_put(self, review: &Review) -> Result<TransactWriteItem, AwsError> {
        let subject = review.subject.to_string();
        let keys = listed(REVIEW, REVIEW, &subject, subject.clone());
        let item = item::write(keys, review)?;
        match review.version {
            1 => item::put(&self.0.table, item, Some("attribute_not_exists(pk)"), vec![]),
            version => {
                let values = vec![(":before", n(version - 1))];
                item::put(&self.0.table, item, Some("version = :before"), values)
            }
        }
    }

    /// Writes these together, or none of them.
    ///
    /// # Errors
    /// The failed call.
    pub async fn together(self, writes: Vec<TransactWriteItem>) -> Result<Written, AwsError> {
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Keeps what a link's token stands for.
    ///
    /// # Errors
    /// The failed call.
    pub async fn issue_review(self, digest: &str, token: &ReviewToken) -> Result<(), AwsError> {
        let item = item::write(token_key(digest), token)?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// What the token with this digest stands for.
    ///
    /// # Errors
    /// The failed call.
    pub async fn review_token(self, digest: &str) -> Result<Option<ReviewToken>, AwsError> {
        self.0.item(token_key(digest)).await?.map(item::read).transpose()
    }

    /// The write that uses up a token that nobody has used.
    ///
    /// # Errors
    /// None in practice.
    pub fn use_review(self, digest: &str, now: Timestamp) -> Result<TransactWriteItem, AwsError> {
        let update = Update::builder()
            .table_name(&self.0.table)
            .set_key(Some(token_key(digest)))
            .update_expression("SET used_at = :now")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(used_at)")
            .expression_attribute_values(":now", s(now.to_string()))
            .build()
            .map_err(|_| AwsError::shape("building an update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The write that keeps a correction: a new one, or one that is decided now.
    ///
    /// # Errors
    /// A correction that cannot be written.
    pub fn correction_put(self, correction: &ChangeRequest) -> Result<TransactWriteItem, AwsError> {
        let (list, condition) = match &correction.decision {
            None => (CORRECTION, "attribute_not_exists(pk)"),
            Some(_) => (DECIDED, "attribute_exists(pk) AND attribute_not_exists(decision)"),
        };
        let sort = format!("{:014}#{}", correction.requested_at.as_millisecond(), correction.id);
        let item = item::write(listed(CORRECTION, list, &correction.id, sort), correction)?;
        item::put(&self.0.table, item, Some(condition), vec![])
    }

    /// The correction with this id.
    ///
    /// # Errors
    /// The failed call.
    pub async fn correction(self, id: &str) -> Result<Option<ChangeRequest>, AwsError> {
        let found = self.0.item(key(format!("{CORRECTION}#{id}"), CORRECTION)).await?;
        found.map(item::read).transpose()
    }

    /// Returns pending change requests, oldest first.
    ///
    /// # Errors
    /// The failed call.
    pub async fn corrections(self) -> Result<Vec<ChangeRequest>, AwsError> {
        self.listed(CORRECTION).await
    }

    /// Notes that somebody is to be in the next drill.
    ///
    /// # Errors
    /// The failed call.
    pub async fn expect(self, newcomer: &Newcomer) -> Result<(), AwsError> {
        let id = newcomer.contact.as_str();
        let item = item::write(listed(NEWCOMER, NEWCOMER, id, id.to_owned()), newcomer)?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// Those who are to be in the next drill.
    ///
    /// # Errors
    /// The failed call.
    pub async fn newcomers(self) -> Result<Vec<Newcomer>, AwsError> {
        self.listed(NEWCOMER).await
    }

    /// Notes that a drill has somebody.
    ///
    /// # Errors
    /// The failed call.
    pub async fn drilled(self, contact: &ContactId) -> Result<(), AwsError> {
        let key = key(format!("{NEWCOMER}#{contact}"), NEWCOMER);
        let delete = self.0.client.delete_item().table_name(&self.0.table).set_key(Some(key));
        delete.send().await.map(drop).map_err(|e| AwsError::of("dynamodb:DeleteItem", &e))
    }
}
