//! The ledger: one entry per finding, by its identity, whatever route and however often it comes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join_all;
use jiff::Timestamp;
use muster_domain::finding::{Finding, FindingIdentity, FindingSource, InactiveReason};
use muster_domain::incident::verdict::{Known, LedgerEntry, ReportAttributes};
use muster_domain::incident::{Incident, IncidentStatus};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::fact::others_active;
use super::links::{Linked, MOST_RELATED, link_key};
use super::{Ledger, TimelineEvent};
use crate::item;
use crate::item::{Item, Written, key, n, s};

/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";

/// The last incident of an account and type, and when a finding last joined it.
#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) incident: IncidentId,
    pub(super) last_at: Timestamp,
}

/// The partition of a finding's group. Drills have groups of their own, and each that somebody asks for has one to
/// itself.
pub(super) fn group(finding: &Finding) -> String {
    let group = format!("{}#{}", finding.account, finding.incident_type.name());
    match &finding.drill {
        None => format!("group#{group}"),
        Some(_) if finding.source == FindingSource::Drill => format!("group#{}", finding.identity),
        Some(_) => format!("group#drill#{group}"),
    }
}

pub(super) fn group_key(finding: &Finding) -> Item {
    key(group(finding), "group")
}

/// The partition of a finding's ledger entry and link.
pub(super) fn entry(identity: &FindingIdentity) -> String {
    format!("finding#{identity}")
}

pub(super) fn ledger_key(identity: &FindingIdentity) -> Item {
    key(entry(identity), "ledger")
}

/// An update of a ledger entry that counts a delivery; the entry begins with its first.
pub(super) struct Counted {
    pub(super) expression: String,
    pub(super) values: HashMap<String, AttributeValue>,
}

/// Counts a delivery, keeps what its route says of the finding, and sets and removes what else is given. The write demands
/// that the entry is as it was read.
pub(super) fn counted(
    finding: &Finding,
    known: &Known,
    sets: &[(&'static str, AttributeValue)],
    removes: &[&str],
    now: Timestamp,
) -> Counted {
    let mut values = HashMap::from([
        (":now".to_owned(), s(now.to_string())),
        (":one".to_owned(), n(1u8)),
        (":source".to_owned(), AttributeValue::Ss(vec![finding.source.name().to_owned()])),
    ]);
    let mut set = vec!["first_at = if_not_exists(first_at, :now)".to_owned()];
    set.push("last_at = :now".to_owned());
    let mut gone: Vec<&str> = removes.to_vec();
    for (name, value) in sets {
        set.push(format!("{name} = :{name}"));
        values.insert(format!(":{name}"), value.clone());
    }
    let late = known.late(finding, now);
    let names = ReportAttributes::of(finding.source);
    if let Some((names, at)) = names.as_ref().zip(known.newly_active(finding, now)) {
        set.push(format!("{} = :active", names.active_at));
        values.insert(":active".to_owned(), s(at.to_string()));
    }
    if let Some(ReportAttributes { inactive, inactive_at, .. }) = names.as_ref().filter(|_| !late) {
        // A sample that is taken for a drill is one by every other route, too.
        let sample = finding.drill.is_some().then_some(InactiveReason::Sample);
        match finding.inactive_reason.or(sample).and_then(|quiet| serde_json::to_value(quiet).ok())
        {
            Some(quiet) => {
                set.push(format!("{inactive} = :inactive"));
                set.push(format!("{inactive_at} = :now"));
                values.insert(":inactive".to_owned(), s(quiet.as_str().unwrap_or_default()));
            }
            None => gone.extend([inactive.as_str(), inactive_at.as_str()]),
        }
    }
    // What was closed once stays so until its own route reopens it: also while no incident wants to know.
    if finding.inactive_reason.is_some_and(InactiveReason::closed)
        && !late
        && !removes.contains(&CLOSED_AT)
    {
        let closed_at = finding.reported_at.unwrap_or(now);
        set.push("closed_at = if_not_exists(closed_at, :closed)".to_owned());
        set.push("closed_by = if_not_exists(closed_by, :by)".to_owned());
        let by = serde_json::to_value(finding.source).ok();
        let by = by.as_ref().and_then(|by| by.as_str()).unwrap_or_default();
        values.insert(":closed".to_owned(), s(closed_at.to_string()));
        values.insert(":by".to_owned(), s(by));
    }
    let remove =
        if gone.is_empty() { String::new() } else { format!(" REMOVE {}", gone.join(", ")) };
    let set = set.join(", ");
    Counted {
        expression: format!("SET {set} ADD deliveries :one, sources :source{remove}"),
        values,
    }
}

/// Since when, and by which route, a finding is closed.
pub(super) const CLOSED_AT: &str = "closed_at";
pub(super) const CLOSED_BY: &str = "closed_by";

/// The condition that an entry is as it was read: its incident, how severe that has heard it is, since when it is closed,
/// and when `route` reported it active. Of two copies at the same moment, one then finds what the other says.
pub(super) fn as_read(
    known: &Known,
    route: FindingSource,
) -> (String, Vec<(&'static str, AttributeValue)>) {
    let entry = known.entry.as_ref();
    let incident = entry.and_then(|entry| entry.incident.as_ref());
    let closed_at = entry.and_then(|entry| entry.closed_at);
    let active_at = entry.and_then(|entry| entry.reports.of(route).active_at);
    let told = entry.and_then(|entry| entry.notified_severity);
    let time = |at: Timestamp| s(at.to_string());
    let mut read = vec![
        ("incident", ":read_incident", incident.map(|id| s(id.as_str()))),
        ("notified_severity", ":read_notified", told.map(|severity| s(severity.name()))),
        (CLOSED_AT, ":read_closed_at", closed_at.map(time)),
    ];
    let names = ReportAttributes::of(route);
    let active_mark = names.as_ref().map(|names| names.active_at.as_str());
    read.extend(active_mark.map(|mark| (mark, ":read_active_at", active_at.map(time))));
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    for (name, placeholder, value) in read {
        match value {
            None => conditions.push(format!("attribute_not_exists({name})")),
            Some(value) => {
                conditions.push(format!("{name} = {placeholder}"));
                values.push((placeholder, value));
            }
        }
    }
    (conditions.join(" AND "), values)
}

impl Ledger<'_> {
    /// What is known of the finding with this identity.
    ///
    /// # Errors
    /// The failed call.
    pub async fn entry(self, identity: &FindingIdentity) -> Result<Option<LedgerEntry>, AwsError> {
        self.0.item(ledger_key(identity)).await?.map(item::read).transpose()
    }

    /// Counts one more delivery of a finding. One that says whether it is active or closed is counted only if the entry is as
    /// it was read: an incident that it has since, or an opposite word that came at the same moment, asks for more.
    ///
    /// # Errors
    /// The failed call.
    pub async fn count(
        self,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let event = finding.custom_action.as_ref().map(|asked| s(asked.event.as_str()));
        let sets: Vec<_> = event.map(|event| ("asked_event", event)).into_iter().collect();
        let counted = counted(finding, known, &sets, &[], now);
        let mut update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression(counted.expression)
            .set_expression_attribute_values(Some(counted.values));
        if finding.inactive_reason.is_some_and(InactiveReason::closed) || finding.source.reports() {
            let (condition, values) = as_read(known, finding.source);
            update = update.condition_expression(condition);
            for (name, value) in values {
                update = update.expression_attribute_values(name, value);
            }
        }
        let end = item::despite_collisions(|| {
            let send = update.clone().send();
            async {
                send.await.map(drop).map_err(|error| AwsError::of("dynamodb:UpdateItem", &error))
            }
        });
        match end.await {
            Ok(()) => Ok(Written::Done),
            Err(error) if error.code == REFUSED => Ok(Written::Conflict),
            Err(error) => Err(error),
        }
    }

    /// What bears on a finding. What a finding joins is looked up only for one that is worth joining: most are not.
    /// An incident that is missing, since it has expired, is as good as none.
    ///
    /// # Errors
    /// The failed call.
    pub async fn known(self, finding: &Finding) -> Result<Known, AwsError> {
        let entry = self.entry(&finding.identity).await?;
        let own = match entry.as_ref().and_then(|entry| entry.incident.as_ref()) {
            Some(id) => self.0.incident(id).await?,
            None => None,
        };
        let known = Known { entry, own, ..Known::default() };
        let finding = &*known.judged(finding);
        let quiet = known.quiet(finding).is_some();
        // What is closed and done with is asked no more.
        let done = known.entry.as_ref().is_some_and(|e| e.started && e.closed_at.is_some());
        let closes = finding.inactive_reason.is_some() && !done;
        match &known.own {
            Some(own)
                if own.status != IncidentStatus::Resolved || (closes && own.ended_by_source()) =>
            {
                let others_active = closes && self.others_active(&own.id, finding).await?;
                Ok(Known { others_active, ..known })
            }
            _ if quiet => Ok(known),
            // What is new or has come back may join others.
            _ => self.surroundings(finding, known).await,
        }
    }

    async fn others_active(self, id: &IncidentId, finding: &Finding) -> Result<bool, AwsError> {
        let facts: Vec<TimelineEvent> = self.0.timeline().facts(id).await?.into_values().collect();
        Ok(others_active(&facts, &finding.identity))
    }

    /// What a finding could join: incidents of those it belongs with, and of its group.
    async fn surroundings(self, finding: &Finding, known: Known) -> Result<Known, AwsError> {
        let related = finding.related_findings.iter().take(MOST_RELATED);
        let link = async |identity: &FindingIdentity| {
            let linked = self.stored::<Linked>(link_key(identity)).await?;
            Ok::<_, AwsError>((identity.clone(), linked.map(|linked| linked.incident)))
        };
        let links = try_join_all(related.chain([&finding.identity]).map(link));
        let (group, links) = tokio::try_join!(self.group(finding), links)?;
        let links: BTreeMap<_, _> = links.into_iter().collect();
        let ids: BTreeSet<&IncidentId> = links.values().flatten().collect();
        let related = try_join_all(ids.into_iter().map(|id| self.0.incident(id))).await?;
        let related = related.into_iter().flatten().collect();
        Ok(Known { related, links, group, ..known })
    }

    /// The last incident of a finding's group. A group that names a missing one goes, so that the next can be made.
    async fn group(self, finding: &Finding) -> Result<Option<(Incident, Timestamp)>, AwsError> {
        let Some(Group { incident: id, last_at }) = self.stored(group_key(finding)).await? else {
            return Ok(None);
        };
        if let Some(incident) = self.0.incident(&id).await? {
            return Ok(Some((incident, last_at)));
        }
        let delete = self.0.client.delete_item().table_name(&self.0.table);
        let delete = delete.set_key(Some(group_key(finding)));
        let delete = delete.condition_expression("incident = :missing");
        let end = delete.expression_attribute_values(":missing", s(id.as_str())).send().await;
        match end.map_err(|error| AwsError::of("dynamodb:DeleteItem", &error)) {
            Err(error) if error.code != REFUSED => Err(error),
            _ => Ok(None),
        }
    }

    async fn stored<T: DeserializeOwned>(self, key: Item) -> Result<Option<T>, AwsError> {
        self.0.item(key).await?.map(item::read).transpose()
    }

    /// Notes that all that follows from this finding is done: the last escalation of its incident, as it was read,
    /// has started. If the finding has asked for a later one since, or is of another incident, that is for others to
    /// note. So is what has been closed meanwhile, unless the finding is what closes it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn started(self, finding: &Finding, incident: &Incident) -> Result<(), AwsError> {
        const OURS: &str =
            "incident = :incident AND (attribute_not_exists(asked_run) OR asked_run <= :run)";
        let closes = finding.inactive_reason.is_some() || finding.asks();
        let ours = if closes {
            OURS.to_owned()
        } else {
            format!("{OURS} AND attribute_not_exists(closed_at)")
        };
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression("SET started = :started")
            .condition_expression(ours)
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
