//! A drill as a line of a report: when, on what, and whether somebody answered.

use jiff::Timestamp;
use serde::Serialize;

use crate::finding::drill::DrillMode;
use crate::incident::Incident;
use crate::value::id::{IncidentId, PlanId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// Summary of a past drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DrillSummary {
    /// Drill ID, equal to the ID of its incident.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "20261127-7h2m9q1r3s"))]
    pub id: IncidentId,
    /// Time when the drill was requested.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub started_at: Timestamp,
    /// Mode of the drill.
    pub mode: DrillMode,
    /// Incident type of the drill.
    pub incident_type: IncidentType,
    /// Severity of the drill.
    pub severity: Severity,
    /// Escalation plan ID. Omitted if the drill paged named contacts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "default", nullable = false))]
    pub escalation_plan: Option<PlanId>,
    /// Number of acknowledgments.
    pub acknowledgment_count: usize,
    /// Seconds from the request to the first acknowledgment. Omitted without acknowledgment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
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
