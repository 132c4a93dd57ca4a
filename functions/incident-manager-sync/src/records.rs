//! What a batch of the roster's stream is about: whose entries have changed.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_store::stream::{Changed, Record};

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) changed: Changed,
}

/// The records of a batch that matter, in their order. What is written of an entry beside the entry itself, its history,
/// does not.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().map(Record::from);
    let touched = records.filter_map(|Record { sequence_number, changed, .. }| {
        Some(Touched { sequence_number, changed: changed? })
    });
    touched.collect()
}
