//! What a turn has to read before it can be planned: of the roster, and of earlier escalation runs.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Cursor, LAST_LEVEL};
use crate::incident::Incident;
use crate::roster::external::ExternalResource;
use crate::roster::plan::Target;
use crate::roster::team::{Call, People};
use crate::value::id::{ContactId, ResourceId};

const NOBODY: &BTreeSet<ContactId> = &BTreeSet::new();

/// What an incident asks of the roster at `now`.
#[must_use]
pub fn call(incident: &Incident, now: Timestamp) -> Call<'_> {
    Call {
        severity: incident.severity,
        account: &incident.account,
        max_escalation_level: incident.max_escalation_level,
        now,
    }
}

/// What the turn at a cursor is planned from, so that no more is read than it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The highest escalation level; those below it are wanted too.
    pub highest_level: u8,
    /// People the step names, whatever their level.
    pub contacts: Vec<ContactId>,
    /// Organizations the step names.
    pub externals: Vec<ResourceId>,
    /// Whether it matters whom earlier escalation runs reached. Those contacts are wanted too.
    pub reached: bool,
}

/// What the turn at `cursor` is planned from.
#[must_use]
pub fn wanted(incident: &Incident, cursor: Cursor) -> Wanted {
    let team = incident.max_escalation_level;
    let mut wanted = Wanted {
        highest_level: team,
        contacts: Vec::new(),
        externals: Vec::new(),
        reached: incident.raised_turn(cursor),
    };
    for target in incident.escalation_plan.step(cursor.step).iter().flat_map(|step| &step.targets) {
        let level = match target {
            Target::SeverityTeam | Target::Backups => team,
            Target::NextLevel => team.saturating_add(1),
            Target::Level(level) => *level,
            Target::Role(_) => LAST_LEVEL,
            Target::Contact(id) => {
                wanted.contacts.push(id.clone());
                team
            }
            Target::External(id) => {
                wanted.externals.push(id.clone());
                team
            }
        };
        wanted.highest_level = wanted.highest_level.max(level).min(LAST_LEVEL);
    }
    wanted
}

/// What was read for a turn; more than [`wanted`] asks for changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The contacts, and the chains of their backups.
    pub people: &'a People,
    /// The external organizations.
    pub externals: &'a [ExternalResource],
    /// Whom a page of an earlier escalation run reached: it went out. One that was held, dropped, or
    /// failed reached nobody.
    pub reached: &'a BTreeSet<ContactId>,
}

impl<'a> Found<'a> {
    /// What is known of an incident that has paged nobody yet.
    #[must_use]
    pub const fn new(people: &'a People, externals: &'a [ExternalResource]) -> Self {
        Self { people, externals, reached: NOBODY }
    }
}
