//! People's answers: link tokens, acknowledgement and resolution.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use muster::escalation::Cursor;
use muster::id::{ContactId, IncidentId};
use muster::incident::Incident;
use serde::{Deserialize, Serialize};

use super::{Fact, Incidents, IssuedToken};
use crate::error::AwsError;
use crate::item::{self, Item, Written, key, n, s};

/// How long a link is good for. Every page brings a new one; a day covers whoever reads it late.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a link's token stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkToken {
    /// The incident.
    pub incident: IncidentId,
    /// Whose link it is.
    pub contact: ContactId,
    /// When it ends, as seconds since 1970: the table's expiry looks at it too, but late.
    pub expires_at: i64,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

impl LinkToken {
    /// Whether it has ended.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        now.as_second() >= self.expires_at
    }
}

fn token_key(digest: &str) -> Item {
    key(format!("token#{digest}"), "token")
}

impl Incidents {
    pub(super) fn token_put(
        &self,
        id: &IncidentId,
        token: &IssuedToken,
    ) -> Result<TransactWriteItem, AwsError> {
        let value = LinkToken {
            incident: id.clone(),
            contact: token.contact.clone(),
            expires_at: token.expires_at.as_second(),
            used_at: None,
        };
        let item = item::write(token_key(&token.digest), &value)?;
        item::put(&self.table, item, None, vec![])
    }

    /// What the token with this digest stands for.
    ///
    /// # Errors
    /// The failed call.
    pub async fn link(&self, digest: &str) -> Result<Option<LinkToken>, AwsError> {
        self.item(token_key(digest)).await?.map(item::read).transpose()
    }

    /// Writes an incident after an answer, with the fact named `name`, and uses up the token it
    /// came with; all or nothing. `due` is the turn that somebody must look at next, and when, if the
    /// answer asks for one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn answer(
        &self,
        incident: &Incident,
        name: &str,
        fact: &Fact,
        token: Option<&str>,
        due: Option<(Cursor, Timestamp)>,
    ) -> Result<Written, AwsError> {
        let before = vec![(":before", n(incident.version - 1))];
        let item = Self::incident_item(incident)?;
        let fact = Self::fact_item(&incident.id, name, fact)?;
        let mut transaction = self
            .client
            .transact_write_items()
            .transact_items(item::put(&self.table, item, Some("version = :before"), before)?)
            .transact_items(item::put(&self.table, fact, None, vec![])?);
        if let Some((cursor, at)) = due {
            transaction = transaction.transact_items(self.due_put(&incident.id, cursor, at)?);
        }
        if let Some(digest) = token {
            transaction = transaction.transact_items(self.use_token(digest, incident)?);
        }
        item::written(transaction.send().await)
    }

    fn use_token(&self, digest: &str, incident: &Incident) -> Result<TransactWriteItem, AwsError> {
        let at = incident.acknowledgements.last().map_or(incident.opened_at, |deed| deed.at);
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(token_key(digest)))
            .update_expression("SET used_at = :now")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(used_at)")
            .expression_attribute_values(":now", s(at.to_string()))
            .build()
            .map_err(|_| AwsError::shape("building an update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
