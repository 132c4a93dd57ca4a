//! A clock tick in: reminders, tests of channels and the coverage report out.

mod expire;
mod moved;
mod post;
mod prove;
mod remind;
mod report;
mod wanted;
mod welcome;

use std::time::{Duration, Instant};

use aws_lambda_events::event::dynamodb::Event as Batch;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use muster_domain::duty::retention::Retention;
use muster_domain::report::coverage::Limits;
use muster_domain::review::Terms;
use muster_runtime::error::AwsError;
use muster_runtime::secret::NoRandomness;
use muster_runtime::settings::{REMINDERS, REVIEW_DAYS, REVIEW_ZONE, required};
use muster_send::senders::Senders;
use muster_send::unreachable::Unreachable;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;
use serde_json::Value;

/// How long a run goes on with a long list: two minutes less than the function's 15. What is left is
/// done by the next try, which finds what is done.
const LONGEST: Duration = Duration::from_mins(13);
/// How many people are written to at a time.
const AT_ONCE: usize = 8;

/// What the function works with.
#[derive(Debug)]
pub struct Reviewer {
    /// Entries of the roster.
    pub roster: Roster,
    /// How reviews stand, links and proofs.
    pub incidents: Incidents,
    /// What messages leave by; its topic is the owner's.
    pub senders: Senders,
    /// Who tells which addresses and numbers are dead.
    pub unreachable: Unreachable,
    /// Where links lead, without a slash at the end.
    pub link_base: String,
    /// What the coverage report calls too old.
    pub limits: Limits,
    /// What the stack asks of reviews.
    pub terms: Terms,
    /// How long resolved incidents are kept.
    pub retention: Retention,
}

/// One run of the function.
#[derive(Clone, Debug)]
pub struct Run {
    /// Marks its claims.
    pub owner: String,
    /// When it began.
    pub now: Timestamp,
    until: Instant,
}

impl Run {
    /// A run that begins now.
    #[must_use]
    pub fn new(owner: &str, now: Timestamp) -> Self {
        Self { owner: owner.to_owned(), now, until: Instant::now() + LONGEST }
    }

    fn over(&self) -> bool {
        Instant::now() > self.until
    }
}

/// Why a run has not done all of it; Lambda tries it again, and what is done stays done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// No link can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Some messages may still go out.
    #[error("{0} messages may go out with another try")]
    Later(usize),
    /// None of the expired incidents could be deleted.
    #[error("{0} expired incidents could not be deleted")]
    Unexpired(usize),
    /// The time was too short.
    #[error("the time is over before the list is")]
    Unfinished,
    /// Nobody knows what it is to do.
    #[error("the event is neither a tick nor a request that this function knows")]
    Unreadable,
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::Aws(_) => "AwsError",
            Failure::NoRandomness(_) => "NoRandomness",
            Failure::Later(_) => "Later",
            Failure::Unexpired(_) => "Unexpired",
            Failure::Unfinished => "Unfinished",
            Failure::Unreadable => "Unreadable",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What the stack asks of reviews, from the environment.
///
/// # Errors
/// A variable is not set, or holds what it cannot.
pub fn terms() -> Result<Terms, Box<dyn std::error::Error + Send + Sync>> {
    let zone = required(REVIEW_ZONE)?;
    Ok(Terms {
        due_after: SignedDuration::from_hours(24 * i64::from(REVIEW_DAYS.read()?)),
        reminders: u8::try_from(REMINDERS.read()?)?,
        zone: zone.parse()?,
    })
}

impl Reviewer {
    /// Does what an event asks for: a schedule's tick (`review`, `prove`, `look`, `expire`), a request on the bus, or
    /// a batch of the roster's stream, which it answers with the records that have to come again.
    ///
    /// # Errors
    /// [`Failure`]; what went out is recorded and does not go out again.
    pub async fn handle(&self, event: Value, run: &Run) -> Result<Value, Failure> {
        let end = self.perform(event, run).await;
        if let Err(failure) = &end {
            tracing::error!(reason = %failure, "the review is not done; it is tried again");
        }
        end
    }

    async fn perform(&self, event: Value, run: &Run) -> Result<Value, Failure> {
        let asked = |what: &str| event.get(what).and_then(Value::as_bool).unwrap_or(false);
        if event.get("Records").is_some() {
            let batch: Batch = serde_json::from_value(event).map_err(|_| Failure::Unreadable)?;
            let answer = self.welcome_batch(batch, run).await;
            return serde_json::to_value(answer).map_err(|_| Failure::Unreadable);
        }
        if event.get("detail-type").is_some() {
            return self.wanted(event, run).await.map(|()| Value::Null);
        }
        match () {
            () if asked("review") => {
                self.remind_all(run).await?;
                self.summary(run).await?;
            }
            () if asked("prove") => self.prove_all(run).await?,
            () if asked("look") => self.look(run).await?,
            () if asked("expire") => self.expire(run).await?,
            () => return Err(Failure::Unreadable),
        }
        Ok(Value::Null)
    }
}
