//! Whom Incident Manager engages for an escalation, and whether it still does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ENGAGE_WITHIN, Mirror, pages};
use crate::incident::Incident;
use crate::incident::escalation::{Cursor, Turn};
use crate::message::page::mark;
use crate::value::id::ContactId;
use crate::value::severity::Severity;

/// How long after it was asked for an engagement may be missing from the list: what a response plan
/// engages is made after the record.
const LISTED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// How long after somebody's stage began the first page may be missing: an engagement plan tries one
/// channel a minute, and channels that are not activated are not engaged.
const PAGED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How far the service's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

/// Whom Incident Manager engages for one escalation of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Which escalation, from 1.
    pub run: u32,
    /// Everybody whom its plan engages, and whether it reaches them: by an activated channel, while the
    /// engagement runs.
    pub people: BTreeMap<ContactId, bool>,
    /// The turn before which that was checked; only that turn leaves anybody out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Cursor>,
}

/// Incident Manager was asked to engage people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engaging {
    /// For which escalation, from 1.
    pub run: u32,
    /// When it was first asked.
    pub at: Timestamp,
    /// What `StartEngagement` was asked; nothing if the record's response plan engages them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<EngagementRequest>,
}

/// All that `StartEngagement` is asked. A call with the same token and other values is refused there,
/// and one with another token pages people twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngagementRequest {
    /// The alias of the escalation.
    pub escalation: String,
    /// Makes repeated calls one.
    pub token: String,
    /// Subject of emails and calls, at most 200 characters.
    pub subject: String,
    /// Text of emails and calls.
    pub content: String,
    /// Text messages. They are seen on lock screens, so they name no account and no resource.
    pub public: String,
}

impl EngagementRequest {
    /// What to ask for this incident's present escalation.
    #[must_use]
    pub fn new(incident: &Incident, escalation: String, token: String) -> Self {
        let subject = super::title(incident);
        let public = format!(
            "{}{} security incident {}. Open Incident Manager.",
            mark(incident),
            incident.severity.shout(),
            incident.id
        );
        let link = &incident.finding.console_url;
        let content = format!("{subject}\n{link}\nIncident {}", incident.id);
        Self { escalation, token, subject, content, public }
    }
}

impl Engagement {
    /// Whether anybody at all can be reached.
    #[must_use]
    pub fn reaches_anybody(&self) -> bool {
        self.people.values().any(|reached| *reached)
    }

    /// Returns the timeline's line about its start. Contacts whom it cannot reach are not counted: Muster pages these.
    #[must_use]
    pub fn sentence(&self) -> String {
        let number = self.people.values().filter(|reached| **reached).count();
        let contacts = if number == 1 { "contact" } else { "contacts" };
        format!("Incident Manager engages {number} {contacts} of its plan.")
    }
}

impl Turn {
    /// This turn without those whom Incident Manager engages in its place. If that could not be checked
    /// before this turn, it pages everybody: better a page too many than one that is lost. Outside somebody's
    /// hours only a Critical incident counts on it: Muster calls first, and Incident Manager knows no hours.
    #[must_use]
    pub fn shared_with(
        self,
        cursor: Cursor,
        engagement: Option<&Engagement>,
        severity: Severity,
        now: Timestamp,
    ) -> Self {
        let Some(engagement) = engagement.filter(|known| known.checked == Some(cursor)) else {
            return self;
        };
        let woken = severity == Severity::Critical;
        let pages = self.pages.into_iter().filter(|page| {
            let reached = engagement.people.get(&page.contact.id) == Some(&true);
            !(reached && (woken || page.contact.in_hours(now)))
        });
        Self { pages: pages.collect(), ..self }
    }
}

impl Mirror {
    /// Whether a turn of the incident's present escalation counts on engagements there.
    #[must_use]
    pub fn counts_on(&self, incident: &Incident) -> bool {
        self.engagement.as_ref().is_some_and(|engagement| engagement.run == incident.run)
    }

    /// Whether every engagement that was asked for is listed by now.
    #[must_use]
    pub fn all_listed(&self, now: Timestamp) -> bool {
        let asked = self.engaging.as_ref().map(|engaging| engaging.at);
        asked.is_none_or(|at| now.duration_since(at) > LISTED_WITHIN)
    }

    /// Up to which escalation engagements have to be stopped, if any may be running that nobody counts on:
    /// somebody has answered, or Muster pages alone since the answer to the call never came.
    pub(super) fn to_stop(&self, incident: &Incident, now: Timestamp) -> Option<u32> {
        let engaged = self.engagement.as_ref().map(|engagement| engagement.run);
        let asked = self.engaging.as_ref().map(|engaging| engaging.run);
        let last = engaged.max(asked).filter(|run| *run > self.stopped)?;
        if pages(incident) {
            let since =
                self.engaging.as_ref().map_or(incident.run_started_at, |engaging| engaging.at);
            let underway = now.duration_since(since.max(incident.first_due())) <= ENGAGE_WITHIN;
            if self.counts_on(incident) || underway {
                return None;
            }
        }
        Some(last)
    }
}

/// Where an escalation has somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How long after it begins their first stage does, in minutes.
    pub after_minutes: u32,
    /// Whether they have an activated channel; no other is ever engaged.
    pub activated: bool,
}

/// An engagement of a record, as Incident Manager has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it began.
    pub started: Timestamp,
    /// Whether it has ended: acknowledged there, stopped, or at the end of its plan.
    pub stopped: bool,
    /// Whom it has paged so far, and when each acknowledged, if they did.
    pub pages: Vec<(ContactId, Option<Timestamp>)>,
}

/// Whom of these people Incident Manager still engages, by the `seen` engagements of their record: nobody
/// once they have ended, and nobody whose page is long overdue. `asked` is when the engagement was asked for.
#[must_use]
pub fn still_engaged(
    places: &BTreeMap<ContactId, Place>,
    seen: &[Seen],
    asked: Option<Timestamp>,
    now: Timestamp,
) -> BTreeMap<ContactId, bool> {
    let earliest = asked.and_then(|at| at.checked_sub(SKEW).ok()).unwrap_or(Timestamp::MIN);
    let own: Vec<&Seen> = seen.iter().filter(|seen| seen.started >= earliest).collect();
    let runs = if own.is_empty() {
        asked.is_some_and(|at| now.duration_since(at) <= LISTED_WITHIN)
    } else {
        own.iter().any(|seen| !seen.stopped)
    };
    let paged: BTreeSet<&ContactId> =
        own.iter().flat_map(|seen| &seen.pages).map(|(id, _)| id).collect();
    let began = own.iter().map(|seen| seen.started).min();
    let missed = |id: &ContactId, place: &Place| {
        let due = SignedDuration::from_mins(i64::from(place.after_minutes)) + PAGED_WITHIN;
        !paged.contains(id) && began.is_some_and(|began| now.duration_since(began) > due)
    };
    let engaged = |(id, place): (&ContactId, &Place)| {
        (id.clone(), runs && place.activated && !missed(id, place))
    };
    places.iter().map(engaged).collect()
}
