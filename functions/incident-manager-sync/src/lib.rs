//! The roster's stream and a schedule in: Incident Manager's contacts and plans kept in step.

mod bring;
mod records;

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::Event as Batch;
use jiff::Timestamp;
use muster::directory::{Alias, Manner, SyncFailure, SyncReport, contact_alias, contact_of};
use muster_aws::AwsError;
use muster_aws::directory::Directory;
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;
use serde::{Deserialize, Serialize};

use bring::Scope;
use records::{Touched, Whose};

/// What the function works with.
#[derive(Debug)]
pub struct Sync {
    /// What should be.
    pub roster: Roster,
    /// What is.
    pub directory: Directory,
    /// Where the last run's result is kept.
    pub incidents: Incidents,
    /// What every response plan has.
    pub manner: Manner,
    /// Whether changes that somebody makes there by hand are left, and told of, instead of put back.
    pub leave: bool,
}

/// Why a run did not go well; Lambda tries it again and then keeps the event.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The roster or Incident Manager cannot be read.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Some changes failed; which, the report says.
    #[error("{0} changes failed; GET /incident-manager says which")]
    Unchanged(usize),
}

/// What the function is called with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// By the schedule, or by hand.
    Reconcile(Reconcile),
    /// By the roster's stream.
    Batch(Batch),
}

/// Asks for everything to be looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Reconcile {
    /// Always true; it tells a reconcile from a batch.
    pub reconcile: bool,
    /// Only says what would change.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether a run with failed changes is an error, for callers who do not read the answer.
    #[serde(default)]
    pub strict: bool,
}

/// What it answers.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// To the schedule.
    Report(SyncReport),
    /// To the stream.
    Answer(Answer),
}

/// Which records have to come again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The first whose change failed; Lambda lets it and all that follow come again.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<ItemFailure>,
}

/// A record whose change failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemFailure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub sequence_number: String,
}

impl Sync {
    /// Takes up what the schedule or the stream brings; `run` marks this run's calls.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn handle(&self, input: Input, run: &str, now: Timestamp) -> Result<Output, Failure> {
        match input {
            Input::Reconcile(Reconcile { dry_run, strict, .. }) => {
                let report = self.reconcile(dry_run, run, now).await?;
                let failed = report.failed.len();
                if strict && failed > 0 {
                    return Err(Failure::Unchanged(failed));
                }
                Ok(Output::Report(report))
            }
            Input::Batch(batch) => Ok(Output::Answer(self.batch(batch, run, now).await?)),
        }
    }

    /// Looks at everything and, unless it is a dry run, brings it into step.
    async fn reconcile(
        &self,
        dry_run: bool,
        run: &str,
        now: Timestamp,
    ) -> Result<SyncReport, AwsError> {
        let report = if self.directory.in_use().await? {
            self.bring(&Scope::everything(), dry_run, run, now).await?
        } else {
            SyncReport::not_in_use(now)
        };
        if !dry_run {
            self.incidents.keep_sync(&report).await?;
        }
        Ok(report)
    }

    /// Brings those whom a batch is about into step, and every escalation, since each may name them.
    async fn batch(&self, batch: Batch, run: &str, now: Timestamp) -> Result<Answer, AwsError> {
        let touched = records::touched(&batch);
        if touched.is_empty() || !self.directory.in_use().await? {
            return Ok(Answer::default());
        }
        let scope = Scope::of(&touched);
        let report = self.bring(&scope, false, run, now).await?;
        let failed = self.first_failed(&touched, &report.failed);
        let failures = failed.map(|sequence_number| ItemFailure { sequence_number });
        Ok(Answer { failures: failures.into_iter().collect() })
    }

    /// The first record whose change failed. An escalation or response plan that fails belongs to the
    /// records of plans and the policy; if it may work later, to every record, since each may be why.
    fn first_failed(&self, touched: &[Touched], failed: &[SyncFailure]) -> Option<String> {
        let prefix = self.directory.prefix();
        let person = |failure: &&SyncFailure| contact_of(prefix, &failure.alias).is_some();
        let people: BTreeSet<&Alias> = failed.iter().filter(person).map(|f| &f.alias).collect();
        let mut others = failed.iter().filter(|failure| !person(failure)).peekable();
        let any = others.peek().is_some();
        let passing = others.any(|failure| failure.passing);
        let failed = |touched: &&Touched| match &touched.whose {
            Whose::Contact(id) => passing || people.contains(&contact_alias(prefix, id)),
            Whose::Plan(_) | Whose::Policy => any,
        };
        touched.iter().find(failed).map(|touched| touched.sequence_number.clone())
    }
}
