//! What is known of incidents' records in Incident Manager.

use jiff::Timestamp;
use muster_domain::incident_manager::mirror::Mirror;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;

use super::{Mirrors, partition};
use crate::item;
use crate::item::{Item, Written, key, n, s};

pub(super) const KIND: &str = "mirror";
/// What the place of a record in the list begins with. Earlier releases had the incident's id there, which
/// sorts before it.
const UNTIL: &str = "until#";
/// How many records without a time are looked at together.
const MOST_UNDATED: i32 = 25;

/// The place in the list of what is looked at until then: text order is time order.
fn sort(until: Timestamp) -> String {
    format!("{UNTIL}{:014}", until.as_millisecond().max(0))
}

fn incident_in(item: &Item) -> Option<IncidentId> {
    item::sort_in(item)?.rsplit('#').next()?.parse().ok()
}

fn mirror_key(id: &IncidentId) -> Item {
    key(partition(id), KIND)
}

impl Mirrors<'_> {
    /// What is known of this incident's record, if anything is.
    ///
    /// # Errors
    /// The failed call.
    pub async fn mirror(self, id: &IncidentId) -> Result<Option<Mirror>, AwsError> {
        self.0.item(mirror_key(id)).await?.map(item::read).transpose()
    }

    /// Keeps what is known in the place of the version before, with its version one higher. The schedule
    /// looks at it until `look_until`; `None` is never.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_mirror(
        self,
        mirror: &mut Mirror,
        look_until: Option<Timestamp>,
    ) -> Result<Written, AwsError> {
        let before = mirror.version;
        let next = Mirror { version: before + 1, ..mirror.clone() };
        let mut keys = mirror_key(&mirror.incident);
        if let Some(until) = look_until {
            keys.insert("list_key".to_owned(), s(KIND));
            keys.insert("sort".to_owned(), s(format!("{}#{}", sort(until), next.incident)));
        }
        let put = self.0.client.put_item().table_name(&self.0.table);
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

    /// The incidents whose records are to be looked at, those whose time is over soonest first. What is
    /// over is not read. The index follows a write within moments.
    ///
    /// # Errors
    /// The failed call.
    pub async fn open_mirrors(self, now: Timestamp) -> Result<Vec<IncidentId>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :mirror AND sort BETWEEN :now AND :last")
            .expression_attribute_values(":mirror", s(KIND))
            .expression_attribute_values(":now", s(sort(now)))
            .expression_attribute_values(":last", s(format!("{UNTIL}~")))
            .projection_expression("sort");
        Ok(item::every(query).await?.iter().filter_map(incident_in).collect())
    }

    /// Some incidents whose records an earlier release has listed, without a time: each is looked at once
    /// more, which gives it one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn undated_mirrors(self) -> Result<Vec<IncidentId>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :mirror AND sort < :dated")
            .expression_attribute_values(":mirror", s(KIND))
            .expression_attribute_values(":dated", s(UNTIL))
            .projection_expression("sort")
            .limit(MOST_UNDATED);
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        Ok(answer.items().iter().filter_map(incident_in).collect())
    }
}
