//! The clocks of notification duties: one item for each incident and organization, found by what is due.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;
use muster_domain::duty::clock::NotificationDeadline;
use muster_domain::finding::Finding;
use muster_domain::incident::Incident;
use muster_domain::value::id::{IncidentId, ResourceId};
use muster_domain::value::incident_type::IncidentType;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};

use super::{Duties, Incidents, TimelineEvent, moment, partition};
use crate::item;
use crate::item::{Item, Written, key, n, s};

pub(super) const KIND: &str = "deadline";
/// How often a write that meets others on its item is tried.
const MOST_RACES: usize = 20;
/// How many clocks one look finds; the next look is a minute later.
const MOST: i32 = 100;

/// An incident whose duties nobody has looked up yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Unasked {
    incident: IncidentId,
    /// What the finding is; what the incident is, if an older version wrote this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident_type: Option<IncidentType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    /// Whether it joined.
    #[serde(default)]
    joined: bool,
}

/// A finding whose duties are to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDuties {
    /// The incident.
    pub incident: IncidentId,
    /// What the finding is, if it says so.
    pub incident_type: Option<IncidentType>,
    /// When it came, if it says so.
    pub at: Option<Timestamp>,
    key: String,
}

/// What wants to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyDue {
    /// An incident has opened, or a finding of another type has joined: which duties does that carry?
    Opened(OpenedDuties),
    /// A clock has come to a time at which people are told.
    Clock(Box<NotificationDeadline>),
}

/// Its place sorts behind the incident and before its sends.
fn clock_key(incident: &IncidentId, resource: &ResourceId) -> Item {
    key(partition(incident), format!("{KIND}#{resource}"))
}

/// Not in the range of the clocks: what has opened has no organization yet.
fn joined_place(incident_type: IncidentType) -> String {
    format!("duties#{}", incident_type.name())
}

fn due(mut keys: Item, at: Timestamp, rest: &str) -> Item {
    keys.insert("list_key".to_owned(), s(KIND));
    keys.insert("sort".to_owned(), s(place(at, rest)));
    keys
}

/// A place in the order of time.
fn place(at: Timestamp, rest: &str) -> String {
    format!("{}#{rest}", moment(at))
}

impl Duties<'_> {
    /// The write that asks for an incident's duties to be looked up, for the transaction that opens it.
    pub(super) fn duties_put(self, incident: &Incident) -> Result<TransactWriteItem, AwsError> {
        let (id, at) = (&incident.id, incident.opened_at);
        let keys = due(key(partition(id), KIND), at, id.as_str());
        let unasked = Unasked {
            incident: id.clone(),
            incident_type: Some(incident.r#type),
            at: Some(at),
            joined: false,
        };
        item::put(&self.0.table, item::write(keys, &unasked)?, None, vec![])
    }

    /// The write that asks for the duties of a finding that joins an incident of another type; none if the incident's
    /// own type has asked for them. Findings of one group are of one type, so this is for those of a sequence.
    pub(super) fn duties_of(
        self,
        incident: &Incident,
        finding: &Finding,
        at: Timestamp,
    ) -> Result<Option<TransactWriteItem>, AwsError> {
        let of = finding.incident_type;
        if of == incident.r#type {
            return Ok(None);
        }
        let id = &incident.id;
        let keys = due(key(partition(id), joined_place(of)), at, &format!("{id}#{}", of.name()));
        let unasked =
            Unasked { incident: id.clone(), incident_type: Some(of), at: Some(at), joined: true };
        // The first finding of a type stays, since the deadline counts from it.
        let place = key(partition(id), joined_place(of));
        let (mut sets, mut update) = (Vec::new(), Update::builder().table_name(&self.0.table));
        for (index, (name, value)) in item::write(keys, &unasked)?.into_iter().enumerate() {
            if !place.contains_key(&name) {
                sets.push(format!("#n{index} = if_not_exists(#n{index}, :v{index})"));
                update = update
                    .expression_attribute_names(format!("#n{index}"), name)
                    .expression_attribute_values(format!(":v{index}"), value);
            }
        }
        let update =
            update.set_key(Some(place)).update_expression(format!("SET {}", sets.join(", ")));
        let update = update.build().map_err(|_| AwsError::shape("building an update"))?;
        Ok(Some(TransactWriteItem::builder().update(update).build()))
    }

    /// Asks for the duties of a finding that joins an incident of another type. Others that join it at the same moment
    /// write the same item, so it is no part of what they write of their own.
    pub(super) async fn ask_duties(
        self,
        incident: &Incident,
        finding: &Finding,
        at: Timestamp,
    ) -> Result<(), AwsError> {
        let Some(write) = self.duties_of(incident, finding, at)? else { return Ok(()) };
        for _ in 0..MOST_RACES {
            let transaction = self.0.client.transact_write_items().transact_items(write.clone());
            if item::written(transaction.send().await)? == Written::Done {
                return Ok(());
            }
            item::pause().await;
        }
        Err(AwsError::late("asking for duties"))
    }

    fn clock_put(self, clock: &NotificationDeadline) -> Result<TransactWriteItem, AwsError> {
        let mut keys = clock_key(&clock.incident, &clock.resource);
        if let Some(at) = clock.next_at() {
            keys = due(keys, at, &format!("{}#{}", clock.incident, clock.resource));
        }
        let item = item::write(keys, clock)?;
        match clock.version {
            1 => item::put(&self.0.table, item, Some("attribute_not_exists(pk)"), vec![]),
            version => {
                let values = vec![(":before", n(version - 1))];
                item::put(&self.0.table, item, Some("version = :before"), values)
            }
        }
    }

    /// What is due at `now`, the oldest first.
    ///
    /// # Errors
    /// The failed call.
    pub async fn duties_due(self, now: Timestamp) -> Result<Vec<DutyDue>, AwsError> {
        let until = format!("{}~", moment(now));
        let items = self.0.listed_before(KIND, until, MOST).await?;
        let of = |item: Item| {
            if item.contains_key("resource") {
                item::readable(item, KIND).map(|clock| DutyDue::Clock(Box::new(clock)))
            } else {
                item::readable(item, KIND).map(|unasked: Unasked| {
                    let joined = unasked.incident_type.filter(|_| unasked.joined);
                    DutyDue::Opened(OpenedDuties {
                        key: joined.map_or_else(|| KIND.to_owned(), joined_place),
                        incident: unasked.incident,
                        incident_type: unasked.incident_type,
                        at: unasked.at,
                    })
                })
            }
        };
        Ok(items.into_iter().filter_map(of).collect())
    }

    /// Puts what could not be handled behind the rest that is due. A clock that has moved on since stays where it is.
    ///
    /// # Errors
    /// [`AwsError`] if the table cannot be written: then it keeps its place.
    pub async fn defer_duty(self, due: &DutyDue, now: Timestamp) -> Result<(), AwsError> {
        let (keys, rest) = match due {
            DutyDue::Opened(opened) => {
                (key(partition(&opened.incident), opened.key.clone()), opened.incident.to_string())
            }
            DutyDue::Clock(clock) => {
                (clock_key(&clock.incident, &clock.resource), clock.incident.to_string())
            }
        };
        let set = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(keys))
            .update_expression("SET #sort = :sort")
            .condition_expression("#sort < :sort")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":sort", s(place(now, &rest)));
        let failed = set.send().await.err();
        let failed = failed.map(|error| AwsError::of("dynamodb:UpdateItem", &error));
        failed.filter(|error| error.code != "ConditionalCheckFailedException").map_or(Ok(()), Err)
    }

    /// The clocks of one incident, by organization.
    ///
    /// # Errors
    /// The failed call.
    pub async fn of_incident(
        self,
        incident: &IncidentId,
    ) -> Result<Vec<NotificationDeadline>, AwsError> {
        let items = self.0.part(partition(incident), format!("{KIND}#")).await?;
        items.into_iter().map(item::read).collect()
    }

    /// The clock of one organization.
    ///
    /// # Errors
    /// The failed call.
    pub async fn duty(
        self,
        incident: &IncidentId,
        resource: &ResourceId,
    ) -> Result<Option<NotificationDeadline>, AwsError> {
        self.0.item(clock_key(incident, resource)).await?.map(item::read).transpose()
    }

    /// Starts the clocks of an incident's duties. Those of them that run already go on, with the earlier deadline.
    ///
    /// # Errors
    /// The failed call.
    pub async fn start_duties(
        self,
        opened: &OpenedDuties,
        clocks: &[NotificationDeadline],
    ) -> Result<(), AwsError> {
        let mut lost = false;
        for clock in clocks {
            let clock = match self.duty(&clock.incident, &clock.resource).await? {
                None => Some(clock.clone()),
                Some(running) => running.joined_by(clock),
            };
            let Some(clock) = clock else { continue };
            let transaction = self.0.client.transact_write_items();
            let written = transaction.transact_items(self.clock_put(&clock)?).send().await;
            lost |= item::written(written)? == Written::Conflict;
        }
        // Another look changed a clock at the same moment, perhaps for another type. The next look asks again.
        if lost {
            return Ok(());
        }
        // Last: whoever dies before is followed by the next look.
        let delete = self.0.client.delete_item().table_name(&self.0.table);
        let delete = delete.set_key(Some(key(partition(&opened.incident), opened.key.as_str())));
        delete.send().await.map(drop).map_err(|e| AwsError::of("dynamodb:DeleteItem", &e))
    }

    /// Keeps a clock in the place of the version before its own, with a line on the timeline.
    ///
    /// # Errors
    /// The failed call.
    pub async fn keep_duty(
        self,
        clock: &NotificationDeadline,
        fact: &TimelineEvent,
    ) -> Result<Written, AwsError> {
        let name = format!("{}#{}{}", fact.event.name(), clock.resource, clock.again());
        let fact = Incidents::fact_item(&clock.incident, &name, fact)?;
        let transaction = self
            .0
            .client
            .transact_write_items()
            .transact_items(self.clock_put(clock)?)
            .transact_items(item::put(&self.0.table, fact, None, vec![])?);
        item::written(transaction.send().await)
    }
}
