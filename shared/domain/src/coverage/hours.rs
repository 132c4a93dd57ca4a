//! Hours of the coming week in which nobody in a role is there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{About, CoverageFinding, Kind, Sources};
use crate::availability::Availability;
use crate::contact::Contact;
use crate::role::Role;
use crate::severity::Severity::{self, High, Medium};
use crate::team::Call;

/// The week is looked at in half hours.
const STEP: SignedDuration = SignedDuration::from_mins(30);
const STEPS: usize = 7 * 48;
/// Most ranges that are told.
const MOST: usize = 10;

const UNCOVERED: Kind = Kind {
    code: "hours_uncovered",
    severity: Medium,
    why: "What comes in those hours waits, or wakes the whole team.",
    todo: "Widen somebody's hours, or give the role to somebody in another time zone.",
};

/// Which half hours of the week somebody's hours cover; one answer for all who share them.
#[derive(Default)]
struct Weeks {
    known: BTreeMap<String, Vec<bool>>,
}

impl Weeks {
    fn of(&mut self, contact: &Contact, from: Timestamp) -> &[bool] {
        let key = format!("{:?} {}", contact.availability, contact.time_zone.name());
        self.known
            .entry(key)
            .or_insert_with(|| moments(from).map(|at| contact.in_hours(at)).collect())
    }
}

fn moments(from: Timestamp) -> impl Iterator<Item = Timestamp> {
    (0..STEPS).map(move |step| {
        let steps = i32::try_from(step).unwrap_or(i32::MAX);
        from.saturating_add(STEP * steps).unwrap_or(Timestamp::MAX)
    })
}

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageFinding> {
    let (mut weeks, mut findings) = (Weeks::default(), Vec::new());
    // From the half hour that has begun.
    let second = sources.now.as_second();
    let from = Timestamp::from_second(second - second.rem_euclid(30 * 60)).unwrap_or(sources.now);
    for role in Role::ALL {
        let mut covered = vec![false; STEPS];
        let (mut filled, mut always) = (false, false);
        for contact in sources.present().filter(|contact| contact.roles.contains(&role)) {
            filled = true;
            always |= cover(sources, contact, from, &mut weeks, &mut covered);
            if always {
                break;
            }
        }
        if !filled || always {
            continue;
        }
        let ranges = ranges(&covered, from);
        if ranges.is_empty() {
            continue;
        }
        let severity: Severity = if role.card().level <= 2 { High } else { Medium };
        let what = format!(
            "In these hours of the coming week nobody in this role is there: {}.",
            told(&ranges)
        );
        findings.push(Kind { severity, ..UNCOVERED }.of(About::Role { role }, what));
    }
    findings
}

/// Marks the half hours in which somebody is there, or who stands in for them; says whether that is all
/// of them.
fn cover(
    sources: &Sources<'_>,
    contact: &Contact,
    from: Timestamp,
    weeks: &mut Weeks,
    covered: &mut [bool],
) -> bool {
    let away = contact.on_leave(sources.now);
    if contact.availability == Availability::Always && !away {
        return true;
    }
    let week = weeks.of(contact, from).to_vec();
    for ((at, hours), covered) in moments(from).zip(week).zip(covered.iter_mut()) {
        if *covered {
            continue;
        }
        *covered = (hours && !contact.on_leave(at)) || {
            // As the escalation looks for somebody: whoever is away or asleep is stood in for.
            let call = Call { severity: Severity::High, account: "", highest_level: 4, now: at };
            call.stand_in(contact, sources.people).is_some()
        };
    }
    covered.iter().all(|covered| *covered)
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
