//! First answers to requests with an idempotency key, so that a repeated request gets the same one.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use muster_runtime::error::AwsError;
use muster_runtime::secret::token_digest;
use serde::{Deserialize, Serialize};

use super::Idempotency;
use crate::item;
use crate::item::{Item, Written, key};

/// How long a first answer is kept. Source: IETF draft "The Idempotency-Key HTTP Header Field"
/// leaves it to the service; a day covers any retry.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The first answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAnswer {
    /// The digest of the request's body: the same key with another body is a mistake.
    pub request: String,
    /// The id of what the request made.
    pub made: String,
    /// When.
    pub made_at: Timestamp,
    /// When it is forgotten, in seconds since 1970.
    pub expires_at: i64,
}

impl FirstAnswer {
    /// The answer to a request with this body that made something with this id.
    #[must_use]
    pub fn new(body: &str, made: &str, now: Timestamp) -> Self {
        let until = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        Self {
            request: token_digest(body),
            made: made.to_owned(),
            made_at: now,
            expires_at: until.as_second(),
        }
    }

    /// Whether it was the answer to a request with this body.
    #[must_use]
    pub fn answers(&self, body: &str) -> bool {
        self.request == token_digest(body)
    }
}

fn repeat_key(caller: &str, name: &str) -> Item {
    // Digested: a key is any text, and an ARN may hold a name.
    key(format!("repeat#{}", token_digest(&format!("{caller}\n{name}"))), "repeat")
}

impl Idempotency<'_> {
    /// The first answer to this caller's request with this key, while it is kept.
    ///
    /// # Errors
    /// The failed call.
    pub async fn first_answer(
        self,
        caller: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<FirstAnswer>, AwsError> {
        let found = self.0.item(repeat_key(caller, name)).await?.map(item::read).transpose()?;
        Ok(found.filter(|answer: &FirstAnswer| now.as_second() < answer.expires_at))
    }

    /// Keeps a first answer by itself, unless there is one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn remember(
        self,
        caller: &str,
        name: &str,
        answer: &FirstAnswer,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let write = self.keep_answer(caller, name, answer, now)?;
        item::written(self.0.client.transact_write_items().transact_items(write).send().await)
    }

    /// The write that keeps a first answer, for the transaction of what the request makes.
    ///
    /// # Errors
    /// A key or an answer that cannot be written.
    pub fn keep_answer(
        self,
        caller: &str,
        name: &str,
        answer: &FirstAnswer,
        now: Timestamp,
    ) -> Result<TransactWriteItem, AwsError> {
        let item = item::write(repeat_key(caller, name), answer)?;
        let condition = "attribute_not_exists(pk) OR expires_at <= :now";
        let now = aws_sdk_dynamodb::types::AttributeValue::N(now.as_second().to_string());
        item::put(&self.0.table, item, Some(condition), vec![(":now", now)])
    }
}
