//! How a record is started: on which response plan, and again exactly so if the answer was lost.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ENGAGE_WITHIN, Engaging, Mirror, Shown, pages};
use crate::incident::Incident;
use crate::incident_manager::directory::{PagingBackend, quiet_plan_name, response_plan_name};

/// How long after it opens an incident's record may be started: an account that cannot have it is not
/// asked every minute for longer.
const START_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// All that `StartIncident` is asked. A call with the same token and other values is refused there, and
/// one with another token makes another record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRequest {
    /// The name of the response plan.
    pub plan: String,
    /// Makes repeated calls one, 1 to 128 characters.
    pub token: String,
    /// When it was first asked.
    pub at: Timestamp,
    /// When the incident opened.
    pub opened_at: Timestamp,
    /// Title and impact.
    pub shown: Shown,
    /// Where the finding is, if it says so: a URL.
    pub finding: String,
    /// What opened it: JSON, at most 10,000 characters (Incident Manager API, `TriggerDetails`).
    pub raw: String,
}

impl StartRequest {
    /// What to ask for this incident's record on the response plan with this name; `raw` is JSON that
    /// says what opened it.
    #[must_use]
    pub fn new(
        incident: &Incident,
        plan: &str,
        token: String,
        raw: String,
        now: Timestamp,
    ) -> Self {
        Self {
            plan: plan.to_owned(),
            token,
            at: now,
            opened_at: incident.opened_at,
            shown: Shown::of(incident),
            finding: incident.finding.console_url.clone(),
            raw,
        }
    }
}

/// What is to be done about a record that is not started yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Ask for it on the response plan with this name.
    On(String),
    /// Ask again exactly what was asked before.
    Again(StartRequest),
    /// Its first step may still start it with engagements.
    Wait,
    /// It could not be started for a day.
    GiveUp,
}

impl Mirror {
    /// What is to be done about the record, which is not started yet, outside a step of the escalation.
    #[must_use]
    pub fn start(
        &self,
        prefix: &str,
        backend: PagingBackend,
        incident: &Incident,
        now: Timestamp,
    ) -> Start {
        if now.duration_since(incident.opened_at) > START_WITHIN {
            return Start::GiveUp;
        }
        // Once somebody has answered, no step engages anybody.
        let engages = backend.engages() && pages(incident);
        if let Some(asked) = &self.asked {
            let underway = now.duration_since(asked.at) <= ENGAGE_WITHIN;
            return if engages && underway { Start::Wait } else { Start::Again(asked.clone()) };
        }
        // An earlier release stored the plan alone; with the same plan the token is the same.
        if let Some(plan) = &self.plan {
            return Start::On(plan.clone());
        }
        if engages && now.duration_since(incident.first_due()) <= ENGAGE_WITHIN {
            return Start::Wait;
        }
        if backend.engages() || incident.drill().is_some() {
            return Start::On(quiet_plan_name(prefix));
        }
        Start::On(response_plan_name(prefix, incident.severity, incident.r#type))
    }

    /// Stores what is about to be asked; `engages` if the plan engages people for the present escalation.
    pub fn ask(&mut self, request: StartRequest, engages: Option<Engaging>) {
        self.plan = Some(request.plan.clone());
        self.asked = Some(request);
        self.engaging = engages.or_else(|| self.engaging.take());
    }

    /// Takes back what was asked and refused: no record was made, and another plan may be asked for.
    pub fn refused(&mut self) {
        (self.plan, self.asked) = (None, None);
        if self.engaging.as_ref().is_some_and(|engaging| engaging.request.is_none()) {
            self.engaging = None;
        }
    }

    /// Stores the ARN of the record that was asked for.
    pub fn started(&mut self, arn: String) {
        self.arn = Some(arn);
        // The record has its plan's summary until it is shown the incident's.
        self.shown = self.asked.take().map(|asked| Shown { summary: String::new(), ..asked.shown });
    }
}
