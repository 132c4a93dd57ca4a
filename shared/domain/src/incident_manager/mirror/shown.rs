//! What a record shows of its incident: title, impact and summary.

use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::incident_manager::directory::impact;
use crate::message::page::{facts, mark, notices, shown};

/// Longest title of a record, in characters (Incident Manager API).
const LONGEST_TITLE: usize = 200;
/// Longest summary that we write, in characters; the API allows 8,000.
const LONGEST_SUMMARY: usize = 4000;

/// What a record shows of its incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its title, at most 200 characters.
    pub title: String,
    /// Its impact: 1 (critical) to 5 (none).
    pub impact: u8,
    /// Its summary, at most 4,000 characters.
    #[serde(default)]
    pub summary: String,
}

impl Shown {
    /// What a record shows of this incident.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        Self {
            title: title(incident),
            impact: impact(incident.severity),
            summary: summary(incident),
        }
    }
}

/// The title of an incident's record.
#[must_use]
pub fn title(incident: &Incident) -> String {
    let (severity, words) = (incident.severity.shout(), incident.r#type.words());
    let title = format!(
        "{}{severity}: {words} in {}: {}",
        mark(incident),
        incident.account,
        shown(&incident.title)
    );
    title.chars().take(LONGEST_TITLE).collect()
}

/// What is known of the incident, as its mails have it: what has changed, the finding, and its facts, a
/// line for each thing.
fn summary(incident: &Incident) -> String {
    let finding = &incident.finding;
    let mut lines = notices(incident);
    lines.extend([shown(&incident.title), shown(&finding.description)]);
    lines.extend(facts(incident).into_iter().map(|(label, value)| format!("{label}: {value}")));
    if !finding.console_url.is_empty() {
        lines.push(format!("Finding: {}", shown(&finding.console_url)));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n").chars().take(LONGEST_SUMMARY).collect()
}
