//! Who is paged, by example and by property.

use proptest::prelude::*;

use super::*;
use crate::roster::contact::ContactStatus;
use crate::samples::{closed, now, people, person};

fn call(severity: Severity, highest_level: u8) -> Call<'static> {
    Call { severity, account: "111122223333", max_escalation_level: highest_level, now: now() }
}

fn names(members: &[Member<'_>]) -> String {
    let name = |m: &Member<'_>| match &m.reason {
        PageReason::Team => m.contact.id.to_string(),
        why => format!("{} ({})", m.contact.id, serde_json::to_string(why).unwrap()),
    };
    members.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn backed(mut contact: Contact, backup: &str) -> Contact {
    contact.backup_contact = Some(backup.parse().unwrap());
    contact
}

fn on_leave(mut contact: Contact) -> Contact {
    contact.status = ContactStatus::OnLeave { until: "2026-11-23".parse().unwrap() };
    contact
}

fn sleeping(mut contact: Contact) -> Contact {
    contact.availability = closed();
    contact
}

#[test]
fn levels_by_severity_in_order() {
    let all = people([
        person("zoe", 1),
        person("bob", 2),
        person("abe", 2),
        person("cy", 3),
        person("lex", 4),
    ]);
    assert_eq!(names(&call(Severity::Medium, 2).team(&all)), "zoe, abe, bob");
    assert_eq!(names(&call(Severity::High, 3).team(&all)), "zoe, abe, bob, cy");
    assert_eq!(names(&call(Severity::Critical, 4).team(&all)), "zoe, abe, bob, cy, lex");
    assert_eq!(names(&call(Severity::High, 3).next_level(&all)), r#"lex ({"type":"next_level"})"#);
    assert_eq!(names(&call(Severity::Critical, 4).next_level(&all)), "zoe, abe, bob, cy, lex");
}

#[test]
fn experts_only_for_their_accounts() {
    let mut other = person("sam", 3);
    other.roles = vec![Role::SubjectMatterExpert];
    other.accounts = ["999999999999".to_owned()].into();
    let mut ours = other.clone();
    ours.id = "una".parse().unwrap();
    ours.accounts = ["111122223333".to_owned()].into();
    let mut lead = other.clone();
    lead.id = "tom".parse().unwrap();
    lead.roles.push(Role::TechnicalLead);
    assert_eq!(names(&call(Severity::High, 3).team(&people([other, ours, lead]))), "tom, una");
}

#[test]
fn the_absent_are_replaced_by_their_backups() {
    let stand_in = r#"bob ({"type":"covering_for","contact":"ada"})"#;
    let check = |contacts: Vec<Contact>, severity, expected: &str| {
        assert_eq!(names(&call(severity, 2).team(&people(contacts))), expected);
    };
    check(
        vec![backed(on_leave(person("ada", 1)), "bob"), person("bob", 4)],
        Severity::High,
        stand_in,
    );
    check(
        vec![backed(sleeping(person("ada", 1)), "bob"), person("bob", 4)],
        Severity::High,
        stand_in,
    );
    // The backup is away too; the backup's backup takes over.
    let chain = vec![
        backed(on_leave(person("ada", 1)), "cy"),
        backed(on_leave(person("cy", 4)), "bob"),
        person("bob", 4),
    ];
    check(chain, Severity::High, stand_in);
    // Already in the team: not twice.
    check(vec![backed(on_leave(person("ada", 1)), "bob"), person("bob", 2)], Severity::High, "bob");
    // Critical wakes people.
    let ada = backed(sleeping(person("ada", 1)), "bob");
    check(vec![ada, person("bob", 4)], Severity::Critical, "ada");
}

#[test]
fn nobody_left_means_commanders_then_nobody() {
    let mut gone = person("ada", 1);
    gone.status = ContactStatus::Departed;
    // A circle of backups, both on leave.
    let circle =
        [backed(on_leave(person("bob", 2)), "cy"), backed(on_leave(person("cy", 2)), "bob")];
    let mut commander = person("kim", 4);
    commander.roles = vec![Role::IncidentCommander];
    let mut all = people(circle);
    all.extend(people([gone, sleeping(commander)]));
    assert_eq!(names(&call(Severity::High, 3).team(&all)), r#"kim ({"type":"fallback"})"#);
    all.remove(&"kim".parse().unwrap());
    assert_eq!(names(&call(Severity::High, 3).team(&all)), "");
}

fn any_person(index: usize) -> impl Strategy<Value = Contact> {
    (1u8..=4, 0u8..4, any::<bool>(), prop::option::of(0usize..8)).prop_map(
        move |(level, status, open, backup)| {
            let mut contact = person(&format!("p{index}"), level);
            contact.status = match status {
                0 => ContactStatus::Departed,
                1 => ContactStatus::OnLeave { until: "2026-11-30".parse().unwrap() },
                _ => ContactStatus::Active,
            };
            if !open {
                contact.availability = closed();
            }
            contact.backup_contact = backup.map(|b| format!("p{b}").parse().unwrap());
            contact
        },
    )
}

fn any_people() -> impl Strategy<Value = People> {
    let each: Vec<_> = (0..8).map(any_person).collect();
    (each, 0usize..=8).prop_map(|(all, keep)| people(all.into_iter().take(keep)))
}

proptest! {
    #[test]
    fn a_team_holds(all in any_people(), highest in 1u8..=4, critical in any::<bool>()) {
        let severity = if critical { Severity::Critical } else { Severity::High };
        let call = call(severity, highest);
        let team = call.team(&all);
        let ids: BTreeSet<_> = team.iter().map(|m| &m.contact.id).collect();
        prop_assert_eq!(ids.len(), team.len(), "nobody twice");
        for member in &team {
            prop_assert!(!member.contact.departed() && !member.contact.on_leave(now()));
            match &member.reason {
                PageReason::Team => prop_assert!(member.contact.escalation_level <= highest),
                PageReason::CoveringFor { contact: id } => prop_assert!(all[id].escalation_level <= highest),
                why => prop_assert_eq!(why, &PageReason::Fallback),
            }
        }
        // Whoever can come is there.
        for contact in all.values().filter(|c| c.escalation_level <= highest && c.status == ContactStatus::Active) {
            if critical || contact.in_hours(now()) {
                prop_assert!(ids.contains(&contact.id));
            }
        }
        let order: Vec<_> = team.iter().map(|m| (m.contact.escalation_level, m.contact.name.clone())).collect();
        prop_assert!(order.is_sorted(), "by level, then name");
        // Empty only if no commander could come either.
        if team.is_empty() {
            let commander = |c: &Contact| c.roles.contains(&Role::IncidentCommander) && c.status == ContactStatus::Active;
            prop_assert!(!all.values().any(commander));
        }
    }
}
