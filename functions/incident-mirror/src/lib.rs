//! Incidents in: their records in Incident Manager, and what people do there back.

mod engage;
mod follow;
mod look;
mod records;
mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event as Batch;
use futures::StreamExt as _;
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use muster_domain::incident::escalation::TurnInput;
use muster_domain::incident_manager::directory::PagingBackend;
use muster_domain::value::id::{ContactId, IncidentId};
use muster_incident_manager::directory::Directory;
use muster_incident_manager::records::Records;
use muster_runtime::error::AwsError;
use muster_store::incidents::Incidents;
use muster_store::stream::Answer;
use serde::{Deserialize, Serialize};

/// How often a record is looked at anew because somebody else changed what is known of it.
const MOST_RACES: usize = 5;
/// How many records are looked at together: more would only be told to come slower.
const AT_ONCE: usize = 4;

/// How long the first page of Muster's own may wait for Incident Manager.
const LONGEST_ENGAGE: Duration = Duration::from_secs(20);

/// What the function works with.
#[derive(Debug)]
pub struct Reflector {
    /// Where incidents are.
    pub incidents: Incidents,
    /// Their records in Incident Manager.
    pub records: Records,
    /// Whether it is in use at all.
    pub directory: Directory,
    /// Who pages.
    pub backend: PagingBackend,
}

/// Why a call did not go well.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call of AWS failed: Incident Manager does not engage people, or what is open cannot be listed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Some records could not be brought up to date; the next look tries again.
    #[error("{0} records in Incident Manager are not up to date")]
    Behind(usize),
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        // The state machine knows the first by its name.
        let error_type = match &failure {
            Failure::Aws(_) => "AwsError",
            Failure::Behind(_) => "Behind",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What the function is called with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// By the state machine, before each turn.
    Engage {
        /// The turn.
        engage: TurnInput,
    },
    /// By the schedule, every minute.
    Poll {
        /// Always true; it tells a look from a batch.
        poll: bool,
    },
    /// By the incidents' stream.
    Batch(Batch),
}

/// What it answers.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// To the state machine.
    Engaged(Engaged),
    /// To the schedule, which does not listen.
    Polled(Polled),
    /// To the stream.
    Answer(Answer),
}

/// Whom Incident Manager engages for the escalation, and whether it can reach them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Engaged {
    /// By contact.
    pub people: BTreeMap<ContactId, bool>,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Polled {
    /// How many records are open.
    pub open: usize,
}

impl Reflector {
    /// Takes up what the state machine, the schedule or the stream brings.
    ///
    /// # Errors
    /// [`Failure`]; what could be brought up to date is.
    pub async fn handle(&self, input: Input, now: Timestamp) -> Result<Output, Failure> {
        match input {
            Input::Engage { engage } => {
                let work = tokio::time::timeout(LONGEST_ENGAGE, self.engage(&engage, now));
                let ended = Box::pin(work).await;
                let ended = ended.unwrap_or_else(|_| Err(AwsError::late("engaging people")));
                let engaged = ended.inspect_err(|error| {
                    tracing::error!(
                        incident = %engage.incident, reason = %error,
                        "Incident Manager does not engage people; Muster pages them itself"
                    );
                });
                Ok(Output::Engaged(engaged?))
            }
            Input::Poll { .. } => Ok(Output::Polled(Box::pin(self.poll(now)).await?)),
            Input::Batch(batch) => Ok(Output::Answer(Box::pin(self.batch(batch, now)).await)),
        }
    }

    /// Tells the records of a batch's incidents what has happened.
    async fn batch(&self, batch: Batch, now: Timestamp) -> Answer {
        let touched = records::touched(&batch);
        let Some(first) = touched.first() else { return Answer::default() };
        let used = self.directory.in_use().await.inspect_err(|error| {
            tracing::error!(reason = %error, "whether Incident Manager is in use cannot be asked");
        });
        let failed = match used {
            Ok(false) => None,
            Err(_) => Some(first),
            Ok(true) => {
                let ids: BTreeSet<_> = touched.iter().map(|one| one.incident.clone()).collect();
                let ends = self.reflect_all(ids, false, now).await;
                touched.iter().find(|touched| ends.get(&touched.incident) == Some(&false))
            }
        };
        Answer::of(failed.map(|touched| touched.sequence_number.clone()))
    }

    /// Brings these incidents' records up to date: which of them went well. One that fails stops no
    /// other.
    pub(crate) async fn reflect_all(
        &self,
        ids: impl IntoIterator<Item = IncidentId>,
        listen: bool,
        now: Timestamp,
    ) -> BTreeMap<IncidentId, bool> {
        let one = async |id: IncidentId| {
            let end = Box::pin(self.reflect(&id, listen, now)).await;
            if let Err(error) = &end {
                tracing::error!(incident = %id, reason = %error, "a record is not up to date");
            }
            (id, end.is_ok())
        };
        futures::stream::iter(ids).map(one).buffer_unordered(AT_ONCE).collect().await
    }
}
