//! Whether Muster can page, for the owner and for monitoring.

use aws_types::SdkConfig;
use axum::Json;
use axum::extract::State;
use muster_domain::incident_manager::directory::Use;
use muster_domain::report::readiness::{Component, ComponentCheck, Readiness};
use muster_incident_manager::readiness::Account;
use muster_runtime::error::AwsError;
use muster_runtime::settings::{self, Fault, choice, required};
use muster_send::readiness::Providers;

use crate::App;
use crate::http::problem::Problem;

/// What the parts are called.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The emergency topic's ARN.
    pub topic: String,
    /// The ARN of the roster owner's topic.
    pub owner_topic: String,
    /// The state machine's ARN.
    pub state_machine: String,
    /// The address that emails are sent from.
    pub sender: String,
    /// Whether Incident Manager is to be used.
    pub incident_manager: Use,
}

impl Names {
    /// Reads them from the environment.
    ///
    /// # Errors
    /// [`Fault`] names the first variable that is wrong.
    pub fn from_environment() -> Result<Self, Fault> {
        Ok(Self {
            topic: required(settings::EMERGENCY_TOPIC)?,
            owner_topic: required(settings::OWNER_TOPIC)?,
            state_machine: required(settings::STATE_MACHINE)?,
            sender: required(settings::SENDER)?,
            incident_manager: choice(settings::INCIDENT_MANAGER)?,
        })
    }
}

/// The parts to ask, beside the tables.
#[derive(Clone, Debug)]
pub struct Parts {
    providers: Providers,
    account: Account,
    names: Names,
}

impl Parts {
    /// The parts with these names.
    #[must_use]
    pub fn new(config: &SdkConfig, names: Names) -> Self {
        let account = Account::new(config, names.incident_manager);
        Self { providers: Providers::new(config), account, names }
    }

    /// The address that emails are sent from.
    pub(crate) fn sent_from(&self) -> &str {
        &self.names.sender
    }

    /// Asks all of them at the same time. A part that does not answer is part of the report.
    async fn report(&self, app: &App) -> Readiness {
        let said = |part, check: Result<ComponentCheck, AwsError>| {
            check.unwrap_or_else(|error| ComponentCheck::unanswered(part, &error.code))
        };
        let (providers, names) = (&self.providers, &self.names);
        let (roster, incidents, machine, sender, emergency, owner, sms, manager) = tokio::join!(
            app.roster.status(),
            app.incidents.status(),
            providers.machine(&names.state_machine),
            providers.sender(&names.sender),
            providers.topic(Component::EmergencyTopic, &names.topic),
            providers.topic(Component::OwnerTopic, &names.owner_topic),
            providers.sms(),
            self.account.status(),
        );
        // In the order in which to correct them: first what sends, then who hears it.
        let checks = vec![
            said(Component::RosterTable, roster),
            said(Component::IncidentsTable, incidents),
            said(Component::StateMachine, machine),
            said(Component::SenderIdentity, sender),
            said(Component::EmergencyTopic, emergency),
            said(Component::OwnerTopic, owner),
            said(Component::Sms, sms),
            said(Component::IncidentManager, manager),
        ];
        Readiness::of(checks, &app.region)
    }
}

pub(crate) async fn report(State(app): State<App>) -> Result<Json<Readiness>, Problem> {
    let others = app.others.as_ref().ok_or_else(Problem::no_route)?;
    // Eight calls at the same time are a large future.
    Ok(Json(Box::pin(others.parts.report(&app)).await))
}
