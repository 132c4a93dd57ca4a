//! Starting an escalation: one Step Functions execution per incident and run.

use aws_config::SdkConfig;
use aws_sdk_sfn::Client;
use muster_domain::incident::Incident;
use muster_domain::incident::escalation::TurnInput;
use muster_domain::incident::update::{Update, UpdateInput};
use muster_runtime::client::connect;
use muster_runtime::error::AwsError;
use serde::Serialize;

/// The state machine that escalates.
#[derive(Clone, Debug)]
pub struct Escalations {
    client: Client,
    state_machine: String,
}

impl Escalations {
    /// The state machine with this ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, state_machine: String) -> Self {
        Self { client: Client::new(config), state_machine }
    }

    /// Makes the connection that the first incident will need: an execution of no state
    /// machine, which is refused.
    pub async fn warm(&self) {
        connect(self.client.start_execution().state_machine_arn("warm").send()).await;
    }

    /// Starts an incident's escalation. The execution's name is made of the incident and the run,
    /// so whoever starts it again starts nothing.
    ///
    /// # Errors
    /// The failed call.
    pub async fn start(&self, incident: &Incident) -> Result<(), AwsError> {
        let (id, cursor) = (&incident.id, incident.first_turn());
        let input =
            TurnInput { incident: id.clone(), cursor, due_at: Some(incident.run_started_at) };
        self.execute(format!("{id}-{}", cursor.run), &input).await
    }

    /// Starts what tells contacts of an update: an execution that ends with its first turn. Whoever starts it again
    /// starts nothing.
    ///
    /// # Errors
    /// The failed call.
    pub async fn start_update(&self, update: &Update) -> Result<(), AwsError> {
        let (incident, name) = (&update.incident, &update.name);
        let input = UpdateInput { incident: incident.clone(), update: name.clone() };
        self.execute(format!("{incident}-{name}"), &input).await
    }

    async fn execute(&self, name: String, input: &impl Serialize) -> Result<(), AwsError> {
        let input =
            serde_json::to_string(input).map_err(|_| AwsError::shape("writing an input"))?;
        let start = self
            .client
            .start_execution()
            .state_machine_arn(&self.state_machine)
            .name(name)
            .input(input);
        match start.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(aws_sdk_sfn::operation::start_execution::StartExecutionError::is_execution_already_exists) =>
            {
                Ok(())
            }
            Err(error) => Err(AwsError::of("states:StartExecution", &error)),
        }
    }
}
