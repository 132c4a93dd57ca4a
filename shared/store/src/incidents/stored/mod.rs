//! Stored items of each kind, kept since the version that first wrote them: every later version reads them.
//!
//! The stories say which kinds there are. With `UPDATE_STORED_ITEMS` set, they add an item of each kind of which
//! `items.json` has none. What it has is never replaced: stacks hold such items.

use std::collections::{BTreeMap, BTreeSet};

use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::Incident;
use muster_domain::incident::digest::Digest;
use muster_domain::incident::escalation::TurnInput;
use muster_domain::incident::ladder::Ladder;
use muster_domain::incident::send::Delivery;
use muster_domain::incident::update::Update;
use muster_domain::incident::verdict::LedgerEntry;
use muster_domain::incident_manager::directory::SyncReport;
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::response_plan::settings::ResponsePlanSettings;
use muster_domain::review::{Challenge, ChangeRequest, Review};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::duties::Unasked;
use super::ledger::Group;
use super::links::Linked;
use super::proofs::Kept;
use super::updates::{Covered, Daily};
use super::{FirstAnswer, HeldPage, LinkToken, Newcomer, PagedChannel, ReviewToken, TimelineEvent};
use crate::item::{Item, read};
use crate::roster::Change;

/// Attributes that say where an item is, for how long, and what else is about it; each is read by itself.
const ENVELOPE: [&str; 11] = [
    "asked_run",
    "sources",
    "expires_at",
    "level_key",
    "list_key",
    "mark",
    "named_by",
    "pk",
    "sk",
    "sort",
    "turn",
];

/// Reads an item as this type and returns it as it would be written now.
fn again<T: DeserializeOwned + Serialize>(item: Item) -> Result<Value, String> {
    let value: T = read(item).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

/// Reads an item of a kind by the type that the program reads it by.
fn by_kind(kind: &str, item: Item) -> Result<Value, String> {
    let mut parts = kind.split('/');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("contact", "contact") => again::<Contact>(item),
        ("external_resource", "external_resource") => again::<ExternalResource>(item),
        ("escalation_plan", "escalation_plan") => again::<EscalationPlan>(item),
        ("policy", "policy") => again::<Policy>(item),
        ("response_plan_settings", "response_plan_settings") => again::<ResponsePlanSettings>(item),
        (_, "change#") => again::<Change>(item),
        ("incident", "incident") => again::<Incident>(item),
        ("incident", "event#") => again::<TimelineEvent>(item),
        ("incident", "delivery#") | ("notice", _) => again::<Delivery>(item),
        ("incident", "due") => again::<TurnInput>(item),
        ("incident", "mirror") => again::<Mirror>(item),
        ("incident", "deadline#") => again::<NotificationDeadline>(item),
        ("incident", "deadline" | "duties#") => again::<Unasked>(item),
        ("incident", "update#") => again::<Update>(item),
        ("incident", "daily") => again::<Daily>(item),
        ("incident", "covered#") => again::<Covered>(item),
        ("finding", "ledger") => again::<LedgerEntry>(item),
        ("finding", "link") => again::<Linked>(item),
        ("group", "group") => again::<Group>(item),
        ("token", "token") => again::<LinkToken>(item),
        ("token", "review") => again::<ReviewToken>(item),
        ("repeat", "repeat") => again::<FirstAnswer>(item),
        ("review", "review") => again::<Review>(item),
        ("correction", "correction") => again::<ChangeRequest>(item),
        ("newcomer", "newcomer") => again::<Newcomer>(item),
        ("reach", _) => again::<Kept>(item),
        ("challenge", _) => again::<Challenge>(item),
        ("ladder", "ladder#") => again::<Ladder>(item),
        ("ladder", "digest#") => again::<Digest>(item),
        ("ladder", "waiting#") => again::<PagedChannel>(item),
        ("held", _) => again::<HeldPage>(item),
        ("incident-manager", "status") => again::<SyncReport>(item),
        // Only the envelope, or a single text that is read without a type.
        ("incident-manager", "written#") => again::<Map<String, Value>>(item),
        ("alarm", _) | ("incident", "names#") => Ok(json!({})),
        other => Err(format!("no reader for {other:?}")),
    }
}

fn kept() -> BTreeMap<String, Map<String, Value>> {
    serde_json::from_str(include_str!("items.json")).unwrap()
}

#[test]
fn what_was_stored_once_is_read_for_ever_after() {
    let mut faults = Vec::new();
    for (kind, item) in kept() {
        let attributes: Item = serde_dynamo::to_item(&item).unwrap();
        match by_kind(&kind, attributes) {
            Err(error) => faults.push(format!("{kind}: {error}")),
            Ok(now) => {
                let lost = item.iter().filter(|(name, value)| {
                    !ENVELOPE.contains(&name.as_str()) && now.get(name) != Some(value)
                });
                faults.extend(lost.map(|(name, _)| format!("{kind}: {name} is lost or changed")));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn an_item_of_each_kind_is_kept() {
    let kinds: BTreeSet<String> =
        kept().keys().map(|kind| kind.split('/').take(2).collect::<Vec<_>>().join("/")).collect();
    assert!(kinds.len() >= 43, "{kinds:?}");
}
