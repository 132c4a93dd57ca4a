//! The ledger: one entry per finding, by its identity, whatever route and however often it comes.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use futures::future::try_join_all;
use jiff::Timestamp;
use muster::finding::{Finding, FindingIdentity, Route};
use muster::id::IncidentId;
use muster::incident::{Actor, Incident, State};
use muster::verdict::{Known, LedgerEntry};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::expiry::named_by;
use super::{Fact, Incidents};
use crate::error::AwsError;
use crate::item::{self, Item, Written, key, n, s};
use crate::secret::token_digest;

/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";

/// Counts a delivery; the entry begins with its first.
const COUNT: &str = "SET first_at = if_not_exists(first_at, :now), last_at = :now \
                     ADD deliveries :one, routes :route";

/// How many of the findings that one belongs with are looked at: a sequence has at most 100 signals
/// (GuardDuty API, `Sequence`), and a transaction 100 writes.
pub(super) const MOST_RELATED: usize = 90;

/// The last incident of an account and type, and when a finding last joined it.
#[derive(Serialize, Deserialize)]
struct Group {
    incident: IncidentId,
    last_at: Timestamp,
}

/// The incident that a finding belongs to, by itself or by what it belongs with: where those of one
/// attack sequence meet, in whatever order they come.
#[derive(Serialize, Deserialize)]
struct Linked {
    incident: IncidentId,
}

/// The partition of a finding's group. Drills have groups of their own, and each that somebody asks for has one to
/// itself.
pub(super) fn group(finding: &Finding) -> String {
    let group = format!("{}#{}", finding.account, finding.incident_type.name());
    match &finding.drill {
        None => format!("group#{group}"),
        Some(_) if finding.route == Route::Drill => format!("group#{}", finding.identity),
        Some(_) => format!("group#drill#{group}"),
    }
}

fn group_key(finding: &Finding) -> Item {
    key(group(finding), "group")
}

/// The partition of a finding's ledger entry and link.
pub(super) fn entry(identity: &FindingIdentity) -> String {
    format!("finding#{identity}")
}

fn link_key(identity: &FindingIdentity) -> Item {
    key(entry(identity), "link")
}

fn ledger_key(identity: &FindingIdentity) -> Item {
    key(entry(identity), "ledger")
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

    /// What bears on a finding. What a finding joins is looked up only for one that is `new` and
    /// worth joining: most are neither.
    ///
    /// # Errors
    /// The failed call.
    pub async fn known(&self, finding: &Finding, new: bool) -> Result<Known, AwsError> {
        let entry = self.ledger(&finding.identity).await?;
        if let Some(id) = entry.as_ref().and_then(|entry| entry.incident.as_ref()) {
            let own = self.incident(id).await?;
            // What has come back may join others that have.
            if own.as_ref().is_some_and(|own| own.status == State::Resolved) && new {
                return Ok(Known { own, ..self.surroundings(finding, entry).await? });
            }
            return Ok(Known { entry, own, ..Known::default() });
        }
        if !new {
            return Ok(Known { entry, ..Known::default() });
        }
        self.surroundings(finding, entry).await
    }

    /// What a finding could join: incidents of those it belongs with, and of its group.
    async fn surroundings(
        &self,
        finding: &Finding,
        entry: Option<LedgerEntry>,
    ) -> Result<Known, AwsError> {
        let related = finding.related.iter().take(MOST_RELATED);
        let link = async |identity: &FindingIdentity| {
            let linked = self.stored::<Linked>(link_key(identity)).await?;
            Ok::<_, AwsError>((identity.clone(), linked.map(|linked| linked.incident)))
        };
        let links = try_join_all(related.chain([&finding.identity]).map(link));
        let (group, links) = tokio::try_join!(self.stored::<Group>(group_key(finding)), links)?;
        let links: BTreeMap<_, _> = links.into_iter().collect();
        let ids: BTreeSet<&IncidentId> = links.values().flatten().collect();
        let related = try_join_all(ids.into_iter().map(|id| self.incident(id))).await?;
        let related = related.into_iter().flatten().collect();
        let group = match group {
            None => None,
            Some(Group { incident, last_at }) => {
                self.incident(&incident).await?.map(|incident| (incident, last_at))
            }
        };
        Ok(Known { entry, own: None, related, links, group })
    }

    async fn stored<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, AwsError> {
        self.item(key).await?.map(item::read).transpose()
    }

    /// Opens an incident, all in one transaction: the ledger entry and the group name it, it is
    /// there, and its timeline begins. Of two who try at the same moment, also for two findings of
    /// one group, one reads [`Written::Conflict`].
    ///
    /// # Errors
    /// The failed call.
    pub async fn open(&self, incident: &Incident, known: &Known) -> Result<Written, AwsError> {
        let finding = &incident.finding;
        let after = match &incident.previous {
            None => String::new(),
            Some(previous) => format!(" It has come back after incident {previous}."),
        };
        let fact = Fact {
            at: incident.opened_at,
            what: "opened".to_owned(),
            by: Actor::Muster.to_string(),
            text: format!("Opened by a {} finding.{after}", incident.severity.name()),
        };
        let new = Some("attribute_not_exists(pk)");
        let opened = named_by(Self::fact_item(&incident.id, "opened", &fact)?, finding);
        let mut writes = vec![
            self.name_incident(finding, incident, known, incident.opened_at, false)?,
            item::put(&self.table, Self::incident_item(incident)?, new, vec![])?,
            item::put(&self.table, opened, new, vec![])?,
            self.due_put(&incident.id, incident.first_turn(), incident.opened_at)?,
            self.duties_put(&incident.id, incident.opened_at)?,
        ];
        let group = Group { incident: incident.id.clone(), last_at: incident.opened_at };
        let item = item::write(group_key(finding), &group)?;
        writes.push(match &known.group {
            None => item::put(&self.table, item, new, vec![])?,
            // Also unchanged in when a finding last joined it: another may have made it fresh again.
            Some((before, last)) => {
                let values =
                    vec![(":before", s(before.id.as_str())), (":last", s(last.to_string()))];
                let same = Some("incident = :before AND last_at = :last");
                item::put(&self.table, item, same, values)?
            }
        });
        writes.extend(self.links(finding, known, &incident.id)?);
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Writes an incident that a finding has joined, with the ledger entry that names it and a line
    /// on its timeline. If it has become more serious, the entry says that an escalation has still
    /// to be started.
    ///
    /// # Errors
    /// The failed call.
    pub async fn join(
        &self,
        before: &Incident,
        after: &Incident,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let raised = after.run > before.run;
        let (what, text) = if raised {
            let (from, to) = (before.severity.name(), after.severity.name());
            let text = if after.severity > before.severity {
                format!("A finding raised it from {from} to {to}.")
            } else {
                "A finding joined, and nobody was being paged any more: it begins anew.".to_owned()
            };
            ("raised", text)
        } else {
            ("attached", format!("A {} finding joined.", finding.severity.name()))
        };
        let text = format!("{text} Type: {}.", finding.finding_type);
        let by = Actor::Muster.to_string();
        let fact = Fact { at: now, what: what.to_owned(), by, text };
        let digest = token_digest(&finding.identity.to_string());
        let name = format!("{what}#{:04}#{digest}", after.run);
        let version = vec![(":before", n(before.version))];
        let item = Self::incident_item(after)?;
        let joined = named_by(Self::fact_item(&after.id, &name, &fact)?, finding);
        let mut writes = vec![
            self.name_incident(finding, after, known, now, !raised)?,
            item::put(&self.table, item, Some("version = :before"), version)?,
            item::put(&self.table, joined, None, vec![])?,
        ];
        if known.group.as_ref().is_some_and(|(incident, _)| incident.id == after.id) {
            let group = Group { incident: after.id.clone(), last_at: now };
            let item = item::write(group_key(finding), &group)?;
            let values = vec![(":before", s(after.id.as_str()))];
            writes.push(item::put(&self.table, item, Some("incident = :before"), values)?);
        }
        if raised {
            writes.push(self.due_put(&after.id, after.first_turn(), now)?);
        }
        writes.extend(self.links(finding, known, &after.id)?);
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// The write that lets a finding's ledger entry name its incident, if it names what was read.
    fn name_incident(
        &self,
        finding: &Finding,
        incident: &Incident,
        known: &Known,
        now: Timestamp,
        started: bool,
    ) -> Result<TransactWriteItem, AwsError> {
        let mut ledger = Update::builder()
            .table_name(&self.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression(COUNT.replace(
                "last_at = :now",
                "last_at = :now, incident = :incident, started = :started, asked_run = :run",
            ))
            .expression_attribute_values(":run", n(incident.run))
            .expression_attribute_values(":now", s(now.to_string()))
            .expression_attribute_values(":one", n(1u8))
            .expression_attribute_values(":route", route(finding))
            .expression_attribute_values(":incident", s(incident.id.as_str()))
            .expression_attribute_values(":started", AttributeValue::Bool(started));
        ledger = match known.entry.as_ref().and_then(|entry| entry.incident.as_ref()) {
            None => ledger.condition_expression("attribute_not_exists(incident)"),
            Some(before) => ledger
                .condition_expression("incident = :before")
                .expression_attribute_values(":before", s(before.as_str())),
        };
        let ledger = ledger.build().map_err(|_| AwsError::shape("building an update"))?;
        Ok(TransactWriteItem::builder().update(ledger).build())
    }

    /// Links a finding, and those it belongs with that belong to no open incident, to its incident. Each
    /// link must be as it was read: of a sequence and its member that come at the same moment, one then
    /// finds the other. What was known before keeps its links.
    fn links(
        &self,
        finding: &Finding,
        known: &Known,
        incident: &IncidentId,
    ) -> Result<Vec<TransactWriteItem>, AwsError> {
        let open = |id: &IncidentId| {
            let incident = known.related.iter().find(|incident| incident.id == *id);
            incident.is_some_and(|incident| incident.status != State::Resolved)
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
            item::put(&self.table, item, Some(condition), values)
        };
        loose.map(put).collect()
    }

    /// Links those that a finding belongs with to its open incident, unless they are linked: an earlier
    /// copy of it may not have named them. ASFF does not name a sequence.
    ///
    /// # Errors
    /// The failed call.
    pub async fn adopt(&self, finding: &Finding, incident: &IncidentId) -> Result<(), AwsError> {
        let linked = Linked { incident: incident.clone() };
        let one = async |identity: &FindingIdentity| -> Result<(), AwsError> {
            let put = self.client.put_item().table_name(&self.table);
            let put = put.set_item(Some(item::write(link_key(identity), &linked)?));
            let end = put.condition_expression("attribute_not_exists(pk)").send().await;
            match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
                Err(error) if error.code != REFUSED => Err(error),
                _ => Ok(()),
            }
        };
        try_join_all(finding.related.iter().take(MOST_RELATED).map(one)).await.map(drop)
    }

    /// Notes that the last escalation of this finding's incident, as it was read, has started. If the
    /// finding has asked for a later one since, or is of another incident, that is for others to note.
    ///
    /// # Errors
    /// The failed call.
    pub async fn started(
        &self,
        identity: &FindingIdentity,
        incident: &Incident,
    ) -> Result<(), AwsError> {
        const OURS: &str =
            "incident = :incident AND (attribute_not_exists(asked_run) OR asked_run <= :run)";
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(ledger_key(identity)))
            .update_expression("SET started = :started")
            .condition_expression(OURS)
            .expression_attribute_values(":incident", s(incident.id.as_str()))
            .expression_attribute_values(":run", n(incident.run))
            .expression_attribute_values(":started", AttributeValue::Bool(true));
        let end = item::despite_collisions(|| {
            let send = update.clone().send();
            async {
                send.await.map(drop).map_err(|error| AwsError::of("dynamodb:UpdateItem", &error))
            }
        })
        .await;
        match end {
            Err(error) if error.code == REFUSED => Ok(()),
            end => end,
        }
    }
}

fn route(finding: &Finding) -> AttributeValue {
    AttributeValue::Ss(vec![finding.route.name().to_owned()])
}
