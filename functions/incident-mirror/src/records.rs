//! Which incidents a batch of the incidents' stream is about.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_domain::value::id::IncidentId;
use muster_store::stream::{keys, sequence_number};

/// A record that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) sequence_number: String,
    pub(crate) incident: IncidentId,
}

/// The records of a batch that are facts, in their order. An expiry deletes facts: what goes is no news, and must not
/// make a mirror of an incident that is going.
pub(crate) fn touched(batch: &Batch) -> Vec<Touched> {
    let records = batch.records.iter().filter_map(|record| {
        if record.event_name == "REMOVE" {
            return None;
        }
        let keys = keys(record)?;
        let incident = keys.pk.strip_prefix("incident#")?.parse().ok()?;
        keys.sk.strip_prefix("fact#")?;
        let sequence_number = sequence_number(record);
        Some(Touched { sequence_number, incident })
    });
    records.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_that_were_written_matter() {
        let record = |name: &str, number: &str, pk: &str, sk: &str| {
            json!({
                "eventID": number, "eventName": name, "awsRegion": "eu-central-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1.0, "SequenceNumber": number, "SizeBytes": 1,
                    "Keys": { "pk": { "S": pk }, "sk": { "S": sk } }
                }
            })
        };
        let incident = "incident#20261123-0123456789";
        let batch = json!({ "Records": [
            record("INSERT", "1", incident, "fact#opened"),
            record("REMOVE", "2", incident, "fact#opened"),
            record("MODIFY", "3", incident, "send#0001"),
            record("INSERT", "4", "group#x", "fact#opened"),
            record("MODIFY", "5", incident, "fact#acknowledged"),
        ] });
        let touched = touched(&serde_json::from_value(batch).unwrap());
        let numbers: Vec<_> = touched.iter().map(|one| one.sequence_number.as_str()).collect();
        assert_eq!(numbers, ["1", "5"]);
    }
}
