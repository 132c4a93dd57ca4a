//! The environment, read once at the start. A fault stops the function and names the variable.

mod words;

pub use words::Words;

/// Why a function does not start. It never repeats the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A variable is not set, or empty.
    #[error("the environment variable {0} is not set; infra/muster.yaml sets it")]
    Missing(&'static str),
    /// A variable holds something else than it can.
    #[error("the environment variable {name} must be {wanted}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it can be.
        wanted: String,
    },
}

/// Returns the variable's value.
///
/// # Errors
/// [`Fault::Missing`] if it is not set, or empty.
pub fn required(name: &'static str) -> Result<String, Fault> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Fault::Missing(name)),
    }
}

/// Returns the variable's value; empty if it is not set.
#[must_use]
pub fn optional(name: &'static str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Returns the choice that the variable names; the default if it is not set, or empty.
///
/// # Errors
/// [`Fault::Invalid`] if it names none.
pub fn choice<T: Words>(name: &'static str) -> Result<T, Fault> {
    chosen(name, &optional(name))
}

fn chosen<T: Words>(name: &'static str, value: &str) -> Result<T, Fault> {
    if value.is_empty() {
        return Ok(T::default());
    }
    let found = T::WORDS.iter().find(|(word, _)| *word == value);
    let words: Vec<_> = T::WORDS.iter().map(|(word, _)| *word).collect();
    let invalid = || Fault::Invalid { name, wanted: words.join(" or ") };
    found.map(|(_, choice)| *choice).ok_or_else(invalid)
}

/// A setting that is a whole number.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// The variable.
    pub name: &'static str,
    /// Its value if it is not set.
    pub default: u16,
    /// The least that it can be.
    pub least: u16,
    /// The most that it can be.
    pub most: u16,
}

impl Number {
    /// Reads it.
    ///
    /// # Errors
    /// [`Fault::Invalid`] if the variable holds no number in its range.
    pub fn read(self) -> Result<u16, Fault> {
        self.parsed(&optional(self.name))
    }

    fn parsed(self, value: &str) -> Result<u16, Fault> {
        if value.is_empty() {
            return Ok(self.default);
        }
        let number = value.parse().ok().filter(|number| (self.least..=self.most).contains(number));
        let wanted = || format!("an integer from {} to {}", self.least, self.most);
        number.ok_or_else(|| Fault::Invalid { name: self.name, wanted: wanted() })
    }
}

/// The name of the roster table.
pub const ROSTER_TABLE: &str = "MUSTER_ROSTER_TABLE";
/// The name of the incidents table.
pub const INCIDENTS_TABLE: &str = "MUSTER_INCIDENTS_TABLE";
/// The ARN of the escalation's state machine.
pub const STATE_MACHINE: &str = "MUSTER_STATE_MACHINE_ARN";
/// The ARN of the emergency topic.
pub const EMERGENCY_TOPIC: &str = "MUSTER_EMERGENCY_TOPIC_ARN";
/// The address that e-mail is sent from.
pub const SENDER: &str = "MUSTER_SENDER";
/// Where the links in pages lead, without a slash at the end.
pub const LINK_BASE: &str = "MUSTER_LINK_BASE";
/// The namespace of CloudWatch figures.
pub const NAMESPACE: &str = "MUSTER_NAMESPACE";
/// The name of the stack's own event bus.
pub const BUS: &str = "MUSTER_BUS";
/// The ARN of the topic for chat.
pub const CHAT_TOPIC: &str = "MUSTER_CHAT_TOPIC_ARN";
/// What calls come from: a number, a pool or their ARN; no calls without.
pub const VOICE_FROM: &str = "MUSTER_VOICE_FROM";
/// The secret that webhooks are signed with (Standard Webhooks); no webhooks without.
pub const WEBHOOK_SECRET: &str = "MUSTER_WEBHOOK_SECRET";
/// A `Use`: whether Incident Manager is kept in sync.
pub const INCIDENT_MANAGER: &str = "MUSTER_INCIDENT_MANAGER";
/// What names in Incident Manager begin with.
pub const INCIDENT_MANAGER_PREFIX: &str = "MUSTER_INCIDENT_MANAGER_PREFIX";
/// A `PagingBackend`: who pages contacts.
pub const PAGING_BACKEND: &str = "MUSTER_PAGING_BACKEND";
/// A `ManualEdits`: what happens to changes that a person makes in Incident Manager.
pub const MANUAL_EDITS: &str = "MUSTER_INCIDENT_MANAGER_MANUAL_EDITS";
/// ARNs, by commas, of the topics that response plans tell; may be empty.
pub const RESPONSE_TOPICS: &str = "MUSTER_RESPONSE_TOPICS";
/// ARNs, by commas, of the topics of the chat channel of response plans; may be empty.
pub const RESPONSE_CHAT: &str = "MUSTER_RESPONSE_CHAT";
/// The name of the Automation document that response plans start; may be empty.
pub const RUNBOOK: &str = "MUSTER_RUNBOOK";
/// The ARN of the role that it runs with.
pub const RUNBOOK_ROLE: &str = "MUSTER_RUNBOOK_ROLE";
/// The beginning of the ARNs of response plans, up to the name.
pub const RESPONSE_PLANS: &str = "MUSTER_RESPONSE_PLANS";
/// The beginning of the ARNs of Incident Manager's contacts, up to the alias.
pub const CONTACTS: &str = "MUSTER_CONTACTS";
/// The ARN of the topic of the roster's owner.
pub const OWNER_TOPIC: &str = "MUSTER_OWNER_TOPIC_ARN";
/// Days after a confirmation when the entry is due for review.
pub const REVIEW_DAYS: Number =
    Number { name: "MUSTER_REVIEW_DAYS", default: 25, least: 1, most: 730 };
/// Days for which the proof of a channel counts.
pub const PROOF_DAYS: Number =
    Number { name: "MUSTER_PROOF_DAYS", default: 90, least: 1, most: 730 };
/// Days after the last drill of a plan when the next one is due.
pub const DRILL_DAYS: Number =
    Number { name: "MUSTER_DRILL_DAYS", default: 180, least: 1, most: 730 };
/// Reminders without an answer after which the manager is notified.
pub const REMINDERS: Number = Number { name: "MUSTER_REMINDERS", default: 2, least: 1, most: 12 };
/// The IANA time zone whose calendar says which month it is.
pub const REVIEW_ZONE: &str = "MUSTER_REVIEW_ZONE";
/// Whether GuardDuty's sample findings are drills.
pub const SAMPLES_ARE_DRILLS: &str = "MUSTER_SAMPLES_ARE_DRILLS";
/// The ARN of the Security Hub custom action that pages the team; empty if custom actions page no one.
pub const ACTION_ARN: &str = "MUSTER_ACTION_ARN";
/// Days after which a resolved incident is deleted.
pub const INCIDENT_RETENTION_DAYS: Number =
    Number { name: "MUSTER_INCIDENT_RETENTION_DAYS", default: 400, least: 30, most: 3650 };
/// What comes before the name of each scope in a bearer token; may be empty.
pub const SCOPE_PREFIX: &str = "MUSTER_SCOPE_PREFIX";

#[cfg(test)]
mod tests;
