//! Updates that contacts are still to be told of, the day on which they are told again, and the number of findings
//! that joined.

use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem};
use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::event::EventType;
use muster_domain::incident::update::{DAILY, Update, UpdateInput};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};

use super::due::LATE;
use super::{EVENT, Updates, moment, partition};
use crate::item;
use crate::item::{Item, key, n, s};

const KIND: &str = "update";
const DAY: &str = "daily";
const COVERED: &str = "covered";
/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";
/// How many of each one look finds; the next look is a minute later.
const MOST: i32 = 100;

/// An incident that contacts are told of again at a time.
#[derive(Serialize, Deserialize)]
pub(super) struct Daily {
    incident: IncidentId,
}

/// The updates that one message covers.
#[derive(Serialize, Deserialize)]
pub(super) struct Covered {
    names: Vec<String>,
}

fn update_key(id: &IncidentId, name: &str) -> Item {
    key(partition(id), format!("{KIND}#{name}"))
}

fn day_item(id: &IncidentId, at: Timestamp) -> Result<Item, AwsError> {
    let mut keys = key(partition(id), DAY);
    keys.insert("list_key".to_owned(), s(DAY));
    keys.insert("sort".to_owned(), s(format!("{}#{id}", moment(at))));
    item::write(keys, &Daily { incident: id.clone() })
}

impl Updates<'_> {
    /// The write that lets contacts be told of an incident that is not resolved within a day; none for a drill.
    pub(super) fn daily_put(
        self,
        incident: &Incident,
    ) -> Result<Option<TransactWriteItem>, AwsError> {
        if incident.drill().is_some() {
            return Ok(None);
        }
        let at = incident.opened_at.saturating_add(DAILY).unwrap_or(Timestamp::MAX);
        item::put(&self.0.table, day_item(&incident.id, at)?, None, vec![]).map(Some)
    }

    /// The incidents whose day has come, the oldest first.
    ///
    /// # Errors
    /// The failed call.
    pub async fn days_due(self, now: Timestamp) -> Result<Vec<IncidentId>, AwsError> {
        let days: Vec<Daily> = self.due_of(DAY, now).await?;
        Ok(days.into_iter().map(|day| day.incident).collect())
    }

    /// Keeps the next day of an incident, or none.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_day(self, id: &IncidentId, at: Option<Timestamp>) -> Result<(), AwsError> {
        let Some(at) = at else {
            let delete = self.0.client.delete_item().table_name(&self.0.table);
            let end = delete.set_key(Some(key(partition(id), DAY))).send().await;
            return end.map(drop).map_err(|e| AwsError::of("dynamodb:DeleteItem", &e));
        };
        let put = self.0.client.put_item().table_name(&self.0.table);
        let end = put.set_item(Some(day_item(id, at)?)).send().await;
        end.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// Keeps an update that contacts are to be told of, unless it is there already.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_update(self, update: &Update) -> Result<(), AwsError> {
        let mut keys = update_key(&update.incident, &update.name);
        keys.insert("list_key".to_owned(), s(KIND));
        keys.insert("sort".to_owned(), s(format!("{}#{}", moment(update.at), update.name)));
        let put = self.0.client.put_item().table_name(&self.0.table);
        let put = put.set_item(Some(item::write(keys, update)?));
        let end = put.condition_expression("attribute_not_exists(pk)").send().await;
        match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Err(error) if error.code != REFUSED => Err(error),
            _ => Ok(()),
        }
    }

    /// The update with this name that contacts are still to be told of.
    ///
    /// # Errors
    /// The failed call.
    pub async fn update(self, input: &UpdateInput) -> Result<Option<Update>, AwsError> {
        let item = self.0.item(update_key(&input.incident, &input.update)).await?;
        let waiting = item.filter(|item| item.contains_key("list_key"));
        waiting.map(item::read).transpose()
    }

    /// The update with this name, whether contacts were told of it or not.
    ///
    /// # Errors
    /// The failed call.
    pub async fn any_update(self, input: &UpdateInput) -> Result<Option<Update>, AwsError> {
        self.0.item(update_key(&input.incident, &input.update)).await?.map(item::read).transpose()
    }

    /// The updates of an incident that are still to be told, in the order of their names. Those that cannot be read are
    /// logged and left out.
    ///
    /// # Errors
    /// The failed call.
    pub async fn waiting_updates(self, id: &IncidentId) -> Result<Vec<Update>, AwsError> {
        let items = self.0.part(partition(id), format!("{KIND}#")).await?;
        let waiting = items.into_iter().filter(|item| item.contains_key("list_key"));
        Ok(waiting.filter_map(|item| item::readable(item, KIND)).collect())
    }

    /// Returns the run in which an update is told. The first `run` that is asked for holds, so that a later run finds
    /// the send records of an earlier try.
    ///
    /// # Errors
    /// The failed call.
    pub async fn run_of_update(self, update: &Update, run: u32) -> Result<u32, AwsError> {
        if let Some(run) = update.run {
            return Ok(run);
        }
        let set = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(update_key(&update.incident, &update.name)))
            .update_expression("SET #run = if_not_exists(#run, :run)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#run", "run")
            .expression_attribute_values(":run", n(run))
            .return_values(ReturnValue::UpdatedNew);
        match set.send().await.map_err(|error| AwsError::of("dynamodb:UpdateItem", &error)) {
            // The incident has expired meanwhile, and its updates with it.
            Err(error) if error.code == REFUSED => Ok(run),
            Err(error) => Err(error),
            Ok(answer) => {
                let set =
                    answer.attributes.and_then(|item| item.get("run")?.as_n().ok()?.parse().ok());
                set.ok_or_else(|| AwsError::shape("reading the run of an update"))
            }
        }
    }

    /// Has an update that waits looked at a minute after `at`, after all that have waited longer.
    ///
    /// # Errors
    /// The failed call.
    pub async fn postpone_update(self, input: &UpdateInput, at: Timestamp) -> Result<(), AwsError> {
        let set = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(update_key(&input.incident, &input.update)))
            .update_expression("SET #sort = :sort")
            .condition_expression("attribute_exists(list_key)")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":sort", s(format!("{}#{}", moment(at), input.update)));
        match set.send().await.map_err(|error| AwsError::of("dynamodb:UpdateItem", &error)) {
            Err(error) if error.code != REFUSED => Err(error),
            _ => Ok(()),
        }
    }

    /// Decides which updates the message with this name covers: `names`, unless it is decided already. Returns those that
    /// it covers, so that each update is in one message only, however many runs look at the same time.
    ///
    /// # Errors
    /// The failed call.
    pub async fn cover_updates(
        self,
        id: &IncidentId,
        message: &str,
        names: &[String],
    ) -> Result<Vec<String>, AwsError> {
        let keys = key(partition(id), format!("{COVERED}#{message}"));
        let item = item::write(keys.clone(), &Covered { names: names.to_vec() })?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        let end = put.condition_expression("attribute_not_exists(pk)").send().await;
        match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Ok(_) => return Ok(names.to_vec()),
            Err(error) if error.code != REFUSED => return Err(error),
            Err(_) => {}
        }
        let covered: Option<Covered> = self.0.item(keys).await?.map(item::read).transpose()?;
        Ok(covered.map(|covered| covered.names).unwrap_or_default())
    }

    /// The updates that nobody has told contacts of for a minute.
    ///
    /// # Errors
    /// The failed call.
    pub async fn late_updates(self, now: Timestamp) -> Result<Vec<UpdateInput>, AwsError> {
        let before = now.saturating_sub(LATE).unwrap_or(Timestamp::MIN);
        let updates: Vec<Update> = self.due_of(KIND, before).await?;
        let input = |update: Update| UpdateInput { incident: update.incident, update: update.name };
        Ok(updates.into_iter().map(input).collect())
    }

    /// Notes that contacts have been told of an update: it stays, so that nobody asks for it again, and waits no more.
    ///
    /// # Errors
    /// The failed call.
    pub async fn update_told(self, update: &Update) -> Result<(), AwsError> {
        let item = item::write(update_key(&update.incident, &update.name), update)?;
        let put = self.0.client.put_item().table_name(&self.0.table).set_item(Some(item));
        let end = put.condition_expression("attribute_exists(pk)").send().await;
        match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Err(error) if error.code != REFUSED => Err(error),
            _ => Ok(()),
        }
    }

    /// How many findings have joined an incident without restarting its paging: the lines of its timeline that say so.
    ///
    /// # Errors
    /// The failed call.
    pub async fn joined_count(self, id: &IncidentId) -> Result<u64, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :begin)")
            .expression_attribute_values(":pk", s(partition(id)))
            .expression_attribute_values(
                ":begin",
                s(format!("{EVENT}{}#", EventType::FindingAdded.name())),
            )
            .projection_expression("sk")
            .consistent_read(true);
        Ok(u64::try_from(item::every(query).await?.len()).unwrap_or(u64::MAX))
    }

    async fn due_of<T: serde::de::DeserializeOwned>(
        self,
        kind: &'static str,
        until: Timestamp,
    ) -> Result<Vec<T>, AwsError> {
        let items = self.0.listed_before(kind, moment(until), MOST).await?;
        Ok(items.into_iter().filter_map(|item| item::readable(item, kind)).collect())
    }
}
