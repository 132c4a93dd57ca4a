//! A finding in: an incident opened, or not, and its escalation started.

mod alarm;
mod reconcile;

use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use muster::drill::Drill;
use muster::finding::{Finding, Route};
use muster::incident::Incident;
use muster::plan::EscalationPlan;
use muster::verdict::{Reason, Verdict, decide};
use muster_aws::AwsError;
use muster_aws::escalations::Escalations;
use muster_aws::event::{self, Unreadable};
use muster_aws::figures;
use muster_aws::incidents::{Incidents, Written};
use muster_aws::recent::Recent;
use muster_aws::roster::Roster;
use muster_aws::secret::incident_id;
use muster_aws::text::Texts;
use serde::Serialize;
use serde_json::Value;

pub use reconcile::{Look, Reconciled};

/// How often a lost race is decided anew. Each loss means that somebody else got further; in a storm,
/// dozens of findings join one incident within a second.
const MOST_RACES: usize = 20;

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
    /// `opened`, `attached`, `raised`, `repeat` or `recorded`.
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
    /// Deals with one event as EventBridge delivers it.
    ///
    /// # Errors
    /// [`Failure`] if any finding could not be dealt with. The others are done; doing them again
    /// changes nothing but their count.
    pub async fn handle(&self, event: Value, now: Timestamp) -> Result<Answer, Failure> {
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
                Ok(finding) => self.decided(finding, now).await.inspect(|(finding, outcome)| {
                    tracing::info!(
                        event_id = delivery.event_id,
                        verdict = outcome.verdict,
                        reason = outcome.reason,
                        incident = outcome.incident,
                        severity = finding.severity.name(),
                        route = finding.route.name(),
                        "finding decided"
                    );
                }),
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
    ) -> Result<(Finding, Outcome), Failure> {
        let finding = if self.samples_are_drills { finding.sample_as_drill() } else { finding };
        match Box::pin(self.respond(&finding, now)).await {
            Ok(outcome) => {
                figures::finding(outcome.verdict, finding.drill.is_some());
                Ok((finding, outcome))
            }
            Err(failure) => {
                self.tell_of_failure(&finding, &failure, false, now).await;
                Err(failure)
            }
        }
    }

    async fn respond(&self, finding: &Finding, now: Timestamp) -> Result<Outcome, Failure> {
        for _ in 0..MOST_RACES {
            let (policy, known) = tokio::try_join!(
                self.roster.policy(),
                self.incidents.known(finding, finding.quiet.is_none())
            )?;
            match decide(&policy, finding, &known, now) {
                Verdict::Record(reason) => {
                    self.incidents.count(finding, now).await?;
                    return Ok(recorded(reason));
                }
                Verdict::Repeat { incident, start } => {
                    if start {
                        // Now that it runs, the finding may have more to say: be more serious.
                        self.start(finding, &incident).await?;
                        continue;
                    }
                    self.incidents.count(finding, now).await?;
                    self.incidents.adopt(finding, &incident).await?;
                    return Ok(outcome("repeat", &incident));
                }
                Verdict::Attach { incident } | Verdict::Raise { incident } => {
                    let Some(before) = known.incident(&incident) else { break };
                    let after =
                        before.joined_by(finding.severity, known.new_to(&incident), &policy, now);
                    let joined = self.incidents.join(before, &after, finding, &known, now).await?;
                    if joined == Written::Done {
                        if known.links.is_empty() {
                            self.incidents.adopt(finding, &incident).await?;
                        }
                        if after.run == before.run {
                            return Ok(outcome("attached", &incident));
                        }
                        self.start(finding, &incident).await?;
                        return Ok(outcome("raised", &incident));
                    }
                    muster_aws::incidents::pause().await;
                }
                Verdict::Open { previous } => {
                    // Whoever asks for a drill is told its incident's id before it opens.
                    let at = finding.reported_at.filter(|_| finding.route == Route::Drill);
                    // The digest of legal characters is always a legal id.
                    let Ok(id) = incident_id(&finding.identity, at.unwrap_or(now)) else { break };
                    let plans = self.roster.all::<EscalationPlan>().await?;
                    let named = finding.drill.as_ref().and_then(Drill::plan);
                    let plan = named.unwrap_or_else(|| {
                        EscalationPlan::choose(plans, finding.incident_type, finding.severity)
                    });
                    let plan = match &finding.drill {
                        Some(drill) => drill.with_newcomers(plan),
                        None => plan,
                    };
                    let incident = Incident::open(id, finding.clone(), &policy, plan, now);
                    let incident = Incident { previous, ..incident };
                    if self.incidents.open(&incident, &known).await? == Written::Done {
                        self.start(finding, &incident.id).await?;
                        return Ok(outcome("opened", &incident.id));
                    }
                    muster_aws::incidents::pause().await;
                }
            }
        }
        Err(Failure::Raced)
    }

    /// Starts the incident's escalation, then notes that it has started. Dying in between costs
    /// nothing: the name of the execution makes a second start none.
    async fn start(&self, finding: &Finding, id: &muster::IncidentId) -> Result<(), AwsError> {
        // Another finding may have raised the incident once more: the last escalation counts.
        if let Some(incident) = self.incidents.incident(id).await? {
            self.escalations.start(&incident).await?;
            Box::pin(self.incidents.started(&finding.identity, &incident)).await?;
        }
        Ok(())
    }
}

fn outcome(verdict: &'static str, id: &muster::IncidentId) -> Outcome {
    Outcome { verdict, reason: None, incident: Some(id.to_string()) }
}

fn recorded(reason: Reason) -> Outcome {
    Outcome { verdict: "recorded", reason: Some(reason.name()), incident: None }
}
