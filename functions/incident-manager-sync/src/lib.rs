//! The roster's stream and a schedule in: Incident Manager's contacts and plans kept in step.

mod bring;
mod records;

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::Event as Batch;
use jiff::{SignedDuration, Timestamp};
use muster_domain::incident_manager::directory::{
    Alias, Manner, ManualEdits, SyncFailure, SyncReport, contact_alias, contact_of,
};
use muster_incident_manager::directory::Directory;
use muster_runtime::error::AwsError;
use muster_runtime::secret::hex_digest;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;
use muster_store::stream::{Answer, Changed};
use serde::{Deserialize, Serialize};

use bring::Scope;
use records::Touched;

/// How long after one look at everything the next one is due.
const EVERY: SignedDuration = SignedDuration::from_hours(6);

/// The same after one in which changes failed.
const SOONER: SignedDuration = SignedDuration::from_hours(1);

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
    /// What happens to changes that a person makes there.
    pub manual_edits: ManualEdits,
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
    /// Only if the last look is hours ago, there was none, or the stack asks for something else since.
    /// So the schedule calls, which does not read the answer: failed changes are an error then.
    #[serde(default)]
    pub if_due: bool,
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

impl Sync {
    /// Takes up what the schedule or the stream brings; `run` marks this run's calls.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn handle(&self, input: Input, run: &str, now: Timestamp) -> Result<Output, Failure> {
        match input {
            Input::Reconcile(Reconcile { dry_run, if_due, .. }) => {
                if if_due && let Some(last) = self.last(now).await? {
                    return Ok(Output::Report(last));
                }
                let report = self.reconcile(dry_run, run, now).await?;
                let failed = report.failures.len();
                if if_due && failed > 0 {
                    return Err(Failure::Unchanged(failed));
                }
                Ok(Output::Report(report))
            }
            Input::Batch(batch) => Ok(Output::Answer(self.batch(batch, run, now).await?)),
        }
    }

    /// The result of the last look at everything, if another one is not due.
    async fn last(&self, now: Timestamp) -> Result<Option<SyncReport>, AwsError> {
        let last = self.incidents.sync().report().await?;
        let fresh = |last: &SyncReport| {
            let every = if last.failures.is_empty() { EVERY } else { SOONER };
            last.enabled
                && last.settings_digest == self.mark()
                && now.duration_since(last.at) < every
        };
        Ok(last.filter(fresh))
    }

    /// What the stack asks for, as a digest: another one makes a look due.
    fn mark(&self) -> String {
        hex_digest(&format!(
            "{} {:?} {:?}",
            self.directory.prefix(),
            self.manual_edits,
            self.manner
        ))
    }

    /// Looks at everything and, unless it is a dry run, brings it into step.
    async fn reconcile(
        &self,
        dry_run: bool,
        run: &str,
        now: Timestamp,
    ) -> Result<SyncReport, AwsError> {
        let mut report = if self.directory.in_use().await? {
            self.bring(&Scope::everything(), dry_run, run, now).await?
        } else {
            SyncReport::not_in_use(now)
        };
        if !dry_run {
            report.settings_digest = self.mark();
            self.incidents.sync().keep_sync(&report).await?;
        }
        Ok(report)
    }

    /// Brings those whom a batch is about into step, and every escalation, since each may name them.
    async fn batch(&self, batch: Batch, run: &str, now: Timestamp) -> Result<Answer, AwsError> {
        let touched = records::touched(&batch);
        if touched.is_empty() || !self.directory.in_use().await? {
            return Ok(Answer::default());
        }
        // The first change of a new stack makes what later ones only add to.
        let report = if self.incidents.sync().report().await?.is_some_and(|last| last.enabled) {
            self.bring(&Scope::of(&touched), false, run, now).await?
        } else {
            self.reconcile(false, run, now).await?
        };
        Ok(Answer::of(self.first_failed(&touched, &report.failures)))
    }

    /// The first record whose change failed. An escalation or response plan that fails belongs to the
    /// records of plans and the policy; if it may work later, to every record, since each may be why.
    fn first_failed(&self, touched: &[Touched], failed: &[SyncFailure]) -> Option<String> {
        let prefix = self.directory.prefix();
        let person = |failure: &&SyncFailure| contact_of(prefix, &failure.alias).is_some();
        let people: BTreeSet<&Alias> = failed.iter().filter(person).map(|f| &f.alias).collect();
        let mut others = failed.iter().filter(|failure| !person(failure)).peekable();
        let any = others.peek().is_some();
        let passing = others.any(|failure| failure.retryable);
        let failed = |touched: &&Touched| match &touched.changed {
            Changed::Contact(id) => passing || people.contains(&contact_alias(prefix, id)),
            Changed::EscalationPlan(_) | Changed::Policy => any,
            Changed::TimelineEvent(..) | Changed::Delivery(_) => false,
        };
        touched.iter().find(failed).map(|touched| touched.sequence_number.clone())
    }
}
