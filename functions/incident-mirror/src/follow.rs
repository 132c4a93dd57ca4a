//! One incident and its record: each told what happened at the other.

use jiff::Timestamp;
use muster::announcement::Line;
use muster::id::IncidentId;
use muster::incident::{Actor, Incident, State};
use muster::mirror::{Mirror, Start, Step};
use muster_aws::AwsError;
use muster_aws::figures;
use muster_aws::incidents::{Fact, Taken, Written, pause};

use crate::{MOST_RACES, Reflector};

impl Reflector {
    /// Brings one incident's record up to date, and with `listen` the incident by its record.
    ///
    /// # Errors
    /// The first call that failed; what was told before it is on record.
    pub(crate) async fn reflect(
        &self,
        id: &IncidentId,
        listen: bool,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        for _ in 0..MOST_RACES {
            let Some(mut incident) = self.incidents.incident(id).await? else { return Ok(()) };
            if incident.dry() {
                return Ok(());
            }
            let known = self.incidents.mirror(id).await?;
            let mut mirror = known.unwrap_or_else(|| Mirror::new(id.clone()));
            let begun = self.begun(&incident, &mut mirror, now).await?;
            let Some(arn) = mirror.arn.clone() else {
                if begun == Written::Conflict {
                    pause().await;
                    continue;
                }
                return Ok(());
            };
            if listen {
                if self.listen(&incident, &mut mirror, &arn).await? == Written::Conflict {
                    pause().await;
                    continue;
                }
                // It may have come back acknowledged or resolved.
                let Some(now) = self.incidents.incident(id).await? else { return Ok(()) };
                incident = now;
            }
            if self.tell(&incident, &mut mirror, &arn).await? == Written::Done {
                return Ok(());
            }
            pause().await;
        }
        // Somebody else is at it all the time, and brings it up to date.
        Ok(())
    }

    /// Starts the record if it is not and if nobody is about to start it with engagements.
    async fn begun(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        if mirror.arn.is_some() || mirror.gone {
            return Ok(Written::Done);
        }
        let start = mirror.start(self.records.prefix(), self.backend, incident, now);
        let plan = match &start {
            Start::On(plan) => Some(plan.clone()),
            Start::Wait => mirror.plan.clone(),
            Start::GiveUp => {
                tracing::warn!(incident = %incident.id, "its record could not be started for a day");
                mirror.gone = true;
                return self.incidents.keep_mirror(mirror).await;
            }
        };
        if mirror.plan != plan || mirror.version == 0 {
            // On record before the call, so that the schedule finds what this run leaves undone.
            mirror.plan.clone_from(&plan);
            if self.incidents.keep_mirror(mirror).await? == Written::Conflict {
                return Ok(Written::Conflict);
            }
        }
        let Start::On(plan) = start else { return Ok(Written::Done) };
        mirror.arn = Some(self.records.start(incident, &plan).await?);
        mirror.severity = Some(incident.severity);
        self.incidents.keep_mirror(mirror).await
    }

    /// Takes over what people did at the record: it was resolved, or somebody acknowledged a page.
    pub(crate) async fn listen(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        arn: &str,
    ) -> Result<Written, AwsError> {
        if mirror.settled() {
            return Ok(Written::Done);
        }
        let Some(standing) = self.records.standing(arn).await? else {
            tracing::warn!(incident = %incident.id, "somebody has deleted its record");
            mirror.gone = true;
            return self.incidents.keep_mirror(mirror).await;
        };
        if standing.resolved && incident.status != State::Resolved {
            let taken = self.incidents.end(&incident.id, &Actor::Caller(standing.by)).await?;
            if matches!(taken, Taken::Raced) {
                // Not on record as resolved, so that the next look takes it over.
                return Ok(Written::Conflict);
            }
            figures::answered(&taken);
        }
        if standing.resolved && !mirror.resolved {
            mirror.resolved = true;
            return self.incidents.keep_mirror(mirror).await;
        }
        if incident.status == State::Open
            && mirror.engagement.as_ref().is_some_and(|engagement| engagement.run == incident.run)
        {
            for reader in self.records.readers(arn, incident.run_at).await? {
                let taken =
                    self.incidents.take_up(&incident.id, &Actor::Contact(reader), None).await?;
                figures::answered(&taken);
            }
        }
        Ok(Written::Done)
    }

    /// Tells the record what it does not know. What was told is kept even if a later call fails.
    async fn tell(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        arn: &str,
    ) -> Result<Written, AwsError> {
        let facts = self.incidents.facts(&incident.id).await?;
        let line = |(name, fact): (&'_ String, &'_ Fact)| (name.clone(), fact.clone());
        let facts: Vec<(String, Fact)> = facts.iter().map(line).collect();
        let lines: Vec<Line<'_>> = facts
            .iter()
            .map(|(name, fact)| Line {
                name,
                what: &fact.what,
                by: &fact.by,
                at: fact.at,
                text: &fact.text,
            })
            .collect();
        let steps = mirror.steps(incident, &lines);
        if steps.is_empty() {
            return Ok(Written::Done);
        }
        let mut failed = None;
        for step in &steps {
            if let Err(error) = self.make(incident, arn, step).await {
                failed = Some(error);
                break;
            }
            mirror.made(step);
        }
        let kept = self.incidents.keep_mirror(mirror).await?;
        failed.map_or(Ok(kept), Err)
    }

    async fn make(&self, incident: &Incident, arn: &str, step: &Step) -> Result<(), AwsError> {
        match step {
            Step::Tell { name, at, text } => self.records.tell(arn, name, *at, text).await,
            Step::SetSeverity(_) => self.records.set_severity(arn, incident).await,
            Step::StopEngagements => self.records.stop(arn).await,
            Step::Resolve => self.records.resolve(arn).await,
        }
    }
}
