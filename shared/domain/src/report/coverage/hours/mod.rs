//! Hours of the coming week in which nobody in a role is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{CoverageGap, GapCode, GapSubject, Kind, Sources};
use crate::roster::contact::{Contact, ContactStatus};
use crate::roster::role::Role;
use crate::value::availability::Availability;
use crate::value::id::ContactId;
use crate::value::severity::Severity;
use crate::value::severity::Severity::{High, Medium};

/// The week is looked at in half hours.
const STEP: SignedDuration = SignedDuration::from_mins(30);
const STEPS: usize = 7 * 48;
/// Most ranges that are told.
const MOST: usize = 10;

const UNCOVERED: Kind = Kind {
    code: GapCode::RoleHoursUncovered,
    severity: Medium,
    why: "What comes in those hours waits, or wakes the whole team.",
    todo: "Widen somebody's hours, or give the role to somebody in another time zone.",
};

/// In which half hours of the week somebody can be disturbed; one answer for all who share their hours,
/// their zone and their leave.
#[derive(Default)]
struct Weeks {
    known: BTreeMap<String, Vec<bool>>,
}

impl Weeks {
    fn of(&mut self, contact: &Contact, from: Timestamp) -> &[bool] {
        let (hours, zone) = (&contact.availability, contact.time_zone.name());
        let key = format!("{hours:?} {zone} {:?}", contact.status);
        let there = |at| !contact.departed() && !contact.on_leave(at) && contact.in_hours(at);
        self.known.entry(key).or_insert_with(|| moments(from).map(there).collect())
    }
}

fn moments(from: Timestamp) -> impl Iterator<Item = Timestamp> {
    (0..STEPS).map(move |step| {
        let steps = i32::try_from(step).unwrap_or(i32::MAX);
        from.saturating_add(STEP * steps).unwrap_or(Timestamp::MAX)
    })
}

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let (mut weeks, mut findings) = (Weeks::default(), Vec::new());
    // From the half hour that has begun.
    let second = sources.now.as_second();
    let from = Timestamp::from_second(second - second.rem_euclid(30 * 60)).unwrap_or(sources.now);
    for role in Role::ALL {
        let holders = sources.present().filter(|contact| contact.roles.contains(&role));
        let Some(covered) = covered(sources, holders, from, &mut weeks) else { continue };
        let ranges = ranges(&covered, from);
        if ranges.is_empty() {
            continue;
        }
        let severity: Severity = if role.card().escalation_level <= 2 { High } else { Medium };
        let what = if covered.contains(&true) {
            let told = told(&ranges);
            format!("In these hours of the coming week nobody in this role is there: {told}.")
        } else {
            "At no hour of the coming week is anybody in this role there.".to_owned()
        };
        findings.push(Kind { severity, ..UNCOVERED }.of(GapSubject::Role { role }, what));
    }
    findings
}

/// In which half hours one of the holders of a role is there, or who stands in for one; nothing if there
/// is no holder, or plainly somebody at any hour. The escalation takes the first of a chain of backups who
/// is there, so an hour is covered if anybody is whom the chains lead to: each of them is looked at once,
/// however many chains cross.
fn covered<'a>(
    sources: &Sources<'a>,
    holders: impl Iterator<Item = &'a Contact>,
    from: Timestamp,
    weeks: &mut Weeks,
) -> Option<Vec<bool>> {
    let mut todo: Vec<&Contact> = holders.collect();
    let mut seen: BTreeSet<&ContactId> = todo.iter().map(|contact| &contact.id).collect();
    if todo.is_empty() {
        return None;
    }
    let mut covered = vec![false; STEPS];
    while let Some(contact) = todo.pop() {
        if contact.availability == Availability::Always && contact.status == ContactStatus::Active {
            return None;
        }
        for (covered, there) in covered.iter_mut().zip(weeks.of(contact, from)) {
            *covered |= there;
        }
        let backup = contact.backup_contact.as_ref().and_then(|id| sources.people.get(id));
        todo.extend(backup.filter(|backup| seen.insert(&backup.id)));
    }
    Some(covered)
}

/// The ranges of half hours that are not covered.
fn ranges(covered: &[bool], from: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut ranges: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (at, _) in moments(from).zip(covered).filter(|(_, covered)| !**covered) {
        let end = at.saturating_add(STEP).unwrap_or(Timestamp::MAX);
        match ranges.last_mut() {
            Some((_, until)) if *until == at => *until = end,
            _ => ranges.push((at, end)),
        }
    }
    ranges
}

fn told(ranges: &[(Timestamp, Timestamp)]) -> String {
    let moment = |at: &Timestamp| at.strftime("%a %H:%M").to_string();
    let range =
        |(from, until): &(Timestamp, Timestamp)| format!("{} to {}", moment(from), moment(until));
    let mut list: Vec<String> = ranges.iter().take(MOST).map(range).collect();
    if ranges.len() > MOST {
        list.push(format!("and {} more", ranges.len() - MOST));
    }
    format!("{} (UTC)", list.join(", "))
}

#[cfg(test)]
mod tests;
