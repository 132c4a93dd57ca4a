//! Items of the two tables: keys, values and what a refused write means.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_runtime::error::{AwsError, CONFLICT};
use muster_runtime::secret::{chance, token_digest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// A text attribute.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
pub(crate) fn n(number: impl Into<u64>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

/// A primary key.
pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

/// The item for `value` under `key`. It goes by way of JSON, so that the code between JSON and items is there
/// once and not for each kind of entry: half a megabyte of a function.
pub(crate) fn write(key: Item, value: &impl Serialize) -> Result<Item, AwsError> {
    let unwritten = || AwsError::shape("writing an item");
    let value = serde_json::to_value(value).map_err(|_| unwritten())?;
    let mut item: Item = serde_dynamo::to_item(value).map_err(|_| unwritten())?;
    item.extend(key);
    Ok(item)
}

/// The value in `item`, by the same way back; one that cannot be read is counted.
pub(crate) fn read<T: DeserializeOwned>(item: Item) -> Result<T, AwsError> {
    let unread = || {
        muster_runtime::figures::unreadable();
        AwsError::shape("reading an item")
    };
    let value: Value = serde_dynamo::from_item(item).map_err(|_| unread())?;
    serde_json::from_value(value).map_err(|_| unread())
}

/// The value in `item`, if it can be read. One that cannot must not keep the others from being found.
/// Its key may hold a name, so a digest stands in.
pub(crate) fn readable<T: DeserializeOwned>(item: Item, kind: &str) -> Option<T> {
    let key = item.get("pk").and_then(|pk| pk.as_s().ok()).map(|pk| token_digest(pk));
    let value = read(item);
    if value.is_err() {
        tracing::error!(kind, digest = key, "an item cannot be read; it is passed over");
    }
    value.ok()
}

/// A put of a transaction.
pub(crate) fn put(
    table: &str,
    item: Item,
    condition: Option<&str>,
    values: Vec<(&str, AttributeValue)>,
) -> Result<TransactWriteItem, AwsError> {
    let mut put = Put::builder().table_name(table).set_item(Some(item));
    if let Some(condition) = condition {
        put = put.condition_expression(condition);
    }
    for (name, value) in values {
        put = put.expression_attribute_values(name, value);
    }
    let put = put.build().map_err(|_| AwsError::shape("building a put"))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// What became of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It is done.
    Done,
    /// Somebody else was faster, or the state is not what the condition says: read again.
    Conflict,
}

/// Sorts a transaction's outcome. A lost race is an answer; the rest are errors.
pub(crate) fn written<T>(
    outcome: Result<T, SdkError<TransactWriteItemsError>>,
) -> Result<Written, AwsError> {
    Ok(if lost(outcome)?.is_empty() { Written::Done } else { Written::Conflict })
}

/// Which writes of a transaction lost a race, by condition or by another transaction at the same
/// moment, so that none was done; empty if all were done.
pub(crate) fn lost<T>(
    outcome: Result<T, SdkError<TransactWriteItemsError>>,
) -> Result<Vec<usize>, AwsError> {
    let Err(error) = outcome else { return Ok(Vec::new()) };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    {
        let reasons = cancelled.cancellation_reasons();
        let lost = |code: Option<&str>| {
            matches!(code, Some("ConditionalCheckFailed" | "TransactionConflict"))
        };
        let losers = reasons.iter().enumerate().filter(|(_, reason)| lost(reason.code()));
        let losers: Vec<usize> = losers.map(|(index, _)| index).collect();
        if !losers.is_empty() {
            return Ok(losers);
        }
        let mut failed = AwsError::of("dynamodb:TransactWriteItems", &error);
        let reason = reasons.iter().filter_map(|r| r.code()).find(|code| *code != "None");
        if let Some(code) = reason {
            code.clone_into(&mut failed.code);
            failed.passing = code.contains("Throttl") || code.contains("Throughput");
        }
        return Err(failed);
    }
    Err(AwsError::of("dynamodb:TransactWriteItems", &error))
}

/// How often a write that met a transaction on its item is tried.
const MOST_COLLISIONS: usize = 6;

/// A pause of random length, about as long as a transaction: who collided once should not again.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(20) + Duration::from_millis(200).mul_f64(chance()))
        .await;
}

/// Writes again while another transaction holds the item; the SDK does not.
pub(crate) async fn despite_collisions<F>(write: impl Fn() -> F) -> Result<(), AwsError>
where
    F: Future<Output = Result<(), AwsError>>,
{
    for _ in 1..MOST_COLLISIONS {
        match write().await {
            Err(error) if error.code == CONFLICT => pause().await,
            end => return end,
        }
    }
    write().await
}

/// Every item that a query finds, however many pages they come in.
pub(crate) async fn every(query: QueryFluentBuilder) -> Result<Vec<Item>, AwsError> {
    let mut items = query.into_paginator().items().send();
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.map_err(|error| AwsError::of("dynamodb:Query", &error))?);
    }
    Ok(all)
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one: opaque to the caller.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page with something else made of each item.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

/// The cursor for an item with this sort value.
pub(crate) fn cursor(sort: &str) -> String {
    URL_SAFE_NO_PAD.encode(sort)
}

/// The sort value in a cursor; `None` if it is none of ours.
pub(crate) fn sort_of(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

/// The sort value of an item read from an index.
pub(crate) fn sort_in(item: &Item) -> Option<&str> {
    item.get("sort").and_then(|value| value.as_s().ok()).map(String::as_str)
}
