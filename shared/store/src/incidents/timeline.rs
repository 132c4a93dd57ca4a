//! The facts of an incident, and the findings that were added to it, as its messages and its page tell of them.

use std::collections::BTreeMap;

use muster_domain::incident::Incident;
use muster_domain::incident::event::EventType;
use muster_domain::message::page::{Joined, JoinedLine};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;

use super::{EVENT, Incidents, Timeline, TimelineEvent, partition};
use crate::item;
use crate::item::s;

/// Most facts that are read, the newest first: an incident of a thousand findings is paged like one of two.
const MOST_READ: i32 = 10;

impl Timeline<'_> {
    /// Returns the findings that were added to an incident after it opened: how many, and the newest.
    ///
    /// # Errors
    /// The failed call.
    pub async fn joined(self, incident: &Incident) -> Result<Joined, AwsError> {
        let of = |kind: EventType| Box::pin(self.newest(incident, kind));
        let (joined, raised, count) = tokio::try_join!(
            of(EventType::FindingAdded),
            of(EventType::EscalationRestarted),
            Box::pin(self.0.updates().joined_count(&incident.id))
        )?;
        let facts = [joined, raised].concat();
        let line = |fact: TimelineEvent| match fact.finding {
            Some(finding) => JoinedLine::of(
                finding.severity,
                &finding.title,
                finding.resource.as_deref(),
                fact.at,
            ),
            None => JoinedLine { at: fact.at, text: fact.message },
        };
        let count = incident.finding_count.saturating_sub(1).saturating_add(count);
        Ok(Joined::new(count, facts.into_iter().map(line).collect()))
    }

    /// The newest facts about findings whose names begin so.
    async fn newest(
        self,
        incident: &Incident,
        kind: EventType,
    ) -> Result<Vec<TimelineEvent>, AwsError> {
        let query = self
            .0
            .client
            .query()
            .table_name(&self.0.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :begin)")
            .expression_attribute_values(":pk", s(partition(&incident.id)))
            .expression_attribute_values(":begin", s(format!("{EVENT}{}#", kind.name())))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(MOST_READ);
        let answer = query.send().await.map_err(|e| AwsError::of("dynamodb:Query", &e))?;
        let facts = answer.items.unwrap_or_default().into_iter();
        let facts = facts.filter_map(|item| item::readable::<TimelineEvent>(item, "fact"));
        // What restarts paging without a finding of its own, and the headline, are told elsewhere.
        let headline = &incident.finding.identity;
        let other = |fact: &TimelineEvent| {
            fact.finding.as_ref().is_some_and(|finding| finding.identity != *headline)
        };
        Ok(facts.filter(other).collect())
    }

    /// The facts of an incident by their names.
    ///
    /// # Errors
    /// The failed call.
    pub async fn facts(self, id: &IncidentId) -> Result<BTreeMap<String, TimelineEvent>, AwsError> {
        let mut facts = BTreeMap::new();
        for item in self.0.part(partition(id), EVENT.to_owned()).await? {
            let name = item.get("sk").and_then(|sk| sk.as_s().ok());
            let name = name.and_then(|sk| sk.strip_prefix(EVENT)).map(str::to_owned);
            facts.extend(name.zip(item::readable(item, "fact")));
        }
        Ok(facts)
    }

    /// Adds a line to the timeline, unless there is one of this name.
    ///
    /// # Errors
    /// The failed call.
    pub async fn note(
        self,
        id: &IncidentId,
        name: &str,
        fact: &TimelineEvent,
    ) -> Result<(), AwsError> {
        let put = self.0.client.put_item().table_name(&self.0.table);
        let put = put.set_item(Some(Incidents::fact_item(id, name, fact)?));
        let end = put.condition_expression("attribute_not_exists(pk)").send().await;
        match end.map_err(|error| AwsError::of("dynamodb:PutItem", &error)) {
            Err(error) if error.code != "ConditionalCheckFailedException" => Err(error),
            _ => Ok(()),
        }
    }
}
