//! The course an incident would take if nobody answered: every turn, by time, without sending.

use jiff::Timestamp;
use serde::Serialize;

use crate::channel::{Channel, ChannelType};
use crate::escalation::{Cursor, Emergency, Next, turn};
use crate::id::ContactId;
use crate::incident::Incident;
use crate::team::{People, Why};

/// Longest course: the twenty steps of the longest plan, ten times, and the end.
const MOST_TURNS: usize = 201;

/// One person whom a turn would page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WouldPage {
    /// The person.
    pub contact: ContactId,
    /// Why this person.
    pub why: Why,
    /// By which kinds of channel, in order.
    pub channels: Vec<ChannelType>,
}

/// One turn of a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WouldTurn {
    /// When it would be taken.
    pub at: Timestamp,
    /// How long after the incident opened, in minutes.
    pub after_minutes: i64,
    /// Which time through the plan, from 1.
    pub round: u32,
    /// Which step, from 0.
    pub step: u32,
    /// Whom it would page.
    pub pages: Vec<WouldPage>,
    /// Why the emergency topic would be told, if it would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

/// The course of `incident` while nobody answers, with everybody's leave and hours as they will be
/// at each turn. The very code that pages decides it.
#[must_use]
pub fn course(incident: &Incident, people: &People) -> Vec<WouldTurn> {
    let (mut cursor, mut at, mut turns) = (Cursor::FIRST, incident.opened_at, Vec::new());
    while turns.len() < MOST_TURNS {
        let next = turn(incident, cursor, people, at);
        let pages = next.pages.into_iter().map(|page| WouldPage {
            contact: page.contact.id,
            why: page.why,
            channels: page.channels.iter().map(Channel::kind).collect(),
        });
        turns.push(WouldTurn {
            at,
            after_minutes: at.duration_since(incident.opened_at).as_mins(),
            round: cursor.round,
            step: cursor.step,
            pages: pages.collect(),
            emergency: next.emergency,
        });
        let Next::Turn { wait, cursor: following } = next.next else { break };
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
        ada.backup = Some("bea".parse().unwrap());
        let people = people([ada, person("bob", 2), person("bea", 4), person("lex", 4)]);
        let line = |turn: WouldTurn| {
            let pages: Vec<_> = turn.pages.iter().map(|page| page.contact.to_string()).collect();
            let emergency = turn.emergency.map(|e| format!("{e:?}")).unwrap_or_default();
            format!("{} min: {}{emergency}", turn.after_minutes, pages.join(" "))
        };
        let lines: Vec<_> = course(&incident(), &people).into_iter().map(line).collect();
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
        90 min: NobodyAnswered
        ");
    }

    #[test]
    fn leave_is_looked_up_turn_by_turn() {
        // The last day of leave ends, and with it the stand-in's duty, between two turns.
        let mut ada = person("ada", 1);
        ada.backup = Some("bea".parse().unwrap());
        ada.status = crate::Status::OnLeave { until: "2026-11-23".parse().unwrap() };
        let people = people([ada, person("bea", 4)]);
        let mut incident = incident();
        incident.opened_at = now() + jiff::SignedDuration::from_mins(21 * 60 - 15);
        let turns = course(&incident, &people);
        assert_eq!(turns[0].pages[0].contact.as_str(), "bea");
        assert_eq!(turns[3].pages[0].contact.as_str(), "ada");
    }
}
