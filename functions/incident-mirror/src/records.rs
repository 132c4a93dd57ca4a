//! Which incidents a batch of the incidents' stream is about.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_domain::value::id::IncidentId;
use muster_store::stream::{Changed, Operation, Record};

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) incident: IncidentId,
}

/// The records of a batch that are timeline events, in their order. An expiry deletes them: what goes is no news, and
/// must not make a mirror of an incident that is going.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().map(Record::from);
    let written = records.filter(|record| record.operation != Operation::Removed);
    let touched = written.filter_map(|record| match record.changed? {
        Changed::TimelineEvent(incident, _) => {
            Some(Touched { sequence_number: record.sequence_number, incident })
        }
        _ => None,
    });
    touched.collect()
}
