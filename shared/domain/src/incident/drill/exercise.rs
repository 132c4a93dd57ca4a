//! A drill as a line of a report: when, on what, and whether somebody answered.

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::DrillMode;
use crate::incident::Incident;
use crate::value::id::{IncidentId, PlanId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// An exercise that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillSummary {
    /// The drill's id.
    pub id: IncidentId,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// Whether it sent.
    pub mode: DrillMode,
    /// The kind of incident that was practised.
    pub incident_type: IncidentType,
    /// How serious it was.
    pub severity: Severity,
    /// The escalation plan that was practised; none, if it was for named people alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation_plan: Option<PlanId>,
    /// How many people acknowledged.
    pub acknowledgment_count: usize,
    /// How long after it was asked for the first of them did, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_acknowledgment_seconds: Option<i64>,
}

impl DrillSummary {
    /// The exercise that a drill's incident stands for; nothing if it is no drill.
    #[must_use]
    pub fn of(incident: &Incident) -> Option<Self> {
        let drill = incident.drill()?;
        let at = incident.reported_at();
        let first = incident.acknowledgments.first();
        Some(Self {
            id: incident.id.clone(),
            started_at: at,
            mode: drill.mode,
            incident_type: incident.r#type,
            severity: incident.severity,
            escalation_plan: drill.contacts.is_empty().then(|| incident.escalation_plan.id.clone()),
            acknowledgment_count: incident.acknowledgments.len(),
            first_acknowledgment_seconds: first.map(|deed| deed.at.duration_since(at).as_secs()),
        })
    }
}
