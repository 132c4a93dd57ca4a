//! Stored items of each kind, kept since the version that first wrote them: every later version reads them.

use std::collections::BTreeMap;

use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::incident::Incident;
use muster_domain::incident::ladder::Ladder;
use muster_domain::incident::send::Delivery;
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::response_plan::settings::ResponsePlanSettings;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{FirstAnswer, LinkToken, Newcomer, PagedChannel, ReviewToken, TimelineEvent};
use crate::item::{Item, read};
use crate::roster::Change;

/// Attributes that say where an item is and for how long, and are no part of its value.
const ENVELOPE: [&str; 6] = ["expires_at", "level_key", "list_key", "pk", "sk", "sort"];

/// Reads an item as this type and returns it as it would be written now.
fn again<T: DeserializeOwned + Serialize>(item: Item) -> Result<Value, String> {
    let value: T = read(item).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

/// Reads an item of a kind by the type that the program reads it by.
fn by_kind(kind: &str, item: Item) -> Result<Value, String> {
    let mut parts = kind.splitn(3, '/');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("contact", "contact") => again::<Contact>(item),
        (_, "change") => again::<Change>(item),
        other => Err(format!("no reader for {other:?}")),
    }
}

#[test]
fn what_was_stored_once_is_read_for_ever_after() {
    let kept: BTreeMap<String, Map<String, Value>> =
        serde_json::from_str(include_str!("items.json")).unwrap();
    let mut faults = Vec::new();
    for (kind, item) in kept {
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
