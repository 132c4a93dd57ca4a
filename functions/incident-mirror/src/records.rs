//! Which incidents a batch of the incidents' stream is about.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster::id::IncidentId;
use muster_aws::stream::{keys, sequence_number};

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) incident: IncidentId,
}

/// The records of a batch that are facts, in their order.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().filter_map(|record| {
        let keys = keys(record)?;
        let incident = keys.pk.strip_prefix("incident#")?.parse().ok()?;
        keys.sk.strip_prefix("fact#")?;
        let sequence_number = sequence_number(record);
        Some(Touched { sequence_number, incident })
    });
    records.collect()
}
