//! What a batch of the roster's stream is about: whose entries have changed.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_domain::value::id::{ContactId, PlanId};
use muster_store::stream::{keys, sequence_number};

/// Whose entry a record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Contact(ContactId),
    Plan(PlanId),
    Policy,
}

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) whose: Whose,
}

/// The records of a batch that matter, in their order. What is written of an entry beside the entry
/// itself, its history, does not.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().filter_map(|record| {
        let keys = keys(record)?;
        let (kind, id) = keys.pk.split_once('#')?;
        let whose = match (kind, keys.sk.as_str()) {
            ("contact", "contact") => Whose::Contact(id.parse().ok()?),
            ("escalation_plan", "escalation_plan") => Whose::Plan(id.parse().ok()?),
            ("policy", "policy") => Whose::Policy,
            _ => return None,
        };
        let sequence_number = sequence_number(record);
        Some(Touched { sequence_number, whose })
    });
    records.collect()
}
