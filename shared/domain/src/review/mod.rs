//! The review of the roster: who is asked to confirm an entry, how often, and what silence leads to.

mod challenge;
mod correction;
pub mod reach;
mod subject;
mod wanted;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::challenge::{CODE_LIFE, Challenge, Given, MOST_CODES, MOST_TRIES, Purpose};
pub use self::correction::{ChangeRequest, ChangeRequestType, Decision};
pub use self::subject::{Subject, SubjectError};
pub use self::wanted::{KIND, Wanted};

use crate::roster::contact::Contact;
use crate::roster::external::ExternalResource;
use crate::value::availability::Zone;

/// How long the link in a reminder is good for: until the next one is there.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(35 * 24);
/// How long the link in a test message is good for.
pub const TEST_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the stack asks of reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How old a confirmation may be before the entry is due.
    pub due_after: SignedDuration,
    /// After how many unanswered reminders the manager is told; one more marks the entry.
    pub reminders: u8,
    /// The zone whose calendar says which month it is.
    pub zone: Zone,
}

impl Terms {
    /// The month that `now` is in: nobody is reminded twice in one.
    #[must_use]
    pub fn month(&self, now: Timestamp) -> String {
        self.zone.date(now).strftime("%Y-%m").to_string()
    }
}

/// What the review needs to know of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When it was last confirmed.
    pub reviewed_at: Option<Timestamp>,
    /// Since when it counts as unconfirmed.
    pub unconfirmed_since: Option<Timestamp>,
    /// Whether somebody can be asked now.
    pub asked_now: bool,
}

impl Standing {
    /// Of a contact. Whoever has left is never asked, and whoever is on leave when back.
    #[must_use]
    pub fn of(contact: &Contact, now: Timestamp) -> Self {
        Self {
            reviewed_at: contact.confirmed_at,
            unconfirmed_since: contact.unconfirmed_since,
            asked_now: !contact.departed() && !contact.on_leave(now),
        }
    }

    /// Of an external resource.
    #[must_use]
    pub const fn of_external(resource: &ExternalResource) -> Self {
        Self {
            reviewed_at: resource.confirmed_at,
            unconfirmed_since: resource.unconfirmed_since,
            asked_now: true,
        }
    }

    /// Whether the last confirmation is too old, or there is none.
    #[must_use]
    pub fn due(&self, terms: &Terms, now: Timestamp) -> bool {
        let old = |at: Timestamp| now.duration_since(at) > terms.due_after;
        self.asked_now && self.reviewed_at.is_none_or(old)
    }
}

/// A reminder that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reminder {
    /// Month of the review (YYYY-MM).
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-11"))]
    pub month: String,
    /// Time when the reminder was sent.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
}

/// Review status of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Review {
    /// Entry under review.
    pub subject: Subject,
    /// Reminders since the last response, oldest first.
    pub reminders: Vec<Reminder>,
    /// Time of the last response. Omitted if the owner never responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub responded_at: Option<Timestamp>,
    /// Time when the manager was last notified of unanswered reminders. Omitted if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub manager_notified_at: Option<Timestamp>,
    /// Version number, increased by each change.
    pub version: u64,
}

/// What a month's review does about one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Remind, for the time with this number since the last answer, from 1.
    pub remind: Option<usize>,
    /// Tell the manager how many reminders went unanswered.
    pub tell_manager: Option<usize>,
    /// Mark the entry as unconfirmed.
    pub mark: bool,
}

impl Review {
    /// The review of an entry that nobody was asked about yet.
    #[must_use]
    pub const fn new(subject: Subject) -> Self {
        Self {
            subject,
            reminders: Vec::new(),
            responded_at: None,
            manager_notified_at: None,
            version: 0,
        }
    }

    /// How many reminders went unanswered. A confirmation that came by the API answers too.
    #[must_use]
    pub fn unanswered(&self, standing: &Standing) -> usize {
        let last = self.responded_at.max(standing.reviewed_at);
        self.reminders.iter().filter(|reminder| last.is_none_or(|at| reminder.at > at)).count()
    }

    /// What the review of this month does: once a month, whoever is due is reminded; silence goes to
    /// the manager, and then marks the entry.
    #[must_use]
    pub fn steps(&self, standing: &Standing, terms: &Terms, now: Timestamp) -> Steps {
        let month = terms.month(now);
        let unanswered = self.unanswered(standing);
        let reminded = self.reminders.iter().any(|reminder| reminder.month == month);
        let answered = self.responded_at.is_some_and(|at| terms.month(at) == month);
        if !standing.due(terms, now) || reminded || answered {
            return Steps::default();
        }
        let most = usize::from(terms.reminders);
        Steps {
            remind: Some(unanswered + 1),
            tell_manager: (unanswered >= most).then_some(unanswered),
            mark: unanswered > most && standing.unconfirmed_since.is_none(),
        }
    }

    /// The review after a reminder for the month of `now`, and after the manager was told, if so.
    #[must_use]
    pub fn reminded(&self, standing: &Standing, terms: &Terms, told: bool, now: Timestamp) -> Self {
        let last = self.responded_at.max(standing.reviewed_at);
        let mut next = self.clone();
        next.reminders.retain(|reminder| last.is_none_or(|at| reminder.at > at));
        next.reminders.push(Reminder { month: terms.month(now), at: now });
        next.manager_notified_at = if told { Some(now) } else { next.manager_notified_at };
        next.version += 1;
        next
    }

    /// The review after somebody answered.
    #[must_use]
    pub fn answered(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.responded_at = Some(now);
        next.version += 1;
        next
    }
}

#[cfg(test)]
mod tests;
