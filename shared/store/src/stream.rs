//! Batches of a table's stream: what each record is about, and which have to come again.

use aws_lambda_events::event::dynamodb::EventRecord;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::value::id::{ContactId, IncidentId, PlanId};
use serde::{Deserialize, Serialize};

use crate::incidents::{EVENT, KIND, SEND};
use crate::roster::Entry as _;

/// Which records have to come again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The first that failed; Lambda lets it and all that follow come again.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<ItemFailure>,
}

/// A record that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemFailure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub sequence_number: String,
}

impl Answer {
    /// The answer for a batch whose first failed record has this sequence number, if one failed.
    #[must_use]
    pub fn of(first_failed: Option<String>) -> Self {
        let failure = |sequence_number| ItemFailure { sequence_number };
        Self { failures: first_failed.map(failure).into_iter().collect() }
    }
}

/// The item that a record of either table's stream is about. Items that no function follows have no name here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A contact's entry.
    Contact(ContactId),
    /// An escalation plan's entry.
    EscalationPlan(PlanId),
    /// The paging policy.
    Policy,
    /// An event on an incident's timeline, by the name that is unique within it.
    TimelineEvent(IncidentId, String),
    /// A delivery of an incident.
    Delivery(IncidentId),
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It was written for the first time.
    Inserted,
    /// It was written again.
    Modified,
    /// It was deleted.
    Removed,
}

/// A record of a stream, as far as its keys say. Whatever else it holds can break nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Place of the record in its stream.
    pub sequence_number: String,
    /// What happened.
    pub operation: Operation,
    /// The item. None if its keys cannot be read, or name nothing that a function follows.
    pub changed: Option<Changed>,
}

impl From<&EventRecord> for Record {
    fn from(record: &EventRecord) -> Self {
        #[derive(Deserialize)]
        struct Keys {
            pk: String,
            sk: String,
        }
        let keys = serde_dynamo::from_item(record.change.keys.clone()).ok();
        Self {
            sequence_number: record.change.sequence_number.clone().unwrap_or_default(),
            operation: match record.event_name.as_str() {
                "INSERT" => Operation::Inserted,
                "REMOVE" => Operation::Removed,
                _ => Operation::Modified,
            },
            changed: keys.and_then(|Keys { pk, sk }| changed(&pk, &sk)),
        }
    }
}

/// What an item is, by its keys.
fn changed(pk: &str, sk: &str) -> Option<Changed> {
    let (kind, id) = pk.split_once('#')?;
    // An entry's sort key is its own type; its history has others.
    match kind {
        Contact::KIND if sk == kind => id.parse().ok().map(Changed::Contact),
        EscalationPlan::KIND if sk == kind => id.parse().ok().map(Changed::EscalationPlan),
        Policy::KIND if sk == kind => Some(Changed::Policy),
        KIND => {
            let incident = id.parse().ok()?;
            if let Some(name) = sk.strip_prefix(EVENT) {
                return Some(Changed::TimelineEvent(incident, name.to_owned()));
            }
            sk.strip_prefix(SEND).map(|_| Changed::Delivery(incident))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_record_is_about() {
        let check = |name: &str, pk: &str, sk: &str, expected: Option<Changed>| {
            let record = json!({
                "eventID": "1", "eventName": name, "awsRegion": "eu-central-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1.0, "SequenceNumber": "7", "SizeBytes": 1,
                    "Keys": { "pk": { "S": pk }, "sk": { "S": sk } }
                }
            });
            let record = Record::from(&serde_json::from_value::<EventRecord>(record).unwrap());
            assert_eq!((record.changed, record.sequence_number.as_str()), (expected, "7"));
            record.operation
        };
        let incident: IncidentId = "20261123-0123456789".parse().unwrap();
        let pk = format!("incident#{incident}");
        let event = Changed::TimelineEvent(incident.clone(), "step_started#1".into());
        let inserted = check("INSERT", &pk, "event#step_started#1", Some(event.clone()));
        assert_eq!(inserted, Operation::Inserted);
        assert_eq!(check("REMOVE", &pk, "event#step_started#1", Some(event)), Operation::Removed);
        let modified = check("MODIFY", &pk, "delivery#0001", Some(Changed::Delivery(incident)));
        assert_eq!(modified, Operation::Modified);
        check("INSERT", &pk, "deadline#dpa", None);
        check("INSERT", "group#x", "event#opened", None);
        check("INSERT", "contact#ada", "contact", Some(Changed::Contact("ada".parse().unwrap())));
        check("INSERT", "contact#ada", "change#1", None);
        check("INSERT", "contact#No Id", "contact", None);
        let plan = Changed::EscalationPlan("default".parse().unwrap());
        check("MODIFY", "escalation_plan#default", "escalation_plan", Some(plan));
        check("MODIFY", "policy#policy", "policy", Some(Changed::Policy));
    }
}
