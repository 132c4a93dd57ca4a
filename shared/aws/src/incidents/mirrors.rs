//! What is known of incidents' records in Incident Manager.

use std::collections::BTreeMap;

use muster::id::IncidentId;
use muster::mirror::Mirror;

use super::{Fact, Incidents, partition};
use crate::error::AwsError;
use crate::item::{self, Item, Written, key, n, s};

pub(super) const KIND: &str = "mirror";

fn mirror_key(id: &IncidentId) -> Item {
    key(partition(id), KIND)
}

impl Incidents {
    /// What is known of this incident's record, if anything is.
    ///
    /// # Errors
    /// The failed call.
    pub async fn mirror(&self, id: &IncidentId) -> Result<Option<Mirror>, AwsError> {
        self.item(mirror_key(id)).await?.map(item::read).transpose()
    }

    /// Keeps what is known in the place of the version before, with its version one higher.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_mirror(&self, mirror: &mut Mirror) -> Result<Written, AwsError> {
        let before = mirror.version;
        let next = Mirror { version: before + 1, ..mirror.clone() };
        let mut keys = mirror_key(&mirror.incident);
        if !next.settled() {
            keys.insert("list_key".to_owned(), s(KIND));
            keys.insert("sort".to_owned(), s(next.incident.to_string()));
        }
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(item::write(keys, &next)?));
        let put = if before == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            let put = put.condition_expression("version = :before");
            put.expression_attribute_values(":before", n(before))
        };
        match put.send().await.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Ok(_) => {
                mirror.version = next.version;
                Ok(Written::Done)
            }
            Err(error) if error.code == "ConditionalCheckFailedException" => Ok(Written::Conflict),
            Err(error) => Err(error),
        }
    }

    /// The incidents whose records are not settled yet. The index follows a write within moments.
    ///
    /// # Errors
    /// The failed call.
    pub async fn open_mirrors(&self) -> Result<Vec<IncidentId>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :mirror")
            .expression_attribute_values(":mirror", s(KIND))
            .projection_expression("sort");
        let items = item::every(query).await?;
        Ok(items.iter().filter_map(|item| item::sort_in(item)?.parse().ok()).collect())
    }

    /// The facts of an incident by their names.
    ///
    /// # Errors
    /// The failed call.
    pub async fn facts(&self, id: &IncidentId) -> Result<BTreeMap<String, Fact>, AwsError> {
        let mut facts = BTreeMap::new();
        for item in self.part(partition(id), "fact#".to_owned()).await? {
            let name = item.get("sk").and_then(|sk| sk.as_s().ok());
            let name = name.and_then(|sk| sk.strip_prefix("fact#")).map(str::to_owned);
            facts.extend(name.zip(item::readable(item, "fact")));
        }
        Ok(facts)
    }

    /// Adds a line to the timeline, unless there is one of this name.
    ///
    /// # Errors
    /// The failed call.
    pub async fn note(&self, id: &IncidentId, name: &str, fact: &Fact) -> Result<(), AwsError> {
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(Self::fact_item(id, name, fact)?));
        let end = put.condition_expression("attribute_not_exists(pk)").send().await;
        match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Err(error) if error.code != "ConditionalCheckFailedException" => Err(error),
            _ => Ok(()),
        }
    }
}
