//! A turn of an escalation, before Muster pages: Incident Manager engages whom it can.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_domain::incident::escalation::{Cursor, TurnInput};
use muster_domain::incident::event::EventType;
use muster_domain::incident::{Actor, Incident, IncidentStatus};
use muster_domain::incident_manager::directory::{
    escalation_alias, quiet_plan_name, response_plan_name,
};
use muster_domain::incident_manager::mirror::{
    Engagement, Engaging, Mirror, Place, Seen, may_engage, still_engaged,
};
use muster_domain::value::id::ContactId;
use muster_incident_manager::records::{engagement_request, start_request};
use muster_runtime::error::AwsError;
use muster_store::incidents::{TimelineEvent, Written};

use crate::{Engaged, MOST_RACES, Reflector};

impl Reflector {
    /// Has Incident Manager engage people for the escalation that this turn begins, or, later in it,
    /// checks whom it still engages. What it answers is for whoever reads the execution; the pager reads
    /// the table.
    ///
    /// # Errors
    /// Incident Manager does not do it: Muster pages by itself then.
    pub(crate) async fn engage(
        &self,
        turn: &TurnInput,
        now: Timestamp,
    ) -> Result<Engaged, AwsError> {
        if !self.backend.engages() || !self.directory.in_use().await? {
            return Ok(Engaged::default());
        }
        for _ in 0..MOST_RACES {
            let id = &turn.incident;
            let Some(incident) = self.incidents.incident(id).await? else { break };
            let known = self.incidents.mirrors().mirror(id).await?;
            let mut mirror = known.unwrap_or_else(|| Mirror::new(id.clone()));
            let mut seen = Vec::new();
            if let Some(arn) = mirror.arn.clone()
                && self.listen(&incident, &mut mirror, &arn, &mut seen).await? == Written::Conflict
            {
                continue;
            }
            // Somebody may have answered there just now.
            let Some(incident) = self.incidents.incident(id).await? else { break };
            if incident.status != IncidentStatus::Open || incident.dry() || mirror.gone {
                break;
            }
            let begins = turn.cursor == incident.first_turn() && may_engage(&incident, now);
            let done = if mirror.counts_on(&incident) {
                self.look_again(&incident, &mut mirror, turn.cursor, &seen, now).await?
            } else if begins {
                self.begin(&incident, &mut mirror, now).await?
            } else {
                Written::Done
            };
            if done == Written::Done {
                let people = mirror.engagement.filter(|engagement| engagement.run == incident.run);
                return Ok(Engaged { people: people.map(|e| e.people).unwrap_or_default() });
            }
        }
        Ok(Engaged::default())
    }

    /// Begins an escalation there: a record on the plan that engages, or, for a record that is there and
    /// for drills, which must start no runbook, an engagement of its own.
    async fn begin(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let quiet = quiet_plan_name(self.records.prefix());
        let plan = match (&mirror.asked, incident.drill()) {
            // An earlier try of this turn has asked for it, and may have it.
            (Some(asked), _) => asked.plan.clone(),
            (None, Some(_)) => quiet.clone(),
            (None, None) => {
                response_plan_name(self.records.prefix(), incident.severity, incident.r#type)
            }
        };
        let by_plan = mirror.arn.is_none() && plan != quiet;
        let asked = mirror.engaging.as_ref();
        let unheard =
            asked.is_some_and(|asked| asked.run == incident.run && asked.request.is_none());
        if mirror.arn.is_some() && unheard {
            // Found too late by another run, which stops what the plan engages: Muster pages everybody.
            return Ok(Written::Done);
        }
        let escalation =
            escalation_alias(self.records.prefix(), &incident.escalation_plan, incident.severity);
        let places = if by_plan {
            self.records.engaged_by_plan(&plan).await?
        } else {
            self.records.engaged_by_escalation(&escalation).await?
        };
        let reached = |(id, place): (&ContactId, &Place)| (id.clone(), place.activated);
        let people = places.iter().map(reached).collect();
        let checked = Some(incident.first_turn());
        let engagement = Engagement { run: incident.run, people, checked };
        if !engagement.reaches_anybody() {
            // Nobody there has an activated channel: Muster pages everybody, and the record is made later.
            return Ok(Written::Done);
        }
        if mirror.arn.is_none() {
            let again = mirror.asked.is_some();
            if !again {
                let by_plan = Engaging { run: incident.run, at: now, request: None };
                let by_plan = Some(by_plan).filter(|_| plan != quiet);
                mirror.ask(start_request(incident, &plan, now), by_plan);
                // On record before the call: if this dies after it, the next try makes the same call.
                if self.keep_new(incident, mirror).await? == Written::Conflict {
                    return Ok(Written::Conflict);
                }
            }
            self.start(incident, mirror, again).await?;
        }
        if !by_plan {
            let engaged = self.engage_by_escalation(incident, mirror, escalation, now).await?;
            if engaged == Written::Conflict {
                return Ok(Written::Conflict);
            }
        }
        let text = engagement.sentence();
        mirror.engagement = Some(engagement);
        let kept = self.keep(incident, mirror).await?;
        let fact =
            TimelineEvent::new(now, EventType::IncidentManagerEngaged, &Actor::Muster, &text);
        self.incidents
            .timeline()
            .note(
                &incident.id,
                &format!("{}#{:04}", EventType::IncidentManagerEngaged.name(), incident.run),
                &fact,
            )
            .await?;
        if kept == Written::Done {
            self.end_if_answered(incident, mirror, now).await;
        }
        Ok(kept)
    }

    /// Stops at once what was answered while it began: the stream's run may have found nothing to stop. If that
    /// fails, the next look does it.
    async fn end_if_answered(&self, incident: &Incident, mirror: &mut Mirror, now: Timestamp) {
        let Some(arn) = mirror.arn.clone() else { return };
        let end = match self.incidents.incident(&incident.id).await {
            Ok(Some(latest)) if latest.status != IncidentStatus::Open => {
                self.tell(&latest, mirror, &arn, now).await.map(drop)
            }
            end => end.map(drop),
        };
        if let Err(error) = end {
            tracing::warn!(incident = %incident.id, reason = %error, "its engagement was not stopped yet");
        }
    }

    /// Engages an escalation for a record that is there, in the place of what engages people for it.
    async fn engage_by_escalation(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        escalation: String,
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let Some(arn) = mirror.arn.clone() else { return Ok(Written::Conflict) };
        let asked = mirror.engaging.as_ref().is_some_and(|engaging| engaging.run == incident.run);
        if !asked {
            // Only before it is asked for: a repeated call must not stop what the first one has begun.
            self.records.stop(&arn).await?;
            let request = Some(engagement_request(incident, escalation));
            mirror.engaging = Some(Engaging { run: incident.run, at: now, request });
            if self.keep_new(incident, mirror).await? == Written::Conflict {
                return Ok(Written::Conflict);
            }
        }
        let request = mirror.engaging.as_ref().and_then(|engaging| engaging.request.as_ref());
        if let Some(request) = request {
            self.records.engage(&arn, request).await?;
        }
        Ok(Written::Done)
    }

    /// Keeps what is known, unless somebody else has kept more.
    pub(crate) async fn keep_new(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
    ) -> Result<Written, AwsError> {
        self.incidents.mirrors().keep_mirror(mirror, mirror.look_until(incident)).await
    }

    /// Keeps what was done, whatever somebody else has kept meanwhile: it is done.
    async fn keep(&self, incident: &Incident, mirror: &mut Mirror) -> Result<Written, AwsError> {
        for _ in 0..MOST_RACES {
            if self.keep_new(incident, mirror).await? == Written::Done {
                return Ok(Written::Done);
            }
            let Some(theirs) = self.incidents.mirrors().mirror(&mirror.incident).await? else {
                continue;
            };
            mirror.version = theirs.version;
            mirror.told.extend(theirs.told);
            mirror.latest = mirror.latest.max(theirs.latest);
            mirror.stopped = mirror.stopped.max(theirs.stopped);
        }
        Ok(Written::Conflict)
    }

    /// Whom it still engages before this turn: the engagement may have ended, and a channel may have been
    /// unsubscribed.
    async fn look_again(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        cursor: Cursor,
        seen: &[Seen],
        now: Timestamp,
    ) -> Result<Written, AwsError> {
        let places = self.places(incident, mirror).await?;
        let asked = mirror.engaging.as_ref().map(|engaging| engaging.at);
        let people = still_engaged(&places, seen, asked, now);
        let Some(engagement) = &mut mirror.engagement else { return Ok(Written::Done) };
        if engagement.people == people && engagement.checked == Some(cursor) {
            return Ok(Written::Done);
        }
        (engagement.people, engagement.checked) = (people, Some(cursor));
        self.keep_new(incident, mirror).await
    }

    /// Whom the engagement that runs was asked to engage.
    async fn places(
        &self,
        incident: &Incident,
        mirror: &Mirror,
    ) -> Result<BTreeMap<ContactId, Place>, AwsError> {
        let request = mirror.engaging.as_ref().and_then(|engaging| engaging.request.as_ref());
        if let Some(request) = request {
            return self.records.engaged_by_escalation(&request.escalation).await;
        }
        let plan =
            mirror.plan.as_deref().filter(|plan| *plan != quiet_plan_name(self.records.prefix()));
        match plan {
            Some(plan) if incident.run == 1 => self.records.engaged_by_plan(plan).await,
            // An earlier release did not store what it asked for.
            _ => {
                let (prefix, plan) = (self.records.prefix(), &incident.escalation_plan);
                let escalation = escalation_alias(prefix, plan, incident.severity);
                self.records.engaged_by_escalation(&escalation).await
            }
        }
    }
}
