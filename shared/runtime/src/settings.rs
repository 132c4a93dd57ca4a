//! The environment, read once at the start, every message carrying the variable's name.

/// A variable the template should have set and did not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set; infra/muster.yaml sets it")]
pub struct Missing(pub &'static str);

/// The variable's value.
///
/// # Errors
/// [`Missing`] if it is not set, or empty.
pub fn required(name: &'static str) -> Result<String, Missing> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Missing(name)),
    }
}

/// The variable's value; empty if it is not set.
#[must_use]
pub fn optional(name: &'static str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The whole number that the variable says, or `usual` if it says none.
#[must_use]
pub fn number(name: &'static str, usual: u16) -> u16 {
    optional(name).parse().unwrap_or(usual)
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
/// `auto`, `on` or `off`: whether Incident Manager is kept in step.
pub const INCIDENT_MANAGER: &str = "MUSTER_INCIDENT_MANAGER";
/// What names in Incident Manager begin with.
pub const INCIDENT_MANAGER_PREFIX: &str = "MUSTER_INCIDENT_MANAGER_PREFIX";
/// `native` or `both`: who pages people. `incident-manager`, of earlier releases, is read as `both`.
pub const PAGING_BACKEND: &str = "MUSTER_PAGING_BACKEND";
/// `put-back` or `leave`: what becomes of changes that somebody makes in Incident Manager by hand.
pub const HAND_EDITS: &str = "MUSTER_INCIDENT_MANAGER_HAND_EDITS";
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
/// How many days old a confirmation may be before its entry is due.
pub const REVIEW_DAYS: &str = "MUSTER_REVIEW_DAYS";
/// How many days old the proof of a channel may be.
pub const PROOF_DAYS: &str = "MUSTER_PROOF_DAYS";
/// How many days ago the last drill of a plan may be.
pub const DRILL_DAYS: &str = "MUSTER_DRILL_DAYS";
/// How many reminders may go unanswered before the manager is told.
pub const REMINDERS: &str = "MUSTER_REMINDERS";
/// The IANA time zone whose calendar says which month it is.
pub const REVIEW_ZONE: &str = "MUSTER_REVIEW_ZONE";
/// `true` if GuardDuty's sample findings are drills.
pub const SAMPLES_ARE_DRILLS: &str = "MUSTER_SAMPLES_ARE_DRILLS";
/// The ARN of the Security Hub custom action that pages the team; empty if custom actions page no one.
pub const ACTION_ARN: &str = "MUSTER_ACTION_ARN";
/// Days after which a resolved incident is deleted.
pub const INCIDENT_RETENTION_DAYS: &str = "MUSTER_INCIDENT_RETENTION_DAYS";
/// What comes before the name of each scope in a bearer token; may be empty.
pub const SCOPE_PREFIX: &str = "MUSTER_SCOPE_PREFIX";
