//! What people are told of a notification duty, and what stands on the timeline.

use jiff::Timestamp;

use crate::duty::clock::{DeadlineStage, NotificationDeadline};
use crate::incident::Incident;
use crate::incident::event::EventType;
use crate::message::page::{Block, Mail, mail_of, mark, minute, short};

impl NotificationDeadline {
    /// The line of the timeline for a stage: its name, and a sentence without anybody's name.
    #[must_use]
    pub fn fact(&self, stage: DeadlineStage) -> (EventType, String) {
        let (who, until, hours) = (&self.resource, minute(self.deadline), self.within_hours);
        match stage {
            DeadlineStage::Started => (
                EventType::NotificationDeadlineStarted,
                format!(
                    "{} must be reported to {who} within {hours} hours: by {until}.",
                    self.reportable()
                ),
            ),
            DeadlineStage::Halfway => (
                EventType::NotificationDeadlineHalfway,
                format!("Half of the time to report to {who} is over; until {until}."),
            ),
            DeadlineStage::DueSoon => (
                EventType::NotificationDeadlineDueSoon,
                format!("The report to {who} is due soon: by {until}."),
            ),
            DeadlineStage::Overdue => (
                EventType::NotificationDeadlineMissed,
                format!("The deadline to report to {who} has passed: {until}."),
            ),
        }
    }

    /// What must be reported: `Incidents of type malware, data exposure`.
    fn reportable(&self) -> String {
        let words: Vec<_> = self.incident_types.iter().map(|kind| kind.words()).collect();
        if words.is_empty() {
            return "This incident".to_owned();
        }
        format!("Incidents of type {}", words.join(", "))
    }

    /// The hours that are left, rounded down.
    fn left(&self, now: Timestamp) -> i64 {
        self.deadline.duration_since(now).as_hours().max(0)
    }

    /// The text message: public, so it says that there is a duty and not to whom.
    #[must_use]
    pub fn text(&self, stage: DeadlineStage, incident: &Incident, now: Timestamp) -> String {
        let left = match stage {
            DeadlineStage::Overdue => "the deadline has PASSED".to_owned(),
            _ => format!("{} h left", self.left(now)),
        };
        format!(
            "{}MUSTER: notification duty, {left}. {} {} in account ..{}, incident {}. See your mail.",
            mark(incident),
            incident.severity.shout(),
            incident.r#type.words(),
            short(&incident.account),
            incident.id,
        )
    }

    /// The mail.
    #[must_use]
    pub fn mail(&self, stage: DeadlineStage, incident: &Incident, now: Timestamp) -> Mail {
        let begins = match stage {
            DeadlineStage::Started => "A clock has started.",
            DeadlineStage::Halfway => "Half of the time is over.",
            DeadlineStage::DueSoon => "The deadline is near.",
            DeadlineStage::Overdue => {
                "The deadline has passed, and nobody has said that the report was made."
            }
        };
        let left = match stage {
            DeadlineStage::Overdue => "none".to_owned(),
            _ => format!("{} hours", self.left(now)),
        };
        let mut blocks = Vec::new();
        if self.drill {
            let drill = "DRILL: nothing has happened, and nobody outside the house is to be told.";
            blocks.push(Block::Text(drill.into()));
        }
        blocks.extend([
            Block::Text(format!(
                "{begins} The roster says that {} must be told of incidents of this kind within {} hours.",
                self.organization, self.within_hours
            )),
            Block::List(vec![
                format!("Deadline: {}", minute(self.deadline)),
                format!("Left: {left}"),
                format!("Incident: {}", incident.id),
                format!("Kind: {}, {}", incident.r#type.words(), incident.severity.name()),
                format!("Account: {} ({})", incident.account, incident.region),
                format!("Opened: {}", minute(incident.opened_at)),
            ]),
            Block::Head("What to do"),
            Block::List(vec![
                "Decide with the commander whether the duty applies, and write down why.".into(),
                "Make the report by the way that the roster names for this organisation.".into(),
                format!(
                    "Say that it was made: POST /incidents/{}/obligations/{} stops the clock.",
                    incident.id, self.resource
                ),
            ]),
        ]);
        let subject = format!(
            "{}[{}] Notification duty, {left} left: incident {}",
            mark(incident),
            incident.severity.shout(),
            incident.id
        );
        let subject = match stage {
            DeadlineStage::Overdue => subject.replace("none left", "deadline PASSED"),
            _ => subject,
        };
        mail_of(subject, &blocks)
    }
}
