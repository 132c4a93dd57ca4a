//! A drill as a line of a report: when, on what, and whether somebody answered.

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::Mode;
use crate::incident::Incident;
use crate::value::id::{IncidentId, PlanId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// An exercise that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exercise {
    /// The drill's id.
    pub id: IncidentId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Whether it sent.
    pub mode: Mode,
    /// The kind of incident that was practised.
    pub incident_type: IncidentType,
    /// How serious it was.
    pub severity: Severity,
    /// The escalation plan that was practised; none, if it was for named people alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// How many people acknowledged.
    pub answers: usize,
    /// How long after it was asked for the first of them did, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_answer_after_seconds: Option<i64>,
}

impl Exercise {
    /// The exercise that a drill's incident stands for; nothing if it is no drill.
    #[must_use]
    pub fn of(incident: &Incident) -> Option<Self> {
        let drill = incident.drill()?;
        let at = incident.reported_at();
        let first = incident.acknowledgements.first();
        Some(Self {
            id: incident.id.clone(),
            at,
            mode: drill.mode,
            incident_type: incident.r#type,
            severity: incident.severity,
            plan: drill.people.is_empty().then(|| incident.plan.id.clone()),
            answers: incident.acknowledgements.len(),
            first_answer_after_seconds: first.map(|deed| deed.at.duration_since(at).as_secs()),
        })
    }
}
