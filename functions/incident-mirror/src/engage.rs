//! A turn of an escalation, before Muster pages: Incident Manager engages whom it can.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster::directory::{quiet_plan_name, response_plan_name};
use muster::escalation::TurnInput;
use muster::id::ContactId;
use muster::incident::{Actor, Incident, State};
use muster::mirror::{ENGAGE_WITHIN, Engagement, Mirror};
use muster_aws::AwsError;
use muster_aws::incidents::{Fact, Written};

use crate::{Engaged, MOST_RACES, Reflector};

impl Reflector {
    /// Has Incident Manager engage people for the escalation that this turn begins, or, later in it,
    /// finds out whom it can still reach. What it answers is for whoever reads the execution; the
    /// pager reads the table.
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
            let known = self.incidents.mirror(id).await?;
            let mut mirror = known.unwrap_or_else(|| Mirror::new(id.clone()));
            if let Some(arn) = mirror.arn.clone()
                && self.listen(&incident, &mut mirror, &arn).await? == Written::Conflict
            {
                continue;
            }
            // Somebody may have answered there just now.
            let Some(incident) = self.incidents.incident(id).await? else { break };
            if incident.status != State::Open || incident.dry() || mirror.gone {
                break;
            }
            let begins = turn.cursor == incident.first_turn()
                && now.duration_since(incident.run_at) < ENGAGE_WITHIN;
            let engaged = mirror.engagement.as_ref().map_or(0, |engagement| engagement.run);
            let done = if engaged == incident.run {
                self.look_again(&incident, &mut mirror).await?
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
        let prefix = self.records.prefix();
        let by_plan = incident.run == 1 && incident.drill().is_none();
        let plan = if by_plan {
            response_plan_name(prefix, incident.severity, incident.r#type)
        } else {
            quiet_plan_name(prefix)
        };
        let people = self.engaged(incident, &plan).await?;
        let engagement = Engagement { run: incident.run, backend: self.backend, people };
        if !engagement.reaches_anybody() {
            // Nobody there has an activated channel: Muster pages everybody, and the record is made later.
            return Ok(Written::Done);
        }
        if mirror.arn.is_none() {
            // On record before the call: if this dies after it, the next try makes the same call.
            mirror.plan = Some(plan.clone());
            if self.incidents.keep_mirror(mirror).await? == Written::Conflict {
                return Ok(Written::Conflict);
            }
            mirror.arn = Some(self.records.start(incident, &plan).await?);
            mirror.severity = Some(incident.severity);
        }
        if let (false, Some(arn)) = (by_plan, &mirror.arn) {
            self.records.stop(arn).await?;
            self.records.engage(incident, arn).await?;
        }
        let number = engagement.people.len();
        mirror.engagement = Some(engagement);
        let kept = self.keep(mirror).await?;
        let text = format!("Incident Manager engages the {number} people of its plan.");
        let fact = Fact::new(now, "engaged", &Actor::Muster, &text);
        self.incidents.note(&incident.id, &format!("engaged#{:04}", incident.run), &fact).await?;
        Ok(kept)
    }

    /// Whom Incident Manager engages for an incident whose record is, or would be, on this plan, and whether
    /// it can reach them: by the plan, or by the escalation, which the quiet plan leaves to us.
    async fn engaged(
        &self,
        incident: &Incident,
        plan: &str,
    ) -> Result<BTreeMap<ContactId, bool>, AwsError> {
        if incident.run > 1 || plan == quiet_plan_name(self.records.prefix()) {
            return self.records.engaged_by_escalation(incident).await;
        }
        self.records.engaged_by_plan(plan).await
    }

    /// Keeps what was done, whatever somebody else has kept meanwhile: it is done.
    async fn keep(&self, mirror: &mut Mirror) -> Result<Written, AwsError> {
        for _ in 0..MOST_RACES {
            if self.incidents.keep_mirror(mirror).await? == Written::Done {
                return Ok(Written::Done);
            }
            let Some(theirs) = self.incidents.mirror(&mirror.incident).await? else { continue };
            mirror.version = theirs.version;
            mirror.told.extend(theirs.told);
        }
        Ok(Written::Conflict)
    }

    /// Who can still be reached: a channel may have been unsubscribed since.
    async fn look_again(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
    ) -> Result<Written, AwsError> {
        let plan = mirror.plan.clone().unwrap_or_default();
        let people = self.engaged(incident, &plan).await?;
        let Some(engagement) = &mut mirror.engagement else { return Ok(Written::Done) };
        if engagement.people == people {
            return Ok(Written::Done);
        }
        engagement.people = people;
        self.incidents.keep_mirror(mirror).await
    }
}
