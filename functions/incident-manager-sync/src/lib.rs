//! The roster's stream and a schedule in: Incident Manager's contacts kept in step.

mod records;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event as Batch;
use jiff::Timestamp;
use muster::directory::{Alias, Change, Desired, SyncFailure, SyncReport, changes, escalations};
use muster::directory::{contact_alias, people};
use muster::escalation::LAST_LEVEL;
use muster::id::ContactId;
use muster::plan::{DEFAULT, EscalationPlan};
use muster_aws::AwsError;
use muster_aws::directory::{Directory, Found};
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;
use serde::{Deserialize, Serialize};

use records::Touched;

/// What Incident Manager says of a contact that is there already.
const CONFLICT: &str = "ConflictException";
/// How long a run that met another waits before it looks again.
const PAUSE: Duration = Duration::from_secs(2);

/// What the function works with.
#[derive(Debug)]
pub struct Sync {
    /// What should be.
    pub roster: Roster,
    /// What is.
    pub directory: Directory,
    /// Where the last run's result is kept.
    pub incidents: Incidents,
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
    /// The roster or Incident Manager cannot be read.
    pub async fn handle(
        &self,
        input: Input,
        run: &str,
        now: Timestamp,
    ) -> Result<Output, AwsError> {
        match input {
            Input::Reconcile(Reconcile { dry_run, .. }) => {
                let report = self.reconcile(dry_run, run, now).await?;
                Ok(Output::Report(report))
            }
            Input::Batch(batch) => self.batch(batch, run, now).await.map(Output::Answer),
        }
    }

    /// Looks at everything and, unless it is a dry run, brings it into step.
    async fn reconcile(
        &self,
        dry_run: bool,
        run: &str,
        now: Timestamp,
    ) -> Result<SyncReport, AwsError> {
        if !self.directory.in_use().await? {
            return Ok(SyncReport::not_in_use(now));
        }
        let report = self.bring(None, dry_run, run, now).await?;
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
        let ids: BTreeSet<ContactId> =
            touched.iter().filter_map(|touched| touched.contact.clone()).collect();
        let report = self.bring(Some(ids), false, run, now).await?;
        let prefix = self.directory.prefix();
        let failed: BTreeSet<&Alias> = report.failed.iter().map(|failure| &failure.alias).collect();
        // An escalation that fails belongs to no record more than to another.
        let others = failed.iter().any(|alias| !alias.starts_with(&format!("{prefix}-contact-")));
        let failed = |touched: &&Touched| match &touched.contact {
            Some(id) => others || failed.contains(&contact_alias(prefix, id)),
            None => others,
        };
        let first = touched.iter().find(failed).map(|touched| touched.sequence_number.clone());
        let failures = first.map(|sequence_number| ItemFailure { sequence_number });
        Ok(Answer { failures: failures.into_iter().collect() })
    }

    /// Loads both sides, compares them and makes the changes: of everybody, or of these people and of
    /// the escalations.
    async fn bring(
        &self,
        only: Option<BTreeSet<ContactId>>,
        dry_run: bool,
        run: &str,
        now: Timestamp,
    ) -> Result<SyncReport, AwsError> {
        let prefix = self.directory.prefix();
        let named: Vec<ContactId> = only.iter().flatten().cloned().collect();
        let (roster, mut plans, policy) = tokio::try_join!(
            self.roster.people(1..=LAST_LEVEL, named),
            self.roster.all::<EscalationPlan>(),
            self.roster.policy(),
        )?;
        if plans.iter().all(|plan| plan.id.as_str() != DEFAULT) {
            plans.push(EscalationPlan::default());
        }
        let aliases: Option<BTreeSet<Alias>> =
            only.map(|ids| ids.iter().map(|id| contact_alias(prefix, id)).collect());
        let mut desired = Desired {
            people: people(prefix, roster.values()),
            escalations: escalations(prefix, &plans, &policy, &roster, now),
        };
        if let Some(aliases) = &aliases {
            desired.people.retain(|alias, _| aliases.contains(alias));
        }
        let mut found = self.directory.load(aliases.as_ref()).await?;
        let todo = changes(&desired, &found.actual);
        let mut report = SyncReport::of(now, dry_run, &todo, found.actual.inactive());
        if dry_run {
            return Ok(report);
        }
        report.failed = self.make(&mut found, &todo, run).await;
        if report.failed.iter().any(|failure| failure.code == CONFLICT) {
            // The stream and the schedule may be at the same contact: what the other run has made since
            // is found now.
            tokio::time::sleep(PAUSE).await;
            found = self.directory.load(aliases.as_ref()).await?;
            let rest = changes(&desired, &found.actual);
            report.failed = self.make(&mut found, &rest, &format!("{run} again")).await;
        }
        tracing::info!(changes = todo.len(), failed = report.failed.len(), "in step");
        Ok(report)
    }

    /// Makes these changes: those that failed. One that fails stops no other contact's.
    async fn make(&self, found: &mut Found, todo: &[Change], run: &str) -> Vec<SyncFailure> {
        let (mut broken, mut failed) = (BTreeSet::<Alias>::new(), Vec::new());
        for change in todo {
            if broken.contains(change.alias()) {
                failed.push(failure(change, "Skipped"));
                continue;
            }
            if let Err(error) = self.directory.apply(found, change, run).await {
                tracing::error!(reason = %error, "a change of Incident Manager failed");
                broken.insert(change.alias().clone());
                failed.push(failure(change, &error.code));
            }
        }
        failed
    }
}

fn failure(change: &Change, code: &str) -> SyncFailure {
    let change_name = change.name().to_owned();
    SyncFailure { alias: change.alias().clone(), change: change_name, code: code.to_owned() }
}
