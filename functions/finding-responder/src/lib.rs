//! A finding in: an incident opened, or not, and its escalation started.

mod alarm;
mod reconcile;
mod respond;

use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use muster_domain::finding::Finding;
use muster_domain::incident::verdict::Reason;
use muster_runtime::error::AwsError;
use muster_runtime::event;
use muster_runtime::event::Unreadable;
use muster_runtime::figures;
use muster_runtime::recent::Recent;
use muster_send::escalations::Escalations;
use muster_send::text::Texts;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;
use serde::Serialize;
use serde_json::Value;

pub use reconcile::{Look, Reconciled};

use crate::respond::Seen;

/// What the function works with.
#[derive(Debug)]
pub struct Responder {
    /// Where the policy is.
    pub roster: Roster,
    /// Where the ledger and the incidents are.
    pub incidents: Incidents,
    /// What pages.
    pub escalations: Escalations,
    /// What lists findings that no event has brought.
    pub recent: Recent,
    /// What reaches the emergency topic.
    pub texts: Texts,
    /// The ARN of the emergency topic.
    pub emergency_topic: String,
    /// Whether GuardDuty's sample findings are drills.
    pub samples_are_drills: bool,
    /// ARN of the Security Hub custom action that pages the team; without one, custom actions page no one.
    pub action_arn: Option<String>,
}

/// Why an event was not dealt with; the event is kept and tried again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The same finding was being written by others, again and again.
    #[error("the finding was being written by others; nothing was decided")]
    Raced,
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::Unreadable(_) => "UnreadableEvent",
            Failure::Aws(_) => "AwsError",
            Failure::Raced => "Raced",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What became of one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// `opened`, `grouped`, `escalation_restarted`, `closed`, `reopened`, `repeated`, or `recorded`.
    pub verdict: &'static str,
    /// Why it was recorded and no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The incident it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// One outcome for each finding, in their order.
    pub outcomes: Vec<Outcome>,
}

impl Responder {
    /// Deals with one event as EventBridge delivers it, until `deadline` at most.
    ///
    /// # Errors
    /// [`Failure`] if any finding could not be dealt with. The others are done; doing them again
    /// changes nothing but their count.
    pub async fn handle(
        &self,
        event: Value,
        now: Timestamp,
        deadline: Timestamp,
    ) -> Result<Answer, Failure> {
        let delivery = event::read(event).inspect_err(|error| {
            tracing::error!(reason = %error, "event cannot be read; it is kept");
        })?;
        let mut outcomes = Vec::new();
        let mut failure = None;
        if delivery.findings.is_empty() {
            let outcome =
                Outcome { verdict: "recorded", reason: Some("no_finding"), incident: None };
            tracing::info!(
                event_id = delivery.event_id,
                verdict = outcome.verdict,
                reason = outcome.reason,
                "event has no finding"
            );
            outcomes.push(outcome);
        }
        for finding in delivery.findings {
            let decided = match finding {
                Ok(finding) => {
                    self.decided(finding, now, deadline).await.inspect(|(finding, outcome)| {
                        tracing::info!(
                            event_id = delivery.event_id,
                            verdict = outcome.verdict,
                            reason = outcome.reason,
                            incident = outcome.incident,
                            severity = finding.severity.name(),
                            route = finding.source.name(),
                            "finding decided"
                        );
                    })
                }
                Err(unreadable) => Err(unreadable.into()),
            };
            match decided {
                Ok((_, outcome)) => outcomes.push(outcome),
                Err(error) => {
                    tracing::error!(
                        event_id = delivery.event_id,
                        reason = %error,
                        "finding not dealt with; the event is kept"
                    );
                    failure = Some(error);
                }
            }
        }
        failure.map_or(Ok(Answer { outcomes }), Err)
    }

    /// Deals with one finding, and says so in the figures; if that fails, the emergency topic is told.
    async fn decided(
        &self,
        finding: Finding,
        now: Timestamp,
        deadline: Timestamp,
    ) -> Result<(Finding, Outcome), Failure> {
        let finding = if self.samples_are_drills { finding.sample_as_drill() } else { finding };
        let mut seen = Seen::default();
        match Box::pin(self.respond(&finding, now, deadline, &mut seen)).await {
            Ok(outcome) => {
                figures::finding(outcome.verdict, finding.drill.is_some());
                Ok((finding, outcome))
            }
            Err(failure) => {
                self.tell_of_failure(&finding, &failure, &seen, now).await;
                Err(failure)
            }
        }
    }
}

fn outcome(verdict: &'static str, id: &muster_domain::value::id::IncidentId) -> Outcome {
    Outcome { verdict, reason: None, incident: Some(id.to_string()) }
}

fn recorded(reason: Reason) -> Outcome {
    Outcome { verdict: "recorded", reason: Some(reason.name()), incident: None }
}
