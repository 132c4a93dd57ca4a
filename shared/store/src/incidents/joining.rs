//! What a finding does to incidents: opens one, joins one, restarts its paging, or says that it is closed.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use muster_domain::finding::Finding;
use muster_domain::incident::event::EventType;
use muster_domain::incident::verdict::{Earlier, Known};
use muster_domain::incident::{Actor, Incident, IncidentStatus, facts};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use muster_runtime::secret::token_digest;

use super::expiry::named_by;
use super::ledger::{CLOSED_AT, CLOSED_BY, Group, as_read, counted, group_key, ledger_key};
use super::{Findings, Incidents, TimelineEvent, moment};
use crate::item;
use crate::item::{Written, n, s};

/// How long a group says when a finding last joined it before another that joins says so again. A thousand findings at
/// once write it a few times, and not a thousand times.
const TOUCHED: SignedDuration = SignedDuration::from_secs(10);
/// DynamoDB's code for a write whose condition does not hold.
const REFUSED: &str = "ConditionalCheckFailedException";

/// What a finding's entry in the ledger says once the finding has an incident.
struct Named<'a> {
    incident: &'a Incident,
    joined: bool,
    at: Timestamp,
}

/// The name of a finding's facts.
fn digest(finding: &Finding) -> String {
    token_digest(&finding.identity.to_string())
}

impl Findings<'_> {
    /// Opens an incident, all in one transaction: the ledger entry and the group name it, it is
    /// there, and its timeline begins. Of two who try at the same moment, also for two findings of
    /// one group, one reads [`Written::Conflict`].
    ///
    /// # Errors
    /// The failed call.
    pub async fn open(
        self,
        incident: &Incident,
        earlier: Option<&Earlier>,
        known: &Known,
    ) -> Result<Written, AwsError> {
        let (finding, at) = (&incident.finding, incident.opened_at);
        let text = facts::opened(incident, earlier);
        let fact = TimelineEvent::about(at, EventType::Opened, finding, &text);
        let new = Some("attribute_not_exists(pk)");
        let opened = named_by(Incidents::fact_item(&incident.id, "opened", &fact)?, finding);
        let named = Named { incident, joined: false, at };
        let mut writes = vec![
            self.name_incident(finding, known, &named)?,
            item::put(&self.0.table, Incidents::incident_item(incident)?, new, vec![])?,
            item::put(&self.0.table, opened, new, vec![])?,
            self.0.turns().due_put(&incident.id, incident.first_turn(), incident.first_due())?,
            self.0.duties().duties_put(incident)?,
        ];
        writes.extend(self.0.updates().daily_put(incident)?);
        let group = Group { incident: incident.id.clone(), last_at: at };
        let item = item::write(group_key(finding), &group)?;
        writes.push(match &known.group {
            None => item::put(&self.0.table, item, new, vec![])?,
            // Also unchanged in when a finding last joined it: another may have made it fresh again.
            Some((before, last)) => {
                let values =
                    vec![(":before", s(before.id.as_str())), (":last", s(last.to_string()))];
                let same = Some("incident = :before AND last_at = :last");
                item::put(&self.0.table, item, same, values)?
            }
        });
        writes.extend(self.0.links().puts(finding, known, &incident.id)?);
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Lets a finding join an open incident, or notes that a finding of it is more severe than before: its ledger entry, a
    /// line on the timeline, its link. None of these is another finding's, and the incident is not written: a thousand
    /// can join at once, and hold up no answer.
    ///
    /// # Errors
    /// The failed call.
    pub async fn attach(
        self,
        incident: &Incident,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let increased = known.increased_from(finding).filter(|_| !known.new_to(&incident.id));
        let (what, text) = match increased {
            None => (EventType::FindingAdded, facts::joined(finding)),
            Some(from) => (EventType::SeverityIncreased, facts::increased(finding, from)),
        };
        let fact = TimelineEvent::about(now, what, finding, &text);
        // By time, so that the newest are found first.
        let name = format!("{}#{}#{}", what.name(), moment(now), digest(finding));
        let item = named_by(Incidents::fact_item(&incident.id, &name, &fact)?, finding);
        let named = Named { incident, joined: true, at: now };
        let mut writes = vec![
            self.name_incident(finding, known, &named)?,
            item::put(&self.0.table, item, None, vec![])?,
        ];
        writes.extend(self.0.links().puts(finding, known, &incident.id)?);
        // Before the rest: signals of one sequence share it, and a second write changes nothing.
        self.0.duties().ask_duties(incident, finding, now).await?;
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        let written = item::written(transaction.send().await)?;
        if written == Written::Done {
            // Not part of the transaction, which would make joiners wait for each other.
            self.touch(incident, finding, known, now).await?;
        }
        Ok(written)
    }

    /// Writes an incident whose paging a finding restarts, with the ledger entry that says that an escalation has
    /// still to be started, a line on its timeline, and its first turn.
    ///
    /// # Errors
    /// The failed call.
    pub async fn raise(
        self,
        before: &Incident,
        after: &Incident,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let fact = TimelineEvent::about(
            now,
            EventType::EscalationRestarted,
            finding,
            &facts::raised(after, finding),
        );
        let name = format!(
            "{}#{:04}#{}",
            EventType::EscalationRestarted.name(),
            after.run,
            digest(finding)
        );
        let version = vec![(":before", n(before.version))];
        let named = Named { incident: after, joined: false, at: now };
        let incident = Incidents::incident_item(after)?;
        let raised = named_by(Incidents::fact_item(&after.id, &name, &fact)?, finding);
        let mut writes = vec![
            self.name_incident(finding, known, &named)?,
            item::put(&self.0.table, incident, Some("version = :before"), version)?,
            item::put(&self.0.table, raised, None, vec![])?,
            self.0.turns().due_put(&after.id, after.first_turn(), after.first_due())?,
        ];
        writes.extend(self.0.links().puts(finding, known, &after.id)?);
        writes.extend(self.0.duties().duties_of(before, finding, now)?);
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        let written = item::written(transaction.send().await)?;
        if written == Written::Done {
            self.touch(after, finding, known, now).await?;
        }
        Ok(written)
    }

    /// Notes that the source of a finding reports it closed, on its incident's timeline, and with `after` on the
    /// incident, in the place of the version before. Whether findings have joined or ended meanwhile is still to be seen:
    /// until it is, the entry says that what follows is not done.
    ///
    /// # Errors
    /// The failed call.
    pub async fn close_finding(
        self,
        id: &IncidentId,
        after: Option<&Incident>,
        (finding, closed_at): (&Finding, Timestamp),
        known: &Known,
        (text, now): (&str, Timestamp),
    ) -> Result<Written, AwsError> {
        let sets = [("started", AttributeValue::Bool(false))];
        let ledger = self.ledger_update(finding, known, &sets, &[], now)?;
        let name = format!("closed#{}#{}", digest(finding), closed_at.as_millisecond());
        let fact = TimelineEvent::about(now, EventType::ClosedAtSource, finding, text);
        self.noted(id, after, ledger, Some((&name, &fact)), false).await
    }

    /// Restarts an incident that ended by its source's word although a finding is active: its paging, or, while it is
    /// acknowledged, the time until that times out.
    ///
    /// # Errors
    /// The failed call.
    pub async fn restart(
        self,
        after: &Incident,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let sets = [("started", AttributeValue::Bool(false)), ("asked_run", n(after.run))];
        let ledger = self.ledger_update(finding, known, &sets, &[], now)?;
        if after.status == IncidentStatus::Acknowledged {
            // The line about the finding that joined says all there is.
            return self.noted(&after.id, Some(after), ledger, None, false).await;
        }
        let cause = after.cause.as_ref().map(|cause| facts::because(cause, after));
        let text = format!("{} Paging restarts.", cause.unwrap_or_default());
        let fact = TimelineEvent::new(now, EventType::EscalationRestarted, &Actor::Muster, &text);
        let name = format!("{}#{:04}#active", EventType::EscalationRestarted.name(), after.run);
        self.noted(&after.id, Some(after), ledger, Some((&name, &fact)), true).await
    }

    /// Notes that the source of a finding has reopened it. If that restarts paging, the entry says that an escalation
    /// has still to be started.
    ///
    /// # Errors
    /// The failed call.
    pub async fn reopen_finding(
        self,
        after: &Incident,
        restarts: bool,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let sets = [
            ("started", AttributeValue::Bool(!restarts)),
            ("joined", AttributeValue::Bool(false)),
            ("asked_run", n(after.run)),
        ];
        let ledger = self.ledger_update(finding, known, &sets, &[CLOSED_AT, CLOSED_BY], now)?;
        let name = format!("reopened_at_source#{}#{}", digest(finding), now.as_millisecond());
        let text = facts::reopened(finding, restarts);
        let fact = TimelineEvent::about(now, EventType::ReopenedAtSource, finding, &text);
        self.noted(&after.id, Some(after), ledger, Some((&name, &fact)), restarts).await
    }

    /// What the source of a finding says, in one transaction: its entry, a fact, and the incident after it.
    async fn noted(
        self,
        id: &IncidentId,
        after: Option<&Incident>,
        ledger: TransactWriteItem,
        fact: Option<(&str, &TimelineEvent)>,
        restarts: bool,
    ) -> Result<Written, AwsError> {
        let mut writes = vec![ledger];
        if let Some((name, fact)) = fact {
            let fact_item = Incidents::fact_item(id, name, fact)?;
            writes.push(item::put(&self.0.table, fact_item, None, vec![])?);
        }
        if let Some(after) = after {
            let version = vec![(":before", n(after.version - 1))];
            let incident = Incidents::incident_item(after)?;
            writes.push(item::put(&self.0.table, incident, Some("version = :before"), version)?);
            // Also where nobody is paged now: somebody has to look whether what was acknowledged is resolved in time.
            let due = if restarts { Some(after.first_due()) } else { after.lapses_at() };
            if let Some(at) = due {
                writes.push(self.0.turns().due_put(&after.id, after.first_turn(), at)?);
            }
        }
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(writes));
        item::written(transaction.send().await)
    }

    /// Notes when a finding last joined an incident's group.
    async fn touch(
        self,
        incident: &Incident,
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let (of_group, last) = match &known.group {
            Some((group, last)) if group.id == incident.id => (true, *last),
            _ => (false, now),
        };
        if !of_group || now.duration_since(last) < TOUCHED {
            return Ok(());
        }
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.table)
            .set_key(Some(group_key(finding)))
            .update_expression("SET last_at = :now")
            .condition_expression("incident = :known AND last_at < :now")
            .expression_attribute_values(":known", s(incident.id.as_str()))
            .expression_attribute_values(":now", s(now.to_string()));
        let end = item::despite_collisions(|| {
            let send = update.clone().send();
            async {
                send.await.map(drop).map_err(|error| AwsError::of("dynamodb:UpdateItem", &error))
            }
        });
        match end.await {
            Err(error) if error.code != REFUSED => Err(error),
            _ => Ok(()),
        }
    }

    /// The write that lets a finding's ledger entry name its incident.
    fn name_incident(
        self,
        finding: &Finding,
        known: &Known,
        named: &Named<'_>,
    ) -> Result<TransactWriteItem, AwsError> {
        let mut sets = vec![
            ("incident", s(named.incident.id.as_str())),
            ("started", AttributeValue::Bool(false)),
            ("joined", AttributeValue::Bool(named.joined)),
            ("notified_severity", s(known.told_severity(finding, &named.incident.id).name())),
            ("asked_run", n(named.incident.run)),
        ];
        let event = finding.custom_action.as_ref().map(|asked| asked.event.as_str());
        sets.extend(event.filter(|event| !event.is_empty()).map(|event| ("asked_event", s(event))));
        // What a person asks for says nothing of whether it is closed: the next copy that says so is no news.
        let reopened: &[&str] = if finding.asks() { &[] } else { &[CLOSED_AT, CLOSED_BY] };
        self.ledger_update(finding, known, &sets, reopened, named.at)
    }

    /// The write that counts a delivery of a finding and changes its ledger entry, if that is as it was read.
    fn ledger_update(
        self,
        finding: &Finding,
        known: &Known,
        sets: &[(&'static str, AttributeValue)],
        removes: &[&str],
        now: Timestamp,
    ) -> Result<TransactWriteItem, AwsError> {
        let counted = counted(finding, known, sets, removes, now);
        let (condition, values) = as_read(known, finding.source);
        let mut update = Update::builder()
            .table_name(&self.0.table)
            .set_key(Some(ledger_key(&finding.identity)))
            .update_expression(counted.expression)
            .set_expression_attribute_values(Some(counted.values))
            .condition_expression(condition);
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        let update = update.build().map_err(|_| AwsError::shape("building an update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
