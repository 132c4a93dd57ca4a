//! The findings that were added to an incident, as its messages and its page tell of them.

use muster::incident::Incident;
use muster::page::{Joined, JoinedLine};

use super::{Fact, Incidents, partition};
use crate::error::AwsError;
use crate::item::{self, s};

/// Most facts that are read, the newest first: an incident of a thousand findings is paged like one of two.
const MOST_READ: i32 = 10;

impl Incidents {
    /// Returns the findings that were added to an incident after it opened: how many, and the newest.
    ///
    /// # Errors
    /// The failed call.
    pub async fn joined(&self, incident: &Incident) -> Result<Joined, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :begin)")
            .expression_attribute_values(":pk", s(partition(&incident.id)))
            .expression_attribute_values(":begin", s("fact#attached#"))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(MOST_READ);
        let facts =
            async { query.send().await.map_err(|error| AwsError::of("dynamodb:Query", &error)) };
        let (answer, count) = tokio::try_join!(facts, self.joined_count(&incident.id))?;
        let facts = answer.items.unwrap_or_default().into_iter();
        let facts = facts.filter_map(|item| item::readable::<Fact>(item, "fact"));
        let line = |fact: Fact| match fact.finding {
            Some(finding) => JoinedLine::of(
                finding.severity,
                &finding.title,
                finding.resource.as_deref(),
                fact.at,
            ),
            None => JoinedLine { at: fact.at, text: fact.text },
        };
        let count = incident.findings.saturating_sub(1).saturating_add(count);
        Ok(Joined::new(count, facts.map(line).collect()))
    }
}
