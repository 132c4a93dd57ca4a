//! Whether Muster can page: what each part of the stack says of itself, judged.

use serde::Serialize;

use crate::finding::console;
use crate::incident_manager::directory::Use;
use crate::value::words::words;

words! {
    /// Status of a component.
    pub enum ComponentStatus {
        /// The component works.
        Ready = "ready",
        /// The component is not used. No action is required.
        Disabled = "disabled",
        /// The check failed, so the status is unknown.
        Unknown = "unknown",
        /// The component does not work completely until someone acts.
        ActionRequired = "action_required",
    }
}

words! {
    /// Component of the stack.
    pub enum Component {
        /// DynamoDB table of the roster.
        RosterTable = "roster_table",
        /// DynamoDB table of the incidents.
        IncidentsTable = "incidents_table",
        /// SNS topic that is notified when no contact can be reached.
        EmergencyTopic = "emergency_topic",
        /// SNS topic of the roster owner.
        OwnerTopic = "owner_topic",
        /// Step Functions state machine of escalations.
        StateMachine = "state_machine",
        /// SES identity from which Muster sends email.
        SenderIdentity = "sender_identity",
        /// Text messages.
        Sms = "sms",
        /// Incident Manager.
        IncidentManager = "incident_manager",
    }
}

/// Result of the check of one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ComponentCheck {
    /// Component that was checked.
    #[cfg_attr(feature = "schema", schema(value_type = Component))]
    pub component: &'static str,
    /// Status of the component.
    pub status: ComponentStatus,
    /// Result and required action.
    pub detail: String,
    /// Console page for the required action. Omitted if none is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub console_url: Option<String>,
}

/// Name of the roster table in the report.
pub const ROSTER_TABLE: &str = Component::RosterTable.name();
/// Name of the incidents table in the report.
pub const INCIDENTS_TABLE: &str = Component::IncidentsTable.name();
/// Name of the emergency topic in the report.
pub const EMERGENCY_TOPIC: &str = Component::EmergencyTopic.name();
/// Name of the owner topic in the report.
pub const OWNER_TOPIC: &str = Component::OwnerTopic.name();
/// Name of the state machine in the report.
pub const STATE_MACHINE: &str = Component::StateMachine.name();
/// Name of the sender identity in the report.
pub const SENDER: &str = Component::SenderIdentity.name();
/// Name of text messages in the report.
pub const SMS: &str = Component::Sms.name();
/// Name of Incident Manager in the report.
pub const INCIDENT_MANAGER: &str = Component::IncidentManager.name();

impl ComponentCheck {
    fn new(part: &'static str, standing: ComponentStatus, detail: impl Into<String>) -> Self {
        Self { component: part, status: standing, detail: detail.into(), console_url: None }
    }

    /// A part that has to be `ACTIVE`: a table or the state machine.
    #[must_use]
    pub fn active(part: &'static str, status: &str) -> Self {
        match status {
            "ACTIVE" => Self::new(part, ComponentStatus::Ready, "Active."),
            other => {
                Self::new(part, ComponentStatus::ActionRequired, format!("Its status is {other}."))
            }
        }
    }

    /// A topic, by how many of its subscriptions are confirmed.
    #[must_use]
    pub fn topic(part: &'static str, confirmed: u64, pending: u64) -> Self {
        let detail = format!("{confirmed} subscriptions confirmed, {pending} pending.");
        if confirmed > 0 {
            return Self::new(part, ComponentStatus::Ready, detail);
        }
        let todo = "Nobody hears it: confirm the subscription in the mail that SNS sent, or \
                    subscribe somebody.";
        Self::new(part, ComponentStatus::ActionRequired, format!("{detail} {todo}"))
    }

    /// The address that mail is sent from: whether SES may use it, and whether the account may write
    /// to everybody or is in SES's sandbox.
    #[must_use]
    pub fn sender(verified: bool, production: bool) -> Self {
        let (standing, detail) = match (verified, production) {
            (true, true) => {
                (ComponentStatus::Ready, "Verified, and the account may write to anybody.")
            }
            (true, false) => (
                ComponentStatus::ActionRequired,
                "Verified, but the account is in the SES sandbox: mail reaches verified addresses \
                 only. Ask for production access in the SES console.",
            ),
            (false, _) => (
                ComponentStatus::ActionRequired,
                "SES has verified neither the address nor its domain in this Region: no mail goes \
                 out. Verify it in the SES console.",
            ),
        };
        Self::new(SENDER, standing, detail)
    }

    /// Text messages: whether the account is in the sandbox of SNS.
    #[must_use]
    pub fn sms(sandbox: bool) -> Self {
        if !sandbox {
            return Self::new(SMS, ComponentStatus::Ready, "The account may text any number.");
        }
        let detail = "The account is in the SMS sandbox: texts reach verified numbers only. Ask to \
                      leave it in the SNS console, under Text messaging.";
        Self::new(SMS, ComponentStatus::ActionRequired, detail)
    }

    /// Incident Manager, by what the stack says and by how many replication sets the account has.
    #[must_use]
    pub fn incident_manager(wanted: Use, replication_sets: usize) -> Self {
        let (standing, detail) = match (wanted, replication_sets) {
            (Use::Off, _) => (
                ComponentStatus::Disabled,
                "Switched off by the stack's parameter IncidentManager. Muster pages by its own path.",
            ),
            (Use::Auto, 0) => (
                ComponentStatus::Disabled,
                "Not available: this account has no replication set. Muster pages by its own path.",
            ),
            (Use::On, 0) => (
                ComponentStatus::ActionRequired,
                "The stack's parameter IncidentManager is on, and the account has no replication set. \
                 Set Incident Manager up in the Systems Manager console, or set the parameter to off.",
            ),
            _ => (
                ComponentStatus::Ready,
                "Available. GET /incident-manager says how far it is in step.",
            ),
        };
        Self::new(INCIDENT_MANAGER, standing, detail)
    }

    /// A part that did not answer, with the error's code.
    #[must_use]
    pub fn unanswered(part: &'static str, code: &str) -> Self {
        let (standing, detail) = match part {
            // Closed to new customers: that an account may not ask is the usual case.
            INCIDENT_MANAGER => (
                ComponentStatus::Disabled,
                format!("Not available: it answers {code}. Muster pages by its own path."),
            ),
            _ => (ComponentStatus::Unknown, format!("It could not be asked: {code}.")),
        };
        Self::new(part, standing, detail)
    }
}

/// Where in the console of a Region somebody does what a part lacks.
fn page(part: &str, region: &str) -> Option<String> {
    let place = match part {
        ROSTER_TABLE | INCIDENTS_TABLE => "dynamodbv2/home?region={region}#tables",
        EMERGENCY_TOPIC | OWNER_TOPIC => "sns/v3/home?region={region}#/subscriptions",
        STATE_MACHINE => "states/home?region={region}#/statemachines",
        SENDER => "ses/home?region={region}#/get-set-up",
        SMS => "sns/v3/home?region={region}#/mobile/text-messaging",
        INCIDENT_MANAGER => "systems-manager/incidents/home?region={region}",
        _ => return None,
    };
    Some(console(region, &place.replace("{region}", region)))
}

/// Readiness of Muster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// Whether every component is ready or disabled.
    pub ready: bool,
    /// Checks; components that need action first.
    pub checks: Vec<ComponentCheck>,
}

impl Readiness {
    /// The report of these checks, of a stack in this Region.
    #[must_use]
    pub fn of(mut checks: Vec<ComponentCheck>, region: &str) -> Self {
        for check in &mut checks {
            let lacks = check.status > ComponentStatus::Disabled;
            check.console_url = lacks.then(|| page(check.component, region)).flatten();
        }
        checks.sort_by_key(|check| std::cmp::Reverse(check.status));
        Self { ready: checks.iter().all(|check| check.status <= ComponentStatus::Disabled), checks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_somebody_comes_first() {
        let good = [
            ComponentCheck::sms(false),
            ComponentCheck::incident_manager(Use::Auto, 0),
            ComponentCheck::incident_manager(Use::Off, 1),
            ComponentCheck::topic(OWNER_TOPIC, 1, 1),
        ];
        assert!(Readiness::of(good.to_vec(), "eu-west-1").ready);
        let line = |check: ComponentCheck| {
            let link = check.console_url.unwrap_or_default();
            format!("{} {:?}: {} {link}", check.component, check.status, check.detail)
        };
        let bad = [
            ComponentCheck::active(ROSTER_TABLE, "ACTIVE"),
            ComponentCheck::active(STATE_MACHINE, "DELETING"),
            ComponentCheck::topic(EMERGENCY_TOPIC, 0, 1),
            ComponentCheck::sender(true, false),
            ComponentCheck::sender(false, true),
            ComponentCheck::sms(true),
            ComponentCheck::incident_manager(Use::Auto, 1),
            ComponentCheck::incident_manager(Use::On, 0),
            ComponentCheck::unanswered(INCIDENT_MANAGER, "AccessDeniedException"),
            ComponentCheck::unanswered(SMS, "Timeout"),
        ];
        let report = Readiness::of(bad.to_vec(), "eu-west-1");
        assert!(!report.ready);
        let lines: Vec<_> = report.checks.into_iter().map(line).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
