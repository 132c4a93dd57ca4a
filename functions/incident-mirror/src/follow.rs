//! One incident and its record: each told what happened at the other.

use jiff::Timestamp;
use muster_domain::announcement::Line;
use muster_domain::incident::{Actor, Incident, IncidentStatus};
use muster_domain::incident_manager::mirror::{Mirror, Seen, Start, Step};
use muster_domain::value::id::IncidentId;
use muster_incident_manager::records::{readers, start_request};
use muster_runtime::error::AwsError;
use muster_store::incidents::{Taken, TimelineEvent, Written, pause};

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
            let known = self.incidents.mirrors().mirror(id).await?;
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
                let heard = self.listen(&incident, &mut mirror, &arn, &mut Vec::new()).await?;
                if heard == Written::Conflict {
                    pause().await;
                    continue;
                }
                // It may have come back acknowledged or resolved.
                let Some(next) = self.incidents.incident(id).await? else { return Ok(()) };
                incident = next;
            }
            if self.tell(&incident, &mut mirror, &arn, now).await? == Written::Done {
                return Ok(());
            }
            pause().await;
        }
        // Somebody else is at it all the time, and brings it up to date.
        Ok(())
    }

    /// Starts the record if it is not started and if no step is about to start it with engagements.
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
        let again = matches!(start, Start::Again(_));
        match start {
            Start::Wait if mirror.version > 0 => return Ok(Written::Done),
            // On record, so that the schedule finds what no step and no later run does.
            Start::Wait => return self.keep_new(incident, mirror).await,
            Start::GiveUp => {
                tracing::warn!(incident = %incident.id, "its record could not be started for a day");
                mirror.gone = true;
                return self.keep_new(incident, mirror).await;
            }
            Start::Again(_) => {}
            Start::On(plan) => {
                mirror.ask(start_request(incident, &plan, now), None);
                // On record before the call: if this dies after it, the next run makes the same call.
                if self.keep_new(incident, mirror).await? == Written::Conflict {
                    return Ok(Written::Conflict);
                }
            }
        }
        self.start_anyhow(incident, mirror, again, now).await?;
        // After a conflict the same is asked again: it is the same record.
        self.keep_new(incident, mirror).await
    }

    /// Takes over what people did at the record: it was resolved, or somebody acknowledged a page. If its
    /// engagements had to be read, they are put into `seen`.
    pub(crate) async fn listen(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        arn: &str,
        seen: &mut Vec<Seen>,
    ) -> Result<Written, AwsError> {
        if mirror.settled() {
            return Ok(Written::Done);
        }
        let Some(standing) = self.records.standing(arn).await? else {
            tracing::warn!(incident = %incident.id, "somebody has deleted its record");
            mirror.gone = true;
            return self.keep_new(incident, mirror).await;
        };
        if standing.resolved && incident.status != IncidentStatus::Resolved {
            let taken = self
                .incidents
                .answers()
                .end(&incident.id, &Actor::Caller { caller: standing.by })
                .await?;
            if matches!(taken, Taken::Raced) {
                // Not on record as resolved, so that the next look takes it over.
                return Ok(Written::Conflict);
            }
            taken.count();
        }
        if standing.resolved && !mirror.resolved {
            mirror.resolved = true;
            return self.keep_new(incident, mirror).await;
        }
        // Since the stack no longer engages anybody, it may not read engagements either.
        let engages = self.backend.engages();
        if engages && incident.status == IncidentStatus::Open && mirror.counts_on(incident) {
            *seen = self.records.seen(arn).await?;
            for reader in readers(seen, incident.run_started_at) {
                let taken = self
                    .incidents
                    .answers()
                    .take_up(&incident.id, &Actor::Contact { contact: reader }, None)
                    .await?;
                taken.count();
            }
        }
        Ok(Written::Done)
    }

    /// Tells the record what it does not know. What was told is kept even if a later call fails.
    pub(crate) async fn tell(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        arn: &str,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let facts = self.incidents.timeline().facts(&incident.id).await?;
        let line = |(name, fact): (&'_ String, &'_ TimelineEvent)| (name.clone(), fact.clone());
        let facts: Vec<(String, TimelineEvent)> = facts.iter().map(line).collect();
        let lines: Vec<Line<'_>> = facts
            .iter()
            .map(|(name, fact)| Line {
                name,
                event: fact.event,
                by: &fact.by,
                at: fact.at,
                message: &fact.message,
            })
            .collect();
        let steps = mirror.steps(incident, &lines, now);
        if steps.is_empty() {
            return Ok(Written::Done);
        }
        let mut failed = None;
        for step in &steps {
            match self.make(mirror, arn, step, now).await {
                Ok(true) => mirror.made(step),
                Ok(false) => {}
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let kept = self.keep_new(incident, mirror).await?;
        failed.map_or(Ok(kept), Err)
    }

    /// Makes one step: whether that is the end of it.
    async fn make(
        &self,
        mirror: &Mirror,
        arn: &str,
        step: &Step,
        now: Timestamp,
    ) -> Result<bool, AwsError> {
        match step {
            Step::Tell { name, at, text } => self.records.tell(arn, name, *at, text).await?,
            Step::Show(shown) => self.records.show(arn, shown).await?,
            // Since the stack no longer engages anybody, it may not stop anybody either.
            Step::StopEngagements(_) if !self.backend.engages() => {}
            Step::StopEngagements(_) => {
                let number = self.records.stop(arn).await?;
                return Ok(number > 0 || mirror.all_listed(now));
            }
            Step::Resolve => self.records.resolve(arn).await?,
        }
        Ok(true)
    }
}
