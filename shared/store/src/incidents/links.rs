//! Links: where the findings of one attack sequence or exposure meet, in whatever order they come.

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures::future::try_join_all;
use muster_domain::finding::{Finding, FindingIdentity};
use muster_domain::incident::IncidentStatus;
use muster_domain::incident::verdict::Known;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};

use super::Links;
use crate::item;
use crate::item::{Item, key, s};

/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";
/// How many of the findings that one belongs with are looked at: a sequence has at most 100 signals
/// (GuardDuty API, `Sequence`), and a transaction 100 writes.
pub(super) const MOST_RELATED: usize = 90;

/// The incident that a finding belongs to, by itself or by what it belongs with.
#[derive(Serialize, Deserialize)]
pub(super) struct Linked {
    pub(super) incident: IncidentId,
}

pub(super) fn link_key(identity: &FindingIdentity) -> Item {
    key(super::ledger::entry(identity), "link")
}

impl Links<'_> {
    /// Links a finding, and those it belongs with that belong to no open incident, to its incident. Each
    /// link must be as it was read: of a sequence and its member that come at the same moment, one then
    /// finds the other. What was known before keeps its links.
    pub(super) fn puts(
        self,
        finding: &Finding,
        known: &Known,
        incident: &IncidentId,
    ) -> Result<Vec<TransactWriteItem>, AwsError> {
        let open = |id: &IncidentId| {
            let incident = known.related.iter().find(|incident| incident.id == *id);
            incident.is_some_and(|incident| incident.status != IncidentStatus::Resolved)
        };
        let loose = known.links.iter().filter(|(identity, linked)| {
            **identity == finding.identity || !linked.as_ref().is_some_and(open)
        });
        let put = |(identity, linked): (&FindingIdentity, &Option<IncidentId>)| {
            let item = item::write(link_key(identity), &Linked { incident: incident.clone() })?;
            let (condition, values) = match linked {
                None => ("attribute_not_exists(pk)", vec![]),
                Some(before) => ("incident = :before", vec![(":before", s(before.as_str()))]),
            };
            item::put(&self.0.table, item, Some(condition), values)
        };
        loose.map(put).collect()
    }

    /// Links those that a finding belongs with to its open incident, unless they are linked: an earlier
    /// copy of it may not have named them. ASFF does not always name a sequence.
    ///
    /// # Errors
    /// The failed call.
    pub async fn adopt(self, finding: &Finding, incident: &IncidentId) -> Result<(), AwsError> {
        let linked = Linked { incident: incident.clone() };
        let one = async |identity: &FindingIdentity| -> Result<bool, AwsError> {
            let put = self.0.client.put_item().table_name(&self.0.table);
            let put = put.set_item(Some(item::write(link_key(identity), &linked)?));
            let put = put.condition_expression("attribute_not_exists(pk)");
            let end = item::despite_collisions(|| {
                let put = put.clone();
                async move {
                    let end = put.send().await;
                    end.map(drop).map_err(|error| AwsError::of("dynamodb:PutItem", &error))
                }
            });
            match end.await {
                Err(error) if error.code != REFUSED => Err(error),
                end => Ok(end.is_ok()),
            }
        };
        let new = try_join_all(finding.related_findings.iter().take(MOST_RELATED).map(one)).await?;
        // So that they expire with the incident. Whoever dies before leaves links to a missing incident, which is none.
        if new.contains(&true) {
            self.0.expiry().note_names(incident, finding).await
        } else {
            Ok(())
        }
    }
}
