//! People's answers: link tokens, acknowledgment and resolution.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use muster_domain::incident::escalation::Cursor;
use muster_domain::incident::event::EventType;
use muster_domain::incident::{Actor, Incident, facts};
use muster_domain::value::id::{ContactId, IncidentId};
use muster_runtime::error::AwsError;
use muster_runtime::figures;
use serde::{Deserialize, Serialize};

use super::{Answers, Incidents, IssuedToken, TimelineEvent, pause};
use crate::item;
use crate::item::{Item, Written, key, n, s};

/// How long a link is good for. Every page brings a new one; a day covers whoever reads it late.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a link's token stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkToken {
    /// The incident; in a digest's link the most severe.
    pub incident: IncidentId,
    /// The other incidents of a digest's link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<IncidentId>,
    /// Whose link it is.
    pub contact: ContactId,
    /// When it ends, as seconds since 1970: the table's expiry looks at it too, but late.
    pub expires_at: i64,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

impl LinkToken {
    /// Every incident that it acknowledges, the most severe first.
    pub fn incidents(&self) -> impl Iterator<Item = &IncidentId> {
        std::iter::once(&self.incident).chain(&self.others)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        now.as_second() >= self.expires_at
    }
}

/// What became of an answer to an incident.
#[derive(Clone, Debug)]
pub enum Taken {
    /// It is on record now.
    Now(Incident),
    /// It was before.
    Before(Incident),
    /// There is nothing to acknowledge: the incident is over.
    Resolved,
    /// There is no such incident.
    Unknown,
    /// Others kept changing the incident; nothing is done.
    Raced,
}

impl Taken {
    /// Counts the answer in the metrics, if it is on record now.
    pub fn count(&self) {
        if let Self::Now(incident) = self {
            figures::answered(incident);
        }
    }
}

/// How long a lost race is decided again: a storm's findings and a whole team's answers meet at one incident,
/// and the caller's time limit is 29 s.
const PATIENCE: Duration = Duration::from_secs(8);

fn token_key(digest: &str) -> Item {
    key(format!("token#{digest}"), "token")
}

impl Answers<'_> {
    pub(super) fn token_put(
        self,
        id: &IncidentId,
        others: &[IncidentId],
        token: &IssuedToken,
    ) -> Result<TransactWriteItem, AwsError> {
        let value = LinkToken {
            incident: id.clone(),
            others: others.to_vec(),
            contact: token.contact.clone(),
            expires_at: token.expires_at.as_second(),
            used_at: None,
        };
        let item = item::write(token_key(&token.digest), &value)?;
        item::put(&self.0.table, item, None, vec![])
    }

    /// What the token with this digest stands for.
    ///
    /// # Errors
    /// The failed call.
    pub async fn link(self, digest: &str) -> Result<Option<LinkToken>, AwsError> {
        self.0.item(token_key(digest)).await?.map(item::read).transpose()
    }

    /// Acknowledges an incident for `by`, using up the token with this digest if there is one.
    /// Acknowledging twice is once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn take_up(
        self,
        id: &IncidentId,
        by: &Actor,
        token: Option<&str>,
    ) -> Result<Taken, AwsError> {
        let began = Instant::now();
        loop {
            let now = Timestamp::now();
            let Some(incident) = self.0.incident(id).await? else { return Ok(Taken::Unknown) };
            let Ok(next) = incident.acknowledge(by.clone(), now) else {
                return Ok(Taken::Resolved);
            };
            let Some(next) = next else { return Ok(Taken::Before(incident)) };
            let name = format!("acknowledged#{:04}", next.acknowledgments.len());
            let fact =
                TimelineEvent::new(now, EventType::Acknowledged, by, &facts::acknowledged(&next));
            // Even if no escalation runs any more, somebody has to look whether it is resolved in time.
            let due = next.lapses_at().map(|at| (next.first_turn(), at));
            if self.answer(&next, &name, &fact, token, due).await? == Written::Done {
                tracing::info!(incident = %id, "incident acknowledged");
                return Ok(Taken::Now(next));
            }
            if began.elapsed() > PATIENCE {
                return Ok(Taken::Raced);
            }
            pause().await;
        }
    }

    /// Resolves an incident for `by`. Resolving twice is once.
    ///
    /// # Errors
    /// The failed call.
    pub async fn end(self, id: &IncidentId, by: &Actor) -> Result<Taken, AwsError> {
        let began = Instant::now();
        loop {
            let now = Timestamp::now();
            let Some(incident) = self.0.incident(id).await? else { return Ok(Taken::Unknown) };
            let Some(next) = incident.resolve(by.clone(), now) else {
                return Ok(Taken::Before(incident));
            };
            let fact = TimelineEvent::new(now, EventType::Resolved, by, "Resolved.");
            if self.answer(&next, "resolved", &fact, None, None).await? == Written::Done {
                tracing::info!(incident = %id, "incident resolved");
                return Ok(Taken::Now(next));
            }
            if began.elapsed() > PATIENCE {
                return Ok(Taken::Raced);
            }
            pause().await;
        }
    }

    /// Writes an incident after an answer, with the fact named `name`, and uses up the token it
    /// came with; all or nothing. `due` is the turn that somebody must look at next, and when, if the
    /// answer asks for one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn answer(
        self,
        incident: &Incident,
        name: &str,
        fact: &TimelineEvent,
        token: Option<&str>,
        due: Option<(Cursor, Timestamp)>,
    ) -> Result<Written, AwsError> {
        let before = vec![(":before", n(incident.version - 1))];
        let item = Incidents::incident_item(incident)?;
        let fact = Incidents::fact_item(&incident.id, name, fact)?;
        let mut transaction = self
            .0
            .client
            .transact_write_items()
            .transact_items(item::put(&self.0.table, item, Some("version = :before"), before)?)
            .transact_items(item::put(&self.0.table, fact, None, vec![])?);
        if let Some((cursor, at)) = due {
            transaction =
                transaction.transact_items(self.0.turns().due_put(&incident.id, cursor, at)?);
        }
        if let Some(digest) = token {
            let at = incident.acknowledgments.last().map_or(incident.opened_at, |deed| deed.at);
            transaction = transaction.transact_items(self.use_token(digest, at)?);
        }
        item::written(transaction.send().await)
    }

    /// Uses up the token of a link once all its incidents are acknowledged; of two presses at the same
    /// moment, the second finds it used.
    ///
    /// # Errors
    /// The failed call.
    pub async fn use_link(self, digest: &str, now: Timestamp) -> Result<Written, AwsError> {
        let transaction = self.0.client.transact_write_items();
        item::written(transaction.transact_items(self.use_token(digest, now)?).send().await)
    }

    fn use_token(self, digest: &str, at: Timestamp) -> Result<TransactWriteItem, AwsError> {
        let update = Update::builder()
            .table_name(&self.0.table)
            .set_key(Some(token_key(digest)))
            .update_expression("SET used_at = :now")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(used_at)")
            .expression_attribute_values(":now", s(at.to_string()))
            .build()
            .map_err(|_| AwsError::shape("building an update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
