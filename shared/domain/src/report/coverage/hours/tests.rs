//! Uncovered hours: zones, the change of the clocks, leave, and chains of backups.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::report::coverage::Limits;
use crate::review::reach::Reached;
use crate::roster::policy::Policy;
use crate::roster::team::{Call, People};
use crate::samples::{now, people, person};

fn found(people: &People, now: Timestamp) -> Vec<CoverageGap> {
    let (reached, policy, leaving) = (Reached::new(), Policy::default(), BTreeSet::new());
    findings(&Sources {
        people,
        plans: &[],
        resources: &[],
        policy: &policy,
        reached: &reached,
        exercises: &[],
        inactive: &[],
        leaving: &leaving,
        waiting: 0,
        limits: Limits::default(),
        now,
    })
}

fn weekly(json: &str) -> Availability {
    serde_json::from_str(json).unwrap()
}

/// Every day but for some hours of the night.
fn days(from: &str, to: &str) -> Availability {
    weekly(&format!(
        r#"[{{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"{from}","to":"{to}"}}]"#
    ))
}

fn at_work(id: &str, availability: Availability, zone: &str) -> Contact {
    Contact { availability, time_zone: zone.parse().unwrap(), ..person(id, 1) }
}

#[test]
fn hours_are_told_in_utc() {
    let check = |contacts: &[Contact], at: &str, severity, expected: &str| {
        let found = found(&people(contacts.to_vec()), at.parse().unwrap());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].severity, severity);
        assert!(found[0].description.ends_with(expected), "{}", found[0].description);
    };
    let monday = "2026-11-23T03:10:00Z";
    let sunday_off =
        r#"[{"days":["mon","tue","wed","thu","fri","sat"],"from":"00:00","to":"24:00"}]"#;
    let new_york = at_work("ada", weekly(sunday_off), "America/New_York");
    check(
        std::slice::from_ref(&new_york),
        monday,
        High,
        "there: Mon 03:00 to Mon 05:00, Sun 05:00 to Mon 03:00 (UTC).",
    );
    // What one zone leaves open another fills, to the half hour.
    let kolkata = at_work("bob", weekly(sunday_off), "Asia/Kolkata");
    check(&[new_york, kolkata], monday, High, "there: Sun 05:00 to Sun 18:30 (UTC).");
    // Europe leaves summer time on Sunday, 2026-10-25, at 01:00 UTC: the same hours are an hour later.
    let mut counsel = at_work("eve", days("01:00", "24:00"), "Europe/Berlin");
    counsel.roles = vec![Role::LegalCounsel];
    check(
        &[counsel],
        "2026-10-23T12:00:00Z",
        Medium,
        "there: Fri 22:00 to Fri 23:00, Sat 22:00 to Sat 23:00, Sun 23:00 to Mon 00:00, Mon 23:00 to \
         Tue 00:00, Tue 23:00 to Wed 00:00, Wed 23:00 to Thu 00:00, Thu 23:00 to Fri 00:00 (UTC).",
    );
}

#[test]
fn many_gaps_are_counted() {
    let noon =
        r#"{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"12:00","to":"13:00"}"#;
    let night = noon.replace("12:00", "01:00").replace("13:00", "02:00");
    let ada = at_work("ada", weekly(&format!("[{noon},{night}]")), "UTC");
    let found = found(&people([ada]), now());
    assert!(
        found[0].description.ends_with("Fri 13:00 to Sat 01:00, and 5 more (UTC)."),
        "{}",
        found[0].description
    );
}

#[test]
fn leave_ends_by_the_persons_own_calendar() {
    let mut ada = at_work("ada", Availability::Always, "Asia/Tokyo");
    ada.status = ContactStatus::OnLeave { until: "2026-11-24".parse().unwrap() };
    let told = |ada: &Contact| found(&people([ada.clone()]), now()).pop().map(|f| f.description);
    let expected = "there: Mon 03:00 to Tue 15:00 (UTC).";
    assert!(told(&ada).unwrap().ends_with(expected), "{:?}", told(&ada));
    ada.status = ContactStatus::OnLeave { until: "2026-12-24".parse().unwrap() };
    let expected = "At no hour of the coming week is anybody in this role there.";
    assert_eq!(told(&ada).as_deref(), Some(expected));
    ada.status = ContactStatus::Active;
    assert_eq!(told(&ada), None);
    // Nobody who has left holds a role; the role itself is another finding's.
    ada.status = ContactStatus::Departed;
    assert_eq!(told(&ada), None);
}

/// Somebody of a roster of eight: whether commander, which hours, which status, whose backup.
type Dice = (bool, u8, u8, Option<usize>);

fn drawn(dice: &[Dice]) -> People {
    let contacts = dice.iter().enumerate().map(|(n, (commander, hours, status, backup))| {
        let hours = match hours {
            0 => Availability::Always,
            1 => days("08:00", "18:00"),
            2 => days("18:00", "08:00"),
            _ => days("12:00", "13:00"),
        };
        let mut contact = at_work(&format!("p{n}"), hours, "Europe/Berlin");
        contact.roles = vec![if *commander { Role::IncidentCommander } else { Role::LegalCounsel }];
        contact.status = match status {
            0 => ContactStatus::Departed,
            1 => ContactStatus::OnLeave { until: "2026-11-26".parse().unwrap() },
            _ => ContactStatus::Active,
        };
        contact.backup_contact = backup.map(|n| format!("p{n}").parse().unwrap());
        contact
    });
    people(contacts)
}

proptest! {
    /// The escalation is asked for each half hour: whom it would page says whether the hour is covered.
    #[test]
    fn an_hour_is_covered_if_the_escalation_finds_somebody(
        dice in prop::collection::vec(
            (any::<bool>(), 0u8..4, 0u8..4, prop::option::of(0usize..9)), 1..9)
    ) {
        let people = drawn(&dice);
        let found = found(&people, now());
        for role in [Role::IncidentCommander, Role::LegalCounsel] {
            let holders: Vec<&Contact> =
                people.values().filter(|c| !c.departed() && c.roles.contains(&role)).collect();
            let there = |at: Timestamp| {
                let call = Call { severity: High, account: "", max_escalation_level: 4, now: at };
                let here = |c: &&Contact| !c.on_leave(at) && c.in_hours(at);
                holders.iter().any(|c| here(c) || call.stand_in(c, &people).is_some())
            };
            let covered: Vec<bool> = moments(now()).map(there).collect();
            let gaps = ranges(&covered, now());
            let told_of = found.iter().find(|f| f.subject == GapSubject::Role { role });
            if holders.is_empty() || gaps.is_empty() {
                prop_assert!(told_of.is_none());
            } else if covered.contains(&true) {
                prop_assert!(told_of.is_some_and(|f| f.description.contains(&told(&gaps))));
            } else {
                prop_assert!(told_of.is_some_and(|f| f.description.starts_with("At no hour")));
            }
        }
    }
}
