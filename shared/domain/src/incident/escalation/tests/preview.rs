//! What pages reads no more than `wanted` says, and a preview reads everybody: both plan one turn.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::incident::course::{SimulatedPage, course};

/// The people of these levels, those named, and the backups of all of them: what the roster's table
/// gives the pager.
fn read(everybody: &People, highest_level: u8, named: &[ContactId]) -> People {
    let here = |contact: &Contact| !contact.departed() && contact.escalation_level <= highest_level;
    let mut found: People = everybody
        .iter()
        .filter(|(id, contact)| here(contact) || named.contains(id))
        .map(|(id, contact)| (id.clone(), contact.clone()))
        .collect();
    for _ in 0..everybody.len() {
        let backups: BTreeSet<_> =
            found.values().filter_map(|c| c.backup_contact.clone()).collect();
        found
            .extend(backups.iter().filter_map(|id| Some((id.clone(), everybody.get(id)?.clone()))));
    }
    found
}

/// The turn as the pager plans it: from little, and from everybody only if that was not enough.
fn paged(incident: &Incident, cursor: Cursor, everything: &Found<'_>, at: Timestamp) -> Turn {
    let wanted = wanted(incident, cursor);
    let reached = if wanted.reached { everything.reached.clone() } else { BTreeSet::new() };
    let named: Vec<_> = wanted.contacts.iter().chain(&reached).cloned().collect();
    let externals: Vec<_> =
        everything.externals.iter().filter(|e| wanted.externals.contains(&e.id)).cloned().collect();
    let planned = |highest_level| {
        let people = read(everything.people, highest_level, &named);
        let found = Found { people: &people, externals: &externals, reached: &reached };
        plan_turn(incident, cursor, &found, at)
    };
    let turn = planned(wanted.highest_level);
    if turn.fell_back { planned(LAST_LEVEL) } else { turn }
}

const IDS: [&str; 6] = ["ada", "bob", "cid", "dan", "eve", "fay"];

/// Level, role, status, backup, and whether it is outside the hours.
type Entry = (u8, crate::roster::role::Role, u8, Option<usize>, bool);

fn entry() -> impl Strategy<Value = Entry> {
    let role = proptest::sample::select(crate::roster::role::Role::ALL.to_vec());
    (1..=4_u8, role, 0..4_u8, proptest::option::of(0..IDS.len()), any::<bool>())
}

fn roster() -> impl Strategy<Value = People> {
    proptest::collection::vec(entry(), 0..=IDS.len()).prop_map(|entries| {
        let one = |(index, (level, role, status, backup, closed)): (usize, Entry)| {
            let mut contact = person(IDS[index], level);
            contact.roles = vec![role];
            contact.backup_contact = backup.map(|index| IDS[index].parse().unwrap());
            contact.status = match status {
                0 => ContactStatus::Departed,
                1 => ContactStatus::OnLeave { until: "2026-11-23".parse().unwrap() },
                _ => ContactStatus::Active,
            };
            if closed {
                contact.availability = crate::samples::closed();
            }
            contact
        };
        people(entries.into_iter().enumerate().map(one))
    })
}

fn plan() -> impl Strategy<Value = EscalationPlan> {
    let target = proptest::sample::select(vec![
        "severity_team",
        "backups",
        "next_level",
        "role:technical_lead",
        "role:legal_counsel",
        "level:3",
        "contact:ada",
        "contact:fay",
        "external:firm",
        "external:none",
    ]);
    let targets = proptest::collection::vec(target, 1..4);
    let steps = proptest::collection::vec((0..20_u32, targets), 1..4);
    (steps, 1..3_u32).prop_map(|(steps, rounds)| {
        let mut minutes = 0;
        let step = |(after, targets): (u32, Vec<&str>)| {
            minutes += after + u32::from(minutes > 0);
            let targets = targets.iter().map(|text| text.parse().unwrap()).collect();
            Step { after_minutes: minutes, targets, channels: StepChannels::All }
        };
        let steps = steps.into_iter().map(step).collect();
        EscalationPlan { steps, rounds, round_interval_minutes: 90, ..EscalationPlan::default() }
    })
}

proptest! {
    #[test]
    fn a_preview_shows_what_pages(
        everybody in roster(),
        plan in plan(),
        critical in any::<bool>(),
        more_severe in any::<bool>(),
        reached in proptest::collection::btree_set(proptest::sample::select(IDS.to_vec()), 0..4),
    ) {
        let mut incident = incident();
        incident.escalation_plan = plan;
        if critical {
            incident.severity = crate::value::severity::Severity::Critical;
        }
        let incident = if more_severe { raised(&incident) } else { incident };
        let reached: BTreeSet<ContactId> = reached.iter().map(|id| id.parse().unwrap()).collect();
        let firms = [firm()];
        let everything = Found { people: &everybody, externals: &firms, reached: &reached };
        let shown = course(&incident, &everything);
        prop_assert_eq!(shown[0].at, incident.first_due());
        for turn in &shown {
            let cursor = Cursor { run: incident.run, round: turn.round, step: turn.step - 1 };
            let real = paged(&incident, cursor, &everything, turn.at);
            let pages: Vec<_> = real.pages.into_iter().map(SimulatedPage::from).collect();
            prop_assert_eq!(&pages, &turn.pages);
            let told: Vec<_> = real.externals.into_iter().map(|page| page.resource.id).collect();
            let shown: Vec<_> = turn.external_resources.iter().map(|o| o.resource.clone()).collect();
            prop_assert_eq!(told, shown);
            prop_assert_eq!(real.emergency, turn.emergency_reason);
            // No turn is in vain: it reaches a person or an organization, or the emergency topic.
            let somebody = !turn.pages.is_empty() || !turn.external_resources.is_empty();
            prop_assert!(somebody || turn.emergency_reason.is_some());
        }
        let last = shown.last().unwrap();
        prop_assert_eq!(last.emergency_reason, Some(Emergency::NotAcknowledged));
    }
}
