//! Deletes expired incidents: first what names an incident, then what it holds, its own item last.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::duty::retention::Retention;
use muster_domain::finding::Finding;
use muster_domain::incident::{Incident, IncidentStatus};
use muster_domain::value::id::IncidentId;
use muster_domain::value::incident_type::IncidentType;
use muster_runtime::error::AwsError;
use muster_runtime::secret::token_digest;

use super::links::MOST_RELATED;
use super::{Expiry, KIND, List, incident_key, ledger, moment, partition};
use crate::item;
use crate::item::{Item, key, s};

/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";
/// The attribute of a timeline item that holds the partition keys of what its finding lets name the incident.
const NAMED_BY: &str = "named_by";
/// How many items of an incident are deleted at a time.
const AT_ONCE: usize = 16;

/// Notes on the item of a timeline line which groups, ledger entries and links this finding lets name the incident, so
/// that they can be found from it.
pub(super) fn named_by(mut fact: Item, finding: &Finding) -> Item {
    let related = finding.related_findings.iter().take(MOST_RELATED);
    let all = related.chain([&finding.identity]).map(ledger::entry);
    let all: BTreeSet<String> = all.chain([ledger::group(finding)]).collect();
    fact.insert(NAMED_BY.to_owned(), AttributeValue::Ss(all.into_iter().collect()));
    fact
}

/// What can name an incident that an older version opened, which noted nothing: its group, by whichever type its finding
/// had then, and the entries of the finding it shows.
fn named_before(incident: &Incident) -> impl Iterator<Item = String> {
    let finding = &incident.finding;
    let groups = IncidentType::ALL.into_iter().map(|r#type| {
        ledger::group(&Finding {
            account: incident.account.clone(),
            incident_type: r#type,
            ..finding.clone()
        })
    });
    groups.chain(finding.related_findings.iter().chain([&finding.identity]).map(ledger::entry))
}

fn sk(item: &Item) -> &str {
    item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str)
}

impl Expiry<'_> {
    /// Notes in an incident's partition what a finding lets name the incident, where no line of the timeline does.
    pub(super) async fn note_names(
        self,
        id: &IncidentId,
        finding: &Finding,
    ) -> Result<(), AwsError> {
        let digest = token_digest(&finding.identity.to_string());
        let item = named_by(key(partition(id), format!("names#{digest}")), finding);
        let put =
            self.0.client.put_item().table_name(&self.0.table).set_item(Some(item)).send().await;
        put.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
    }

    /// Returns the ids of resolved incidents of one list that have expired, duties aside, the oldest first and `most` at
    /// most. The index follows a write within moments, so that one that is gone can be among them.
    ///
    /// # Errors
    /// [`AwsError`] if the index cannot be read.
    pub async fn expired(
        self,
        list: List,
        retention: &Retention,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<IncidentId>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .index_name("by-list")
            .key_condition_expression("list_key = :list AND sort < :until")
            .filter_expression("#status = :resolved")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":list", s(list.key()))
            .expression_attribute_values(":until", s(moment(retention.opened_before(now))))
            .expression_attribute_values(":resolved", s(IncidentStatus::Resolved.name()));
        let mut items = query.into_paginator().items().send();
        let mut ids = Vec::new();
        while ids.len() < most
            && let Some(item) = items.next().await
        {
            let item = item.map_err(|error| AwsError::of("dynamodb:Query", &error))?;
            let incident = item::readable::<Incident>(item, KIND);
            let incident = incident.filter(|incident| retention.expired(incident, &[], now));
            ids.extend(incident.map(|incident| incident.id));
        }
        Ok(ids)
    }

    /// Deletes an incident if it has expired, and says whether it was. Each deletion is conditional or repeatable, and the
    /// incident's own item is the last: a run that stops is completed by the next.
    ///
    /// # Errors
    /// [`AwsError`] if something could not be read or deleted; the next run goes on there.
    pub async fn expire(
        self,
        id: &IncidentId,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<bool, AwsError> {
        let items = self.0.proofs().partition_of(partition(id)).await?;
        let own = items.iter().find(|item| sk(item) == KIND).cloned();
        let Some(incident) = own.and_then(|own| item::readable::<Incident>(own, KIND)) else {
            return Ok(false);
        };
        let duties = items.iter().filter(|item| sk(item).starts_with("deadline#")).cloned();
        let duties: Vec<NotificationDeadline> =
            duties.filter_map(|item| item::readable(item, "duty")).collect();
        if !retention.expired(&incident, &duties, now) {
            return Ok(false);
        }
        let noted = |item: &Item| item.get(NAMED_BY).and_then(|all| all.as_ss().ok()).cloned();
        let mut names: BTreeSet<String> = items.iter().filter_map(noted).flatten().collect();
        if items.iter().any(|item| sk(item) == "event#opened" && !item.contains_key(NAMED_BY)) {
            names.extend(named_before(&incident));
        }
        // Groups first: `group#…` stands for a group, `finding#…` for an entry and a link.
        let (groups, entries): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|pk| pk.starts_with("group#"));
        let groups = groups.into_iter().map(|pk| key(pk, "group")).collect();
        self.delete_all(groups, Some(id)).await?;
        let entries =
            entries.into_iter().flat_map(|pk| [key(pk.clone(), "ledger"), key(pk, "link")]);
        self.delete_all(entries.collect(), Some(id)).await?;
        let held = items.iter().map(sk).filter(|sk| *sk != KIND);
        self.delete_all(held.map(|sk| key(partition(id), sk)).collect(), None).await?;
        self.delete_all(vec![incident_key(id)], None).await?;
        Ok(true)
    }

    /// Deletes these items, those that do not name `naming` aside if it is given.
    async fn delete_all(
        self,
        keys: Vec<Item>,
        naming: Option<&IncidentId>,
    ) -> Result<(), AwsError> {
        let one = async |key: Item| {
            let delete = self.0.client.delete_item().table_name(&self.0.table).set_key(Some(key));
            let delete = match naming {
                None => delete,
                Some(id) => delete
                    .condition_expression("incident = :id")
                    .expression_attribute_values(":id", s(id.as_str())),
            };
            let end = item::despite_collisions(|| {
                let send = delete.clone().send();
                async {
                    let end = send.await.map(drop);
                    end.map_err(|error| AwsError::of("dynamodb:DeleteItem", &error))
                }
            });
            match end.await {
                // It names a later incident, or is gone.
                Err(error) if error.code == REFUSED => Ok(()),
                end => end,
            }
        };
        futures::stream::iter(keys).map(one).buffer_unordered(AT_ONCE).try_collect().await
    }
}
