//! Reads what a turn is planned from, and plans it.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::escalation::{Cursor, Found, LAST_LEVEL, Turn, plan_turn, wanted};
use muster_domain::message::page::Joined;
use muster_domain::roster::external::ExternalResource;
use muster_runtime::error::AwsError;

use crate::Pager;

impl Pager {
    /// Plans the turn at `cursor` from the contacts it may call on, and from the whole roster only if
    /// those were not enough.
    pub(crate) async fn plan(
        &self,
        incident: &Incident,
        cursor: Cursor,
        now: Timestamp,
    ) -> Result<Turn, AwsError> {
        let wanted = wanted(incident, cursor);
        let reached = if wanted.reached {
            self.incidents.sends().reached_before(&incident.id, cursor.run).await?
        } else {
            BTreeSet::new()
        };
        let named: Vec<_> = wanted.contacts.into_iter().chain(reached.iter().cloned()).collect();
        let externals = wanted.externals.iter();
        let externals = externals.map(|id| self.roster.readable_entry::<ExternalResource>(id));
        let (people, externals) = tokio::try_join!(
            self.roster.people(1..=wanted.highest_level, named.clone()),
            try_join_all(externals)
        )?;
        let externals: Vec<_> = externals.into_iter().flatten().collect();
        let found = Found { people: &people, externals: &externals, reached: &reached };
        let turn = plan_turn(incident, cursor, &found, now);
        if !turn.fell_back || wanted.highest_level >= LAST_LEVEL {
            return Ok(turn);
        }
        let everybody = self.roster.people(1..=LAST_LEVEL, named).await?;
        Ok(plan_turn(incident, cursor, &Found { people: &everybody, ..found }, now))
    }

    /// Leaves to Incident Manager whom it engages. If that cannot be read, Muster pages everybody: better
    /// a page too many than one that is lost.
    pub(crate) async fn share(
        &self,
        turn: Turn,
        incident: &Incident,
        cursor: Cursor,
        now: Timestamp,
    ) -> Turn {
        let mirror = self.incidents.mirrors().mirror(&incident.id).await.unwrap_or_else(|error| {
            tracing::error!(reason = %error, "whom Incident Manager engages cannot be read");
            None
        });
        let engagement = mirror.and_then(|mirror| mirror.engagement);
        turn.shared_with(cursor, engagement.as_ref(), incident.severity, now)
    }

    /// What else has joined, for the mails. If that cannot be read, they go without.
    pub(crate) async fn joined(&self, incident: &Incident) -> Joined {
        self.incidents.timeline().joined(incident).await.unwrap_or_else(|error| {
            tracing::warn!(reason = %error, "the findings that joined cannot be read");
            Joined::default()
        })
    }
}
