//! What the tables hold after all stories: an item of each kind, for the test that reads stored items for ever after.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::home::repository;
use crate::system::System;

/// Set to add kinds that are not kept. An item that is kept is never replaced: it was stored by an earlier version.
const KEEP: &str = "UPDATE_STORED_ITEMS";

/// Partitions whose sort keys are names of channels or pages and no kinds.
const ONE_KIND: [&str; 4] = ["challenge", "held", "notice", "reach"];

fn file() -> PathBuf {
    repository().join("shared/store/src/incidents/stored/items.json")
}

/// The kind of an item, such as `incident/event#`, `contact/change#`, or `held`, and its form: `incident/event#/opened`.
fn kind(item: &Value) -> Option<(String, String)> {
    let pk = item["pk"].as_str()?.split('#').next()?.to_owned();
    // `deadline` and `deadline#` are two kinds.
    let sk = item["sk"].as_str()?.split_inclusive('#').next()?.to_owned();
    if ONE_KIND.contains(&pk.as_str()) {
        return Some((pk.clone(), pk));
    }
    let form = ["event", "state"].iter().find_map(|name| item[name].as_str());
    let form = form.filter(|_| pk == "incident" && (sk == "event#" || sk == "delivery#"));
    let kind = format!("{pk}/{sk}");
    let form = form.map_or_else(|| kind.clone(), |form| format!("{kind}/{form}"));
    Some((kind, form))
}

/// Whether a form is of this kind.
fn is_of(form: &str, kind: &str) -> bool {
    form.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl System {
    /// Returns the kinds of stored items of which the repository keeps none. Adds them if `UPDATE_STORED_ITEMS` is set.
    ///
    /// # Errors
    /// A table or the file cannot be read.
    pub async fn stored_kinds_not_kept(&self) -> Result<Vec<String>> {
        let text = std::fs::read_to_string(file()).context("no items are kept")?;
        let mut kept: BTreeMap<String, Value> = serde_json::from_str(&text)?;
        let mut more = Vec::new();
        let client = Client::new(&self.cloud.config);
        for table in client.list_tables().send().await?.table_names() {
            let mut pages = client.scan().table_name(table).into_paginator().send();
            while let Some(page) = pages.next().await {
                for item in page?.items.unwrap_or_default() {
                    let item: HashMap<String, AttributeValue> = item;
                    let item: Value = serde_dynamo::from_item(item)?;
                    let Some((kind, form)) = kind(&item) else { continue };
                    // Which forms there are can depend on when the stories end.
                    if !kept.keys().any(|known| is_of(known, &kind)) {
                        more.push(kind);
                    }
                    kept.entry(form).or_insert(item);
                }
            }
        }
        if std::env::var_os(KEEP).is_some() {
            std::fs::write(file(), serde_json::to_string_pretty(&kept)? + "\n")?;
            more.clear();
        }
        ensure!(!kept.is_empty(), "the tables are empty");
        Ok(more)
    }
}
