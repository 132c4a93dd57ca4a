//! Which incidents a batch of the incidents' stream is about.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster::id::IncidentId;
use serde::Deserialize;

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) incident: IncidentId,
}

/// An item's keys.
#[derive(Deserialize)]
struct Keys {
    pk: String,
    sk: String,
}

/// The records of a batch that are facts, in their order. Only keys are read: whatever else a record
/// holds can break nothing.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().filter_map(|record| {
        let keys: Keys = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
        let incident = keys.pk.strip_prefix("incident#")?.parse().ok()?;
        keys.sk.strip_prefix("fact#")?;
        let sequence_number = record.change.sequence_number.clone().unwrap_or_default();
        Some(Touched { sequence_number, incident })
    });
    records.collect()
}
