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
