//! The ledger: one entry per finding, by its identity, whatever route and however often it comes.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use jiff::Timestamp;
use muster::finding::{Finding, FindingIdentity};
use muster::incident::{Actor, Incident};
use muster::verdict::LedgerEntry;

use super::{Fact, Incidents};
use crate::error::AwsError;
use crate::item::{self, Item, Written, key, n, s};

/// Counts a delivery; the entry begins with its first.
const COUNT: &str = "SET first_at = if_not_exists(first_at, :now), last_at = :now \
                     ADD deliveries :one, routes :route";

fn ledger_key(identity: &FindingIdentity) -> Item {
    key(format!("finding#{identity}"), "ledger")
}

impl Incidents {
    /// What is known of the finding with this identity.
    ///
    /// # Errors
    /// The failed call.
    pub async fn ledger(
        &self,
        identity: &FindingIdentity,
    ) -> Result<Option<LedgerEntry>, AwsError> {
        self.item(ledger_key(identity)).await?.map(item::read).transpose()
    }

    /// Counts one more delivery of a finding.
    ///
    /// # Errors
    /// The failed call.
    pub async fn count(&self, finding: &Finding, now: Timestamp) -> Result<(), AwsError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression(COUNT)
            .expression_attribute_values(":now", s(now.to_string()))
            .expression_attribute_values(":one", n(1u8))
            .expression_attribute_values(":route", route(finding));
        item::despite_collisions(|| {
            let send = update.clone().send();
            async {
                send.await.map(drop).map_err(|error| AwsError::of("dynamodb:UpdateItem", &error))
            }
        })
        .await
    }

    /// Opens an incident for a finding that has none, all in one transaction: the ledger entry
    /// names the incident, the incident is there, and its timeline begins. Of two who try at the
    /// same moment, one reads [`Written::Conflict`].
    ///
    /// # Errors
    /// The failed call.
    pub async fn open(&self, incident: &Incident) -> Result<Written, AwsError> {
        let now = incident.opened_at;
        let finding = &incident.finding;
        let ledger = Update::builder()
            .table_name(&self.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression(COUNT.replace(
                "last_at = :now",
                "last_at = :now, incident = :incident, paged = :paged, started = :started",
            ))
            .condition_expression("attribute_not_exists(incident)")
            .expression_attribute_values(":now", s(now.to_string()))
            .expression_attribute_values(":one", n(1u8))
            .expression_attribute_values(":route", route(finding))
            .expression_attribute_values(":incident", s(incident.id.as_str()))
            .expression_attribute_values(":paged", s(incident.severity.name()))
            .expression_attribute_values(":started", AttributeValue::Bool(false))
            .build()
            .map_err(|_| AwsError::shape("building an update"))?;
        let fact = Fact {
            at: now,
            what: "opened".to_owned(),
            by: Actor::Muster.to_string(),
            text: format!("Opened by a {} finding.", incident.severity.name()),
        };
        let new = Some("attribute_not_exists(pk)");
        let item = Self::incident_item(incident)?;
        let fact = Self::fact_item(&incident.id, "opened", &fact)?;
        let transaction = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().update(ledger).build())
            .transact_items(item::put(&self.table, item, new, vec![])?)
            .transact_items(item::put(&self.table, fact, new, vec![])?);
        item::written(transaction.send().await)
    }

    /// Notes that the escalation of this finding's incident has started.
    ///
    /// # Errors
    /// The failed call.
    pub async fn started(&self, identity: &FindingIdentity) -> Result<(), AwsError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(ledger_key(identity)))
            .update_expression("SET started = :started")
            .expression_attribute_values(":started", AttributeValue::Bool(true));
        item::despite_collisions(|| {
            let send = update.clone().send();
            async {
                send.await.map(drop).map_err(|error| AwsError::of("dynamodb:UpdateItem", &error))
            }
        })
        .await
    }
}

fn route(finding: &Finding) -> AttributeValue {
    AttributeValue::Ss(vec![finding.route.name().to_owned()])
}
