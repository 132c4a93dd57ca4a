//! Whether Muster can page: what each part of the stack says of itself, judged.

use serde::Serialize;

use crate::finding::console;
use crate::incident_manager::directory::Use;

/// How a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentStatus {
    /// It does what it is for.
    Ready,
    /// It is not in use, and nothing is lacking for it.
    Disabled,
    /// It could not be asked, so nobody knows.
    Unknown,
    /// It does not do all it is for until somebody does something.
    ActionRequired,
}

/// One part, looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComponentCheck {
    /// Which part.
    pub component: &'static str,
    /// How it stands.
    pub status: ComponentStatus,
    /// What was seen, and what to do about it.
    pub detail: String,
    /// The page of the console where it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
}

/// The parts, by the names they have in the report.
pub const ROSTER_TABLE: &str = "roster_table";
#[expect(missing_docs, reason = "as above")]
pub const INCIDENTS_TABLE: &str = "incidents_table";
#[expect(missing_docs, reason = "as above")]
pub const EMERGENCY_TOPIC: &str = "emergency_topic";
#[expect(missing_docs, reason = "as above")]
pub const OWNER_TOPIC: &str = "owner_topic";
#[expect(missing_docs, reason = "as above")]
pub const STATE_MACHINE: &str = "state_machine";
#[expect(missing_docs, reason = "as above")]
pub const SENDER: &str = "sender_identity";
#[expect(missing_docs, reason = "as above")]
pub const SMS: &str = "sms";
#[expect(missing_docs, reason = "as above")]
pub const INCIDENT_MANAGER: &str = "incident_manager";

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

/// The report: whether nothing needs anybody, and each part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether every part is ready or off.
    pub ready: bool,
    /// The parts; those that need somebody first, in the order in which to see to them, with links.
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
