//! A stream's records fed to a function by AWS's own rules, which MiniStack does not follow.
//!
//! Source: Lambda developer guide, "Using Lambda with DynamoDB Streams": the lowest sequence number that a
//! function reports is the checkpoint, and it and all that follow come again; a function that fails has
//! its batch cut in half, which uses up no retry; what is out of retries goes to the on-failure queue.

use std::collections::VecDeque;

use anyhow::Result;
use serde_json::{Value, json};

use crate::lane::Lane;

/// What became of the records of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fed {
    /// How often the function was called.
    pub calls: usize,
    /// The sequence numbers of what was given up on, batch by batch.
    pub abandoned: Vec<Vec<String>>,
}

/// A record about an item with these keys, as a stream brings it.
#[must_use]
pub fn record(number: usize, pk: &str, sk: &str, image: &Value) -> Value {
    json!({
        "eventID": format!("event-{number}"), "eventName": "MODIFY", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/s",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_402_680, "SizeBytes": 100,
            "Keys": { "pk": { "S": pk }, "sk": { "S": sk } }, "NewImage": image,
            "SequenceNumber": format!("{number:021}"), "StreamViewType": "NEW_AND_OLD_IMAGES"
        }
    })
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

impl Lane {
    /// Feeds one shard's records to a function, each batch with so many retries.
    ///
    /// # Errors
    /// The function cannot be called.
    pub async fn feed(&self, function: &str, records: &[Value], retries: usize) -> Result<Fed> {
        let mut fed = Fed::default();
        let mut batches = VecDeque::from([(records.to_vec(), retries)]);
        while let Some((batch, left)) = batches.pop_front() {
            fed.calls += 1;
            let end = self.invoke(function, &json!({ "Records": batch })).await?;
            let Ok(answer) = end else {
                if batch.len() > 1 {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    batches.push_front((second.to_vec(), left));
                    batches.push_front((first.to_vec(), left));
                } else if left > 0 {
                    batches.push_front((batch, left - 1));
                } else {
                    fed.abandoned.push(vec![sequence(&batch[0]).to_owned()]);
                }
                continue;
            };
            let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
            let lowest = failures.filter_map(|item| item["itemIdentifier"].as_str()).min();
            let Some(lowest) = lowest else { continue };
            // A number that the batch does not have lets the whole batch come again.
            let at = batch.iter().position(|record| sequence(record) == lowest).unwrap_or(0);
            let rest = batch[at..].to_vec();
            if left > 0 {
                batches.push_front((rest, left - 1));
            } else {
                fed.abandoned.push(rest.iter().map(|r| sequence(r).to_owned()).collect());
            }
        }
        Ok(fed)
    }
}
