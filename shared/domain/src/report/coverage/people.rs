//! What people lack: channels that work, backups, confirmations; and what still names those who left.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{CoverageGap, CoverageTotals, GapCode, GapSubject, Kind, Sources};
use crate::review::reach;
use crate::review::reach::{ChannelVerification, UndeliverableReason};
use crate::roster::contact::{Contact, ContactStatus};
use crate::roster::hole::LEAST_KINDS;
use crate::value::channel::Channel;
use crate::value::id::ContactId;
use crate::value::severity::Severity;
use crate::value::severity::Severity::{Critical, High, Low, Medium};

const fn kind(code: GapCode, severity: Severity, why: &'static str, todo: &'static str) -> Kind {
    Kind { code, severity, why, todo }
}

pub(super) const ONE_WAY: Kind = kind(
    GapCode::ContactSingleChannelType,
    High,
    "One provider's bad night, and this person hears nothing.",
    "Add a channel of another kind.",
);
const NO_BACKUP: Kind = kind(
    GapCode::ContactWithoutBackup,
    Medium,
    "Nobody stands in while this person sleeps, flies or is ill.",
    "Name a backup.",
);
pub(super) const LOST_BACKUP: Kind = kind(
    GapCode::BackupMissing,
    High,
    "Whoever is meant to stand in will not.",
    "Name another backup.",
);
const AWAY_BACKUP: Kind = kind(
    GapCode::BackupOnLeave,
    Medium,
    "Until they are back, nobody stands in, or their own backup does.",
    "Name another backup for the time.",
);
const CIRCLE: Kind = kind(
    GapCode::BackupCycle,
    Low,
    "When all of them are away, the circle ends where it began, and nobody stands in.",
    "Let one of them be backed up by somebody else.",
);
const GONE_MANAGER: Kind = kind(
    GapCode::ManagerDeparted,
    Low,
    "If this person does not answer reminders, nobody hears of it.",
    "Name the manager of today.",
);
const LEAVING: Kind = kind(
    GapCode::DepartureReported,
    High,
    "They are still paged, and say that it is no longer their business.",
    "Decide about the correction: GET /change-requests.",
);
const UNCONFIRMED: Kind = kind(
    GapCode::ContactUnconfirmed,
    High,
    "Reminders went unanswered: this person may not be reachable as the roster says.",
    "Ask them, or find somebody else for the role.",
);
const DUE: Kind = kind(
    GapCode::ContactReviewDue,
    Low,
    "People change numbers, jobs and hours without a word.",
    "Wait for the answer to the reminder, or send one: POST /reviews.",
);
const LEAVE_OVER: Kind = kind(
    GapCode::LeaveEnded,
    Low,
    "The entry says that they are away, and they are paged again.",
    "Set the status to active, or the last day of leave to a later one.",
);
const UNPROVEN: Kind = kind(
    GapCode::ChannelUnverified,
    Medium,
    "Nobody knows whether a page would arrive there.",
    "Test it: POST /contacts/{id}/channel-tests.",
);
const DEAD: Kind = kind(
    GapCode::ChannelUndeliverable,
    High,
    "Nothing arrives there any more.",
    "Ask for another address or number, or let the provider's block be lifted.",
);
const NOT_ACTIVATED: Kind = kind(
    GapCode::ChannelNotActivated,
    Low,
    "Incident Manager never engages a channel that its owner has not activated.",
    "Send the code: POST /contacts/{id}/channels/{position}/activation.",
);

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let mut findings = Vec::new();
    for contact in sources.present() {
        findings.extend(standing(sources, contact));
        findings.extend(channels(sources, contact));
        findings.extend(backup(sources, contact));
    }
    findings.extend(circles(sources));
    findings.extend(sources.inactive.iter().map(|inactive| {
        // The alias is ours: prefix, kind and id.
        let id = inactive.alias.as_str().split_once("-contact-").map(|(_, id)| id);
        let contact = id.and_then(|id| id.parse::<ContactId>().ok());
        let about = contact.map_or(GapSubject::Roster, |contact| GapSubject::Contact { contact });
        let what =
            format!("Incident Manager's {} channel is not activated.", inactive.r#type.name());
        NOT_ACTIVATED.of(about, what)
    }));
    findings
}

/// How the entry itself stands.
fn standing(sources: &Sources<'_>, contact: &Contact) -> Vec<CoverageGap> {
    let (about, mut findings) = (|| GapSubject::contact(contact), Vec::new());
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    if sources.leaving.contains(&contact.id) {
        findings.push(LEAVING.of(about(), "Says to have left the role."));
    }
    if let Some(since) = contact.unconfirmed_since {
        findings.push(UNCONFIRMED.of(about(), format!("Unconfirmed since {}.", day(since))));
    } else if due(sources, contact) {
        let last = contact.confirmed_at.map_or_else(|| "never".to_owned(), day);
        findings.push(DUE.of(about(), format!("Last confirmed: {last}.")));
    }
    if let ContactStatus::OnLeave { until } = contact.status
        && !contact.on_leave(sources.now)
    {
        findings.push(LEAVE_OVER.of(about(), format!("The leave ended on {until}.")));
    }
    let gone = |id: &ContactId| sources.people.get(id).is_some_and(Contact::departed);
    let manager = contact.manager.as_ref().and_then(|text| text.parse::<ContactId>().ok());
    if let Some(manager) = manager.filter(gone) {
        findings.push(GONE_MANAGER.of(about(), format!("The manager, {manager}, has left.")));
    }
    findings
}

fn due(sources: &Sources<'_>, contact: &Contact) -> bool {
    let old = |at: Timestamp| sources.now.duration_since(at) > sources.limits.review;
    !contact.on_leave(sources.now) && contact.confirmed_at.is_none_or(old)
}

fn channels(sources: &Sources<'_>, contact: &Contact) -> Vec<CoverageGap> {
    let mut findings = Vec::new();
    let kinds: BTreeSet<_> = contact.channels.iter().map(Channel::kind).collect();
    if kinds.len() < LEAST_KINDS {
        findings.push(
            ONE_WAY.of(GapSubject::contact(contact), "Can be reached by one kind of channel only."),
        );
    }
    let known = reach::of(contact, sources.reached);
    let all_dead = known.iter().all(|reach| reach.undeliverable_reason.is_some());
    for (position, (channel, reach)) in (1..).zip(contact.channels.iter().zip(known)) {
        let about = GapSubject::Channel {
            contact: contact.id.clone(),
            channel_type: channel.kind(),
            position,
        };
        if let Some(dead) = reach.undeliverable_reason {
            let severity = if all_dead { Critical } else { High };
            let what = match dead {
                UndeliverableReason::Bounced => "Red: mail to it came back.",
                UndeliverableReason::Complaint => "Red: mail to it was called unwanted.",
                UndeliverableReason::OptedOut => "Red: its owner answered STOP.",
            };
            findings.push(Kind { severity, ..DEAD }.of(about, what));
        } else if !reach.proven(sources.limits.proof, sources.now) {
            findings.push(UNPROVEN.of(about, unproven(&reach)));
        }
    }
    findings
}

fn unproven(reach: &ChannelVerification) -> String {
    match reach.verified_at {
        None => "Red: never proven.".to_owned(),
        Some(at) => format!("Red: last proven on {}.", at.strftime("%Y-%m-%d")),
    }
}

fn backup(sources: &Sources<'_>, contact: &Contact) -> Option<CoverageGap> {
    let about = GapSubject::contact(contact);
    let Some(id) = &contact.backup_contact else {
        return Some(NO_BACKUP.of(about, "Has no backup."));
    };
    match sources.people.get(id) {
        None => Some(LOST_BACKUP.of(about, format!("The backup, {id}, is not in the roster."))),
        Some(backup) if backup.departed() => {
            Some(LOST_BACKUP.of(about, format!("The backup, {id}, has left.")))
        }
        Some(backup) if backup.on_leave(sources.now) => {
            Some(AWAY_BACKUP.of(about, format!("The backup, {id}, is on leave.")))
        }
        Some(_) => None,
    }
}

/// How many people of one circle are told: the message to the owner must not outgrow its topic.
const MOST_TOLD: usize = 10;

/// Backups that lead back to where they began: each circle once, told of the first of its people. Two
/// who back each other up are one too, and the usual one.
fn circles(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let mut known: BTreeSet<Vec<ContactId>> = BTreeSet::new();
    // Everybody who was walked through, and by which walk: what leads to them is known.
    let mut walked: BTreeMap<&ContactId, usize> = BTreeMap::new();
    for (walk, contact) in sources.present().enumerate() {
        let mut path: Vec<&ContactId> = Vec::new();
        let mut next = Some(&contact.id);
        while let Some(id) = next {
            if let Some(by) = walked.get(id) {
                // Its own steps end a walk in a circle; those of an earlier one lead to nothing new.
                if *by == walk {
                    let circle = path.iter().skip_while(|earlier| **earlier != id);
                    let mut circle: Vec<ContactId> = circle.map(|id| (*id).clone()).collect();
                    circle.sort();
                    known.insert(circle);
                }
                break;
            }
            walked.insert(id, walk);
            path.push(id);
            next = sources.here(id).and_then(|contact| contact.backup_contact.as_ref());
        }
    }
    let finding = |circle: Vec<ContactId>| {
        let mut ids: Vec<String> = circle.iter().take(MOST_TOLD).map(ToString::to_string).collect();
        if circle.len() > MOST_TOLD {
            ids.push(format!("and {} more", circle.len() - MOST_TOLD));
        }
        let about = circle.first().cloned();
        let about = about.map_or(GapSubject::Roster, |contact| GapSubject::Contact { contact });
        let severity = if circle.len() > 2 { Medium } else { Low };
        let what = format!("These back up only each other: {}.", ids.join(", "));
        Kind { severity, ..CIRCLE }.of(about, what)
    };
    known.into_iter().map(finding).collect()
}

/// The report in numbers, as far as people are concerned.
pub(super) fn totals(sources: &Sources<'_>) -> CoverageTotals {
    let mut totals = CoverageTotals::default();
    for contact in sources.present() {
        totals.contacts += 1;
        totals.review_due += usize::from(due(sources, contact));
        totals.unconfirmed += usize::from(contact.unconfirmed_since.is_some());
        for reach in reach::of(contact, sources.reached) {
            totals.channels += 1;
            totals.channels_undeliverable += usize::from(reach.undeliverable_reason.is_some());
            let proven = reach.undeliverable_reason.is_none()
                && reach.proven(sources.limits.proof, sources.now);
            totals.channels_verified += usize::from(proven);
        }
    }
    totals
}
