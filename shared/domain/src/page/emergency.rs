//! The message for the emergency topic.

use super::mark;
use crate::escalation::Emergency;
use crate::incident::Incident;

/// The plain message for the emergency topic.
#[must_use]
pub fn emergency_text(incident: &Incident, why: Emergency) -> String {
    let answered = incident.acknowledgements.len() > incident.acknowledged_before;
    let sentence = match why {
        Emergency::NobodyAnswered if answered => {
            "Everybody was paged, and fewer people answered than the plan asks for."
        }
        _ => why.sentence(),
    };
    format!(
        "{}MUSTER EMERGENCY. {sentence}\nIncident {}: {} {} in account {}, {}.\n{}\nLook: {}\n",
        mark(incident),
        incident.id,
        incident.severity.shout(),
        incident.r#type.words(),
        incident.account,
        incident.region,
        incident.title,
        incident.finding.console_link,
    )
}
