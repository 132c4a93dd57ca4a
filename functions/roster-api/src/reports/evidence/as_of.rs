//! The roster as it was: what has changed since is taken back, change by change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use muster_domain::value::channel::Channel;
use muster_store::roster::{Action, Change, Entry, EntryType};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::http::problem::Problem;
use crate::reports::response_plan::Made;

/// Entries by kind and id, each as JSON.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries(BTreeMap<(EntryType, String), Map<String, Value>>);

/// The files of a roster, by kind, in the words of the API.
const KINDS: [(EntryType, &str); 5] = [
    (EntryType::Contact, "contacts"),
    (EntryType::ExternalResource, "external-resources"),
    (EntryType::EscalationPlan, "escalation-plans"),
    (EntryType::Policy, "policy"),
    (EntryType::ResponsePlanSettings, "response-plan-settings"),
];

/// What no record tells the earlier value of.
const BOOKKEEPING: [&str; 2] = ["updated_at", "updated_by"];

/// A roster that was restored.
#[derive(Clone, Debug)]
pub(super) struct Restored {
    /// A list of entries for each kind; numbers and addresses of people masked.
    pub(super) lists: Vec<(&'static str, Vec<Value>)>,
    /// Entries whose earlier values were erased.
    pub(super) erased: Vec<String>,
}

impl Entries {
    /// Everything that is stored now.
    pub(super) fn of(made: &Made) -> Result<Self, Problem> {
        let mut entries = Self::default();
        let all = &made.gathered;
        all.people.values().try_for_each(|entry| entries.add(entry))?;
        all.resources.iter().try_for_each(|entry| entries.add(entry))?;
        all.plans.iter().try_for_each(|entry| entries.add(entry))?;
        entries.add(&all.policy)?;
        entries.add(&made.settings)?;
        Ok(entries)
    }

    fn add<E: Entry + Serialize>(&mut self, entry: &E) -> Result<(), Problem> {
        match serde_json::to_value(entry) {
            Ok(Value::Object(fields)) => {
                self.0.insert((E::TYPE, entry.id().to_string()), fields);
                Ok(())
            }
            _ => Err(Problem::internal()),
        }
    }
}

/// The entries as they were at `instant`, from those of now and the changes since, newest first.
pub(super) fn roster_as_of(now: Entries, changes: &[Change], instant: Timestamp) -> Restored {
    let Entries(mut entries) = now;
    let mut erased = BTreeSet::new();
    for change in changes.iter().filter(|change| change.at > instant) {
        let key = (change.entry_type, change.entry_id.clone());
        if change.erased_at.is_some() {
            erased.insert(format!("{} {}", change.entry_type.name(), change.entry_id));
        }
        match change.action {
            Action::Created => {
                entries.remove(&key);
            }
            Action::Deleted => {
                let fields = change.fields.iter();
                let before = fields.filter_map(|f| Some((f.field.clone(), f.before.clone()?)));
                let mut entry: Map<String, Value> = before.collect();
                entry.insert("version".to_owned(), change.version.into());
                entries.insert(key, entry);
            }
            Action::Updated => {
                if let Some(entry) = entries.get_mut(&key) {
                    take_back(entry, change);
                }
            }
            Action::Revealed | Action::Erased | Action::LinkRejected => {}
        }
    }
    let list = |(kind, name): (EntryType, &'static str)| {
        let of_kind = entries.iter().filter(|((known, _), _)| *known == kind);
        (name, of_kind.map(|(_, entry)| masked(entry.clone())).collect())
    };
    Restored { lists: KINDS.map(list).into(), erased: erased.into_iter().collect() }
}

fn take_back(entry: &mut Map<String, Value>, change: &Change) {
    for field in change.fields.iter().filter(|_| change.erased_at.is_none()) {
        match &field.before {
            Some(before) => entry.insert(field.field.clone(), before.clone()),
            None => entry.remove(&field.field),
        };
    }
    entry.insert("version".to_owned(), change.version.saturating_sub(1).into());
    for name in BOOKKEEPING {
        entry.remove(name);
    }
}

/// An entry with the channels of a person masked.
fn masked(mut entry: Map<String, Value>) -> Value {
    let channels = entry.get_mut("channels").and_then(Value::as_array_mut);
    for channel in channels.into_iter().flatten() {
        // The ways to talk of the plan's settings have no address.
        if channel.get("address").is_some() {
            let known = serde_json::from_value::<Channel>(channel.clone()).ok();
            channel["address"] = known.map_or_else(|| "•••••".to_owned(), |c| c.masked()).into();
        }
    }
    entry.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    fn change(hour: i64, action: &str, version: u64, fields: &Value) -> Change {
        let change = json!({
            "entry_type": "contact", "entry_id": "ada", "action": action, "by": "x", "at": at(hour),
            "source": "api", "version": version, "fields": fields
        });
        serde_json::from_value(change).unwrap()
    }

    fn names(entries: &Entries, changes: &[Change], hour: i64) -> Vec<String> {
        let restored = roster_as_of(entries.clone(), changes, at(hour));
        let (_, contacts) = &restored.lists[0];
        contacts.iter().map(|c| format!("{} v{}", c["name"], c["version"])).collect()
    }

    #[test]
    fn what_has_changed_since_is_taken_back() {
        let whole =
            json!({"name": "Ada", "channels": [{"type": "sms", "address": "+14255550101"}]});
        let mut entries = Entries::default();
        let now = json!({"name": "Ada K.", "version": 5, "updated_by": "y"});
        let key = (EntryType::Contact, "ada".to_owned());
        entries.0.insert(key, now.as_object().unwrap().clone());
        let all = |side: &str| {
            let fields = whole.as_object().unwrap().iter();
            let fields = fields.map(|(name, value)| json!({"field": name, side: value}));
            fields.collect::<Value>()
        };
        let renamed = json!([{"field": "name", "before": "Ada L.", "after": "Ada K."}]);
        let made = json!([{"field": "name", "after": "Ada L."}]);
        let changes = [
            change(50, "updated", 5, &renamed),
            change(40, "created", 4, &made),
            change(30, "deleted", 3, &all("before")),
            change(20, "revealed", 3, &json!([])),
            change(10, "created", 3, &all("after")),
        ];
        assert_eq!(names(&entries, &changes, 60), ["\"Ada K.\" v5"]);
        assert_eq!(names(&entries, &changes, 45), ["\"Ada L.\" v4"]);
        assert_eq!(names(&entries, &changes, 35), Vec::<String>::new());
        assert_eq!(names(&entries, &changes, 25), ["\"Ada\" v3"]);
        assert_eq!(names(&entries, &changes, 5), Vec::<String>::new());
        let restored = roster_as_of(entries.clone(), &changes, at(25));
        assert_eq!(restored.lists[0].1[0]["channels"][0]["address"], "+1•••••0101");
        assert!(restored.erased.is_empty());
        let mut erased = changes.to_vec();
        erased[0].erased_at = Some(at(55));
        erased[0].fields[0].before = None;
        let restored = roster_as_of(entries, &erased, at(45));
        assert_eq!(restored.erased, ["contact ada"]);
        assert_eq!(restored.lists[0].1[0]["name"], "Ada K.", "as it was later");
    }
}
