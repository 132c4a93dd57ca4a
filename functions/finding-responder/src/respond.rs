//! One finding: its verdict, carried out, and decided again where another finding was faster.

use jiff::Timestamp;
use muster_domain::finding::drill::Drill;
use muster_domain::finding::{Finding, FindingSource, InactiveReason};
use muster_domain::incident::event::EventType;
use muster_domain::incident::update::Update;
use muster_domain::incident::verdict::{Closing, Earlier, Known, Reason, Verdict, decide};
use muster_domain::incident::{Actor, Cause, Incident, IncidentStatus, facts};
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use muster_runtime::secret::{incident_id, token_digest};
use muster_store::incidents::{TimelineEvent, Written, pause};

use crate::{Failure, Outcome, Responder, outcome, recorded};

/// What a step of dealing with a finding came to.
enum Step {
    /// It is done.
    Done(Outcome),
    /// What was read has changed, or what was written asks for more: read it again.
    Again,
    /// Another was faster. Each loss means that another got further.
    Raced,
}

/// What the last attempt at a finding learned.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Whether the finding is part of an open incident, whose contacts were paged.
    pub joins: bool,
    /// The policy; the built-in one if none could be read.
    pub policy: Policy,
}

impl Responder {
    /// Handles one finding until `deadline`: in a storm, many write what one of them has read. `seen` keeps what it learned,
    /// for a failure that ends it.
    pub(crate) async fn respond(
        &self,
        finding: &Finding,
        now: Timestamp,
        deadline: Timestamp,
        seen: &mut Seen,
    ) -> Result<Outcome, Failure> {
        if self.is_another_action(finding) {
            let (Written::Done | Written::Conflict) =
                self.incidents.ledger().count(finding, &Known::default(), now).await?;
            return Ok(recorded(Reason::AnotherAction));
        }
        loop {
            let (policy, known) =
                tokio::try_join!(self.roster.policy(), self.incidents.ledger().known(finding))?;
            let finding = &*known.judged(finding);
            let verdict = decide(&policy, finding, &known, now);
            let joined = known.entry.as_ref().is_some_and(|entry| entry.joined);
            seen.joins = matches!(verdict, Verdict::Attach { .. } | Verdict::Repeat { .. })
                || joined && matches!(verdict, Verdict::Finish { .. });
            seen.policy = policy;
            let read = (&seen.policy, &known);
            match Box::pin(self.carry_out(verdict, finding, read, now)).await? {
                Step::Done(outcome) => return Ok(outcome),
                Step::Again => {}
                Step::Raced => pause().await,
            }
            if Timestamp::now() >= deadline {
                return Err(Failure::Raced);
            }
        }
    }

    /// Custom actions belong to many tools. Only Muster's own asks for people.
    pub(crate) fn is_another_action(&self, finding: &Finding) -> bool {
        let own = self.action_arn.as_deref();
        finding.asks()
            && finding.custom_action.as_ref().map(|asked| asked.action_arn.as_str()) != own
    }

    async fn carry_out(
        &self,
        verdict: Verdict,
        finding: &Finding,
        (policy, known): (&Policy, &Known),
        now: Timestamp,
    ) -> Result<Step, Failure> {
        match verdict {
            Verdict::Record(reason) => {
                Ok(match self.incidents.ledger().count(finding, known, now).await? {
                    Written::Done => Step::Done(recorded(reason)),
                    Written::Conflict => Step::Raced,
                })
            }
            Verdict::Repeat { incident } => {
                if self.incidents.ledger().count(finding, known, now).await? == Written::Conflict {
                    return Ok(Step::Raced);
                }
                self.incidents.links().adopt(finding, &incident).await?;
                Ok(Step::Done(outcome("repeated", &incident)))
            }
            Verdict::Finish { incident, tell } => {
                if tell {
                    self.tell(finding, &incident, now).await?;
                }
                self.start(finding, &incident).await?;
                // Once that is done, the finding may have more to say: be more severe.
                Ok(Step::Again)
            }
            Verdict::Attach { incident } => {
                let Some(open) = known.incident(&incident) else { return Ok(Step::Again) };
                if self.incidents.findings().attach(open, finding, known, now).await?
                    == Written::Conflict
                {
                    return Ok(Step::Raced);
                }
                if known.links.is_empty() {
                    self.incidents.links().adopt(finding, &incident).await?;
                }
                Box::pin(self.joined(finding, &incident, policy, now)).await
            }
            Verdict::Raise { incident, cause } => {
                self.raise(&incident, cause, finding, (policy, known), now).await
            }
            Verdict::Open { earlier } => self.open(earlier, finding, (policy, known), now).await,
            Verdict::Close { incident, state, closing } => {
                let Some(own) = known.incident(&incident) else { return Ok(Step::Again) };
                let closed = self.close(own, (state, closing), finding, known, now);
                if closed.await? == Written::Conflict {
                    return Ok(Step::Raced);
                }
                Box::pin(self.closed(finding, &incident, policy, now)).await
            }
            Verdict::Restart { incident } => {
                let Some(own) = known.incident(&incident) else { return Ok(Step::Again) };
                let after = own.restart_active(now);
                if self.incidents.findings().restart(&after, finding, known, now).await?
                    == Written::Conflict
                {
                    return Ok(Step::Raced);
                }
                if after.run == own.run {
                    // It is acknowledged: what is read next says who has to be told.
                    return Ok(Step::Again);
                }
                self.start(finding, &incident).await?;
                Ok(Step::Done(outcome("escalation_restarted", &incident)))
            }
            Verdict::Reopen { incident } => {
                let Some(own) = known.incident(&incident) else { return Ok(Step::Again) };
                let after = own.reopen_at_source(&finding.identity, now);
                let restarts = after.run > own.run;
                let noted =
                    self.incidents.findings().reopen_finding(&after, restarts, finding, known, now);
                if noted.await? == Written::Conflict {
                    return Ok(Step::Raced);
                }
                if restarts {
                    self.start(finding, &incident).await?;
                }
                if known.increased_from(finding).is_some() {
                    // It is more severe than before, too: what is read next says what that asks for.
                    return Ok(Step::Again);
                }
                Ok(Step::Done(outcome("reopened", &incident)))
            }
        }
    }

    /// After a finding has joined: the incident as it is now says whether contacts have to be told, whether the
    /// finding restarts paging after all, or whether it needs an incident of its own.
    async fn joined(
        &self,
        finding: &Finding,
        incident: &IncidentId,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Step, Failure> {
        let known = self.incidents.ledger().known(finding).await?;
        let finding = &*known.judged(finding);
        let Verdict::Finish { tell, .. } = decide(policy, finding, &known, now) else {
            return Ok(Step::Again);
        };
        if tell {
            self.tell(finding, incident, now).await?;
        }
        match &known.own {
            // Its escalation was started by the finding that opened it.
            Some(own) if own.status != IncidentStatus::Resolved => {
                Box::pin(self.incidents.ledger().started(finding, own)).await?;
                Ok(Step::Done(outcome("grouped", incident)))
            }
            _ => Ok(Step::Again),
        }
    }

    /// Writes that the source of a finding reports it closed, and what follows for its incident.
    async fn close(
        &self,
        own: &Incident,
        (state, closing): (InactiveReason, Closing),
        finding: &Finding,
        known: &Known,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let at = finding.reported_at.unwrap_or(now).min(now);
        let after = match closing {
            Closing::Note => None,
            Closing::Tell => Some(own.close_at_source(&finding.identity, (state, at), false, now)),
            Closing::Stop => Some(own.close_at_source(&finding.identity, (state, at), true, now)),
            Closing::Resolve => own.resolve(Actor::Muster, now),
        };
        let text = facts::closed(finding, state, closing, own, now);
        let closed = (finding, at);
        let closed = self.incidents.findings().close_finding(
            &own.id,
            after.as_ref(),
            closed,
            known,
            (&text, now),
        );
        let written = closed.await?;
        if closing == Closing::Resolve && written == Written::Done {
            // What others listen for.
            let fact = TimelineEvent::new(
                now,
                EventType::Resolved,
                &Actor::Muster,
                "Resolved: closed at its source.",
            );
            self.incidents.timeline().note(&own.id, "resolved", &fact).await?;
        }
        Ok(written)
    }

    /// After a finding was closed: the incident as it is now says whether its other findings ended, or joined, at the
    /// same moment. If so, what that asks for follows.
    async fn closed(
        &self,
        finding: &Finding,
        incident: &IncidentId,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Step, Failure> {
        let known = self.incidents.ledger().known(finding).await?;
        let Verdict::Finish { .. } = decide(policy, finding, &known, now) else {
            return Ok(Step::Again);
        };
        self.start(finding, incident).await?;
        Ok(Step::Done(outcome("closed", incident)))
    }

    async fn raise(
        &self,
        id: &IncidentId,
        cause: Cause,
        finding: &Finding,
        (policy, known): (&Policy, &Known),
        now: Timestamp,
    ) -> Result<Step, Failure> {
        let Some(before) = known.incident(id) else { return Ok(Step::Again) };
        let plan = if finding.severity > before.severity && before.drill().is_none() {
            let plans = self.roster.all::<EscalationPlan>().await?;
            EscalationPlan::choose(plans, finding.incident_type, finding.severity)
        } else {
            before.escalation_plan.clone()
        };
        let after = before.raise(finding, known.new_to(id), cause, (policy, plan), now);
        let written = self.incidents.findings().raise(before, &after, finding, known, now).await?;
        if written == Written::Conflict {
            return Ok(Step::Raced);
        }
        self.start(finding, id).await?;
        if known.links.is_empty() {
            self.incidents.links().adopt(finding, id).await?;
        }
        Ok(Step::Done(outcome("escalation_restarted", id)))
    }

    async fn open(
        &self,
        earlier: Option<Earlier>,
        finding: &Finding,
        (policy, known): (&Policy, &Known),
        now: Timestamp,
    ) -> Result<Step, Failure> {
        // Whoever asks for a drill is told its incident's id before it opens.
        let at = finding.reported_at.filter(|_| finding.source == FindingSource::Drill);
        // The digest of legal characters is always a legal id.
        let Ok(id) = incident_id(&finding.identity, at.unwrap_or(now)) else {
            return Err(Failure::Raced);
        };
        let plans = self.roster.all::<EscalationPlan>().await?;
        let named = finding.drill.as_ref().and_then(Drill::plan);
        let plan = named.unwrap_or_else(|| {
            EscalationPlan::choose(plans, finding.incident_type, finding.severity)
        });
        let plan = match &finding.drill {
            Some(drill) => drill.with_newcomers(plan),
            None => plan,
        };
        let previous = earlier.as_ref().map(|earlier| earlier.incident().clone());
        let incident = Incident::open(id, finding.clone(), policy, plan, now);
        let incident = Incident { previous_incident: previous, ..incident };
        if self.incidents.findings().open(&incident, earlier.as_ref(), known).await?
            == Written::Conflict
        {
            return Ok(Step::Raced);
        }
        self.start(finding, &incident.id).await?;
        Ok(Step::Done(outcome("opened", &incident.id)))
    }

    /// Lets the contacts who acknowledged an incident be told of a finding that joined or became more severe. On record
    /// first: if the execution is lost, the watchdog takes it.
    async fn tell(
        &self,
        finding: &Finding,
        incident: &IncidentId,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let digest = token_digest(&finding.identity.to_string());
        let update = Update::joined(incident, &digest, finding.clone(), now);
        self.incidents.updates().keep_update(&update).await?;
        self.escalations.start_update(&update).await
    }

    /// Starts the incident's escalation, then notes that it has started. Dying in between costs
    /// nothing: the name of the execution makes a second start none.
    async fn start(&self, finding: &Finding, id: &IncidentId) -> Result<(), AwsError> {
        // Another finding may have raised the incident once more: the last escalation counts.
        if let Some(incident) = self.incidents.incident(id).await? {
            // After its source's word ended the paging there is none to start.
            if !incident.stopped() {
                self.escalations.start(&incident).await?;
            }
            Box::pin(self.incidents.ledger().started(finding, &incident)).await?;
        }
        Ok(())
    }
}
