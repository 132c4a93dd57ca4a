//! The message for the emergency topic.

use super::blocks::{one_line, shown};
use super::{mark, notices};
use crate::incident::Incident;
use crate::incident::escalation::Emergency;

/// The plain message for the emergency topic.
#[must_use]
pub fn emergency_text(incident: &Incident, why: Emergency) -> String {
    let sentence = why.about(incident);
    let notices: String =
        notices(incident).into_iter().flat_map(|notice| [notice, "\n".to_owned()]).collect();
    format!(
        "{}MUSTER EMERGENCY. {sentence}\nIncident {}: {} {} in account {}, {}.\n{}\n{notices}Look: {}\n",
        mark(incident),
        incident.id,
        incident.severity.shout(),
        incident.r#type.words(),
        shown(&incident.account),
        shown(&incident.region),
        shown(&incident.title),
        one_line(&incident.finding.console_url),
    )
}
