//! When each open incident's next turn is due, so that somebody else can take it if nobody does.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use muster_domain::incident::escalation::{Cursor, TurnInput};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;

use super::{Turns, moment, partition};
use crate::item;
use crate::item::{Item, key, s};

const KIND: &str = "due";
/// How late a turn must be before the watchdog takes it. Step Functions is seconds late at worst; a
/// turn that is taken twice sends nothing twice.
pub const LATE: SignedDuration = SignedDuration::from_secs(60);
/// How many late turns one look finds; the next look is a minute later.
const MOST: i32 = 50;

fn due_key(id: &IncidentId) -> Item {
    key(partition(id), KIND)
}

/// A turn as a text whose order is that of turns.
fn turn(cursor: Cursor) -> String {
    format!("{:04}#{:04}#{:04}", cursor.run, cursor.round, cursor.step)
}

fn due_item(id: &IncidentId, cursor: Cursor, at: Timestamp) -> Result<Item, AwsError> {
    let mut keys = due_key(id);
    keys.insert("list_key".to_owned(), s(KIND));
    keys.insert("sort".to_owned(), s(format!("{}#{id}", moment(at))));
    keys.insert("turn".to_owned(), s(turn(cursor)));
    item::write(keys, &TurnInput { incident: id.clone(), cursor, due_at: Some(at) })
}

impl Turns<'_> {
    /// The write that notes when a turn is due, for a transaction.
    pub(super) fn due_put(
        self,
        id: &IncidentId,
        cursor: Cursor,
        at: Timestamp,
    ) -> Result<TransactWriteItem, AwsError> {
        item::put(&self.0.table, due_item(id, cursor, at)?, None, vec![])
    }

    /// Notes when an incident's turn after `taken` is due, or that none is. What somebody has noted who
    /// is further stays: a turn may be taken twice, and an escalation be taken over from.
    ///
    /// # Errors
    /// The failed call.
    pub async fn due(
        self,
        id: &IncidentId,
        taken: Cursor,
        next: Option<(Cursor, Timestamp)>,
    ) -> Result<(), AwsError> {
        const OURS: &str = "attribute_not_exists(pk) OR turn <= :turn";
        let refused = |code: &str| code == "ConditionalCheckFailedException";
        let failed = match next {
            None => {
                let delete = self.0.client.delete_item().table_name(&self.0.table);
                let delete = delete.set_key(Some(due_key(id))).condition_expression(OURS);
                let end = delete.expression_attribute_values(":turn", s(turn(taken))).send().await;
                end.err().map(|error| AwsError::of("dynamodb:DeleteItem", &error))
            }
            Some((cursor, at)) => {
                let put = self.0.client.put_item().table_name(&self.0.table);
                let put = put.set_item(Some(due_item(id, cursor, at)?)).condition_expression(OURS);
                let end = put.expression_attribute_values(":turn", s(turn(cursor))).send().await;
                end.err().map(|error| AwsError::of("dynamodb:PutItem", &error))
            }
        };
        failed.filter(|error| !refused(&error.code)).map_or(Ok(()), Err)
    }

    /// Puts a late turn that could not be taken behind the others, so that those are taken first; the next look finds it. If the escalation has
    /// moved on since, its next turn stays where it is.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then the turn keeps its place.
    pub async fn defer(self, late: &TurnInput, now: Timestamp) -> Result<(), AwsError> {
        let behind = now.saturating_sub(LATE).unwrap_or(now);
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(due_key(&late.incident)))
            .update_expression("SET #sort = :sort")
            .condition_expression("turn = :turn")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(
                ":sort",
                s(format!("{}#{}", moment(behind), late.incident)),
            )
            .expression_attribute_values(":turn", s(turn(late.cursor)));
        let end = update.send().await;
        let failed = end.err().map(|error| AwsError::of("dynamodb:UpdateItem", &error));
        failed.filter(|error| error.code != "ConditionalCheckFailedException").map_or(Ok(()), Err)
    }

    /// The turns that are late at `now`, the latest first.
    ///
    /// # Errors
    /// The failed call.
    pub async fn late(self, now: Timestamp) -> Result<Vec<TurnInput>, AwsError> {
        let before = now.saturating_sub(LATE).unwrap_or(Timestamp::MIN);
        let items = self.0.listed_before(KIND, moment(before), MOST).await?;
        Ok(items.into_iter().filter_map(|item| item::readable(item, KIND)).collect())
    }
}
