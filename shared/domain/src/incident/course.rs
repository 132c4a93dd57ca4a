//! The course an incident would take if nobody answered: every turn, by time, without sending.

use jiff::Timestamp;
use serde::Serialize;

use crate::incident::Incident;
use crate::incident::escalation::{Emergency, ExternalPage, Found, Next, PersonPage, plan_turn};
use crate::roster::team::PageReason;
use crate::value::channel::{Channel, ChannelType};
use crate::value::id::{ContactId, ResourceId};

/// Longest course: the twenty steps of the longest plan, ten times, the wait before the first, and
/// the end.
const MOST_TURNS: usize = 202;

/// A contact that the step would page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SimulatedPage {
    /// Contact ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    pub contact: ContactId,
    /// Reason why the contact would be paged.
    pub reason: PageReason,
    /// Channel types, in order.
    pub channels: Vec<ChannelType>,
}

impl From<PersonPage> for SimulatedPage {
    fn from(page: PersonPage) -> Self {
        let channels = kinds(&page.channels);
        Self { contact: page.contact.id, reason: page.reason, channels }
    }
}

/// An external organization that the step would notify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SimulatedNotification {
    /// External resource ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
    pub resource: ResourceId,
    /// Channel types, in order.
    pub channels: Vec<ChannelType>,
}

impl From<ExternalPage> for SimulatedNotification {
    fn from(page: ExternalPage) -> Self {
        let channels = kinds(&page.channels);
        Self { resource: page.resource.id, channels }
    }
}

fn kinds(channels: &[Channel]) -> Vec<ChannelType> {
    channels.iter().map(Channel::kind).collect()
}

/// A simulated escalation step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SimulatedStep {
    /// Time of the step.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Minutes after the incident opened.
    pub after_minutes: i64,
    /// Number of the pass through the steps (1-based).
    pub round: u32,
    /// Number of the step (1-based).
    pub step: u32,
    /// Contacts that the step would page.
    pub pages: Vec<SimulatedPage>,
    /// External organizations that the step would notify.
    pub external_resources: Vec<SimulatedNotification>,
    /// Reason why the emergency topic would be notified. Omitted otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub emergency_reason: Option<Emergency>,
}

/// The course of `incident` while nobody answers, with everybody's leave and hours as they will be
/// at each turn. The very code that pages decides it.
#[must_use]
pub fn course(incident: &Incident, found: &Found<'_>) -> Vec<SimulatedStep> {
    let (mut cursor, mut at) = (incident.first_turn(), incident.run_started_at);
    let mut turns = Vec::new();
    for _ in 0..MOST_TURNS {
        let turn = plan_turn(incident, cursor, found, at);
        let waits = matches!(turn.next, Next::Turn { cursor: next, .. } if next == cursor);
        if !waits {
            turns.push(SimulatedStep {
                at,
                after_minutes: at.duration_since(incident.opened_at).as_mins(),
                round: cursor.round,
                step: cursor.step + 1,
                pages: turn.pages.into_iter().map(SimulatedPage::from).collect(),
                external_resources: turn
                    .externals
                    .into_iter()
                    .map(SimulatedNotification::from)
                    .collect(),
                emergency_reason: turn.emergency,
            });
        }
        let Next::Turn { wait, cursor: following } = turn.next else { break };
        let Ok(then) = at.checked_add(wait) else { break };
        (cursor, at) = (following, then);
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{incident, now, people, person};

    #[test]
    fn the_default_plan_ends_at_the_emergency_topic() {
        let mut ada = person("ada", 1);
        ada.backup_contact = Some("bea".parse().unwrap());
        let people = people([ada, person("bob", 2), person("bea", 4), person("lex", 4)]);
        let line = |turn: SimulatedStep| {
            let pages: Vec<_> = turn.pages.iter().map(|page| page.contact.to_string()).collect();
            let emergency = turn.emergency_reason.map(|e| format!("{e:?}")).unwrap_or_default();
            format!("{} min: {}{emergency}", turn.after_minutes, pages.join(" "))
        };
        let found = Found::new(&people, &[]);
        let lines: Vec<_> = course(&incident(), &found).into_iter().map(line).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        0 min: ada bob
        10 min: ada bob bea
        20 min: bea lex
        30 min: ada bob
        40 min: ada bob bea
        50 min: bea lex
        60 min: ada bob
        70 min: ada bob bea
        80 min: bea lex
        90 min: NotAcknowledged
        ");
    }

    #[test]
    fn leave_is_looked_up_turn_by_turn() {
        // The last day of leave ends, and with it the stand-in's duty, between two turns.
        let mut ada = person("ada", 1);
        ada.backup_contact = Some("bea".parse().unwrap());
        ada.status =
            crate::roster::contact::ContactStatus::OnLeave { until: "2026-11-23".parse().unwrap() };
        let people = people([ada, person("bea", 4)]);
        let mut incident = incident();
        incident.opened_at = now() + jiff::SignedDuration::from_mins(21 * 60 - 15);
        incident.run_started_at = incident.opened_at;
        let turns = course(&incident, &Found::new(&people, &[]));
        assert_eq!(turns[0].pages[0].contact.as_str(), "bea");
        assert_eq!(turns[3].pages[0].contact.as_str(), "ada");
    }

    #[test]
    fn a_late_first_step_is_shown_when_it_pages() {
        let mut incident = incident();
        incident.escalation_plan.steps.remove(0);
        incident.escalation_plan.rounds = 2;
        let people = people([person("ada", 1)]);
        let turns = course(&incident, &Found::new(&people, &[]));
        let minutes: Vec<_> = turns.iter().map(|turn| turn.after_minutes).collect();
        assert_eq!(minutes, [10, 20, 40, 50, 70]);
        assert!(turns[..4].iter().all(|turn| turn.pages.len() == 1));
        assert_eq!(turns[4].emergency_reason, Some(Emergency::NotAcknowledged));
    }
}
