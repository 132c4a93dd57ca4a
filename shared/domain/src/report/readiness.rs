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
#[cfg_attr(feature = "schema", schema(example = json!({
    "component": "sender_identity", "status": "action_required",
    "detail": "The account is in the SES sandbox. Request production access in the SES console.",
    "console_url": "https://console.aws.amazon.com/ses/home"
})))]
pub struct ComponentCheck {
    /// Component that was checked.
    pub component: Component,
    /// Status of the component.
    pub status: ComponentStatus,
    /// Result and required action.
    pub detail: String,
    /// Console page for the required action. Omitted if none is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub console_url: Option<String>,
}

impl ComponentCheck {
    fn new(part: Component, standing: ComponentStatus, detail: impl Into<String>) -> Self {
        Self { component: part, status: standing, detail: detail.into(), console_url: None }
    }

    /// A part that has to be `ACTIVE`: a table or the state machine.
    #[must_use]
    pub fn active(part: Component, status: &str) -> Self {
        match status {
            "ACTIVE" => Self::new(part, ComponentStatus::Ready, "Active."),
            other => {
                Self::new(part, ComponentStatus::ActionRequired, format!("Its status is {other}."))
            }
        }
    }

    /// A topic, by how many of its subscriptions are confirmed.
    #[must_use]
    pub fn topic(part: Component, confirmed: u64, pending: u64) -> Self {
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
        Self::new(Component::SenderIdentity, standing, detail)
    }

    /// Text messages: whether the account is in the sandbox of SNS.
    #[must_use]
    pub fn sms(sandbox: bool) -> Self {
        if !sandbox {
            return Self::new(
                Component::Sms,
                ComponentStatus::Ready,
                "The account may text any number.",
            );
        }
        let detail = "The account is in the SMS sandbox: texts reach verified numbers only. Ask to \
                      leave it in the SNS console, under Text messaging.";
        Self::new(Component::Sms, ComponentStatus::ActionRequired, detail)
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
        Self::new(Component::IncidentManager, standing, detail)
    }

    /// A part that did not answer, with the error's code.
    #[must_use]
    pub fn unanswered(part: Component, code: &str) -> Self {
        let (standing, detail) = match part {
            // Closed to new customers: that an account may not ask is the usual case.
            Component::IncidentManager => (
                ComponentStatus::Disabled,
                format!("Not available: it answers {code}. Muster pages by its own path."),
            ),
            _ => (ComponentStatus::Unknown, format!("It could not be asked: {code}.")),
        };
        Self::new(part, standing, detail)
    }
}

/// Where in the console of a Region somebody does what a part lacks.
fn page(part: Component, region: &str) -> String {
    let place = match part {
        Component::RosterTable | Component::IncidentsTable => {
            "dynamodbv2/home?region={region}#tables"
        }
        Component::EmergencyTopic | Component::OwnerTopic => {
            "sns/v3/home?region={region}#/subscriptions"
        }
        Component::StateMachine => "states/home?region={region}#/statemachines",
        Component::SenderIdentity => "ses/home?region={region}#/get-set-up",
        Component::Sms => "sns/v3/home?region={region}#/mobile/text-messaging",
        Component::IncidentManager => "systems-manager/incidents/home?region={region}",
    };
    console(region, &place.replace("{region}", region))
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
            check.console_url = lacks.then(|| page(check.component, region));
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
            ComponentCheck::topic(Component::OwnerTopic, 1, 1),
        ];
        assert!(Readiness::of(good.to_vec(), "eu-west-1").ready);
        let line = |check: ComponentCheck| {
            let link = check.console_url.unwrap_or_default();
            format!("{} {:?}: {} {link}", check.component.name(), check.status, check.detail)
        };
        let bad = [
            ComponentCheck::active(Component::RosterTable, "ACTIVE"),
            ComponentCheck::active(Component::StateMachine, "DELETING"),
            ComponentCheck::topic(Component::EmergencyTopic, 0, 1),
            ComponentCheck::sender(true, false),
            ComponentCheck::sender(false, true),
            ComponentCheck::sms(true),
            ComponentCheck::incident_manager(Use::Auto, 1),
            ComponentCheck::incident_manager(Use::On, 0),
            ComponentCheck::unanswered(Component::IncidentManager, "AccessDeniedException"),
            ComponentCheck::unanswered(Component::Sms, "Timeout"),
        ];
        let report = Readiness::of(bad.to_vec(), "eu-west-1");
        assert!(!report.ready);
        let lines: Vec<_> = report.checks.into_iter().map(line).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
