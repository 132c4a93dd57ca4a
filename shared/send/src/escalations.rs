//! Starting an escalation: one Step Functions execution per incident and run.

use aws_types::SdkConfig;
use muster_domain::incident::Incident;
use muster_domain::incident::escalation::TurnInput;
use muster_domain::incident::update::{Update, UpdateInput};
use muster_runtime::client::connect;
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, Protocol, Service};
use serde::Serialize;
use serde_json::{Value, json};

/// Step Functions.
pub(crate) const STATES: Service = Service {
    id: "SFN",
    host: "states",
    signing_name: "states",
    protocol: Protocol::Json10("AWSStepFunctions"),
};

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
        Self { client: Client::new(config, STATES), state_machine }
    }

    /// Makes the connection that the first incident will need: an execution of no state
    /// machine, which is refused.
    pub async fn warm(&self) {
        connect(self.client.call(start_execution(json!({ "stateMachineArn": "warm" })))).await;
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
        let execution = execution(&self.state_machine, &name, &input);
        match self.client.call(start_execution(execution)).await {
            Err(error) if error.code == "ExecutionAlreadyExists" => Ok(()),
            answer => answer.map(drop),
        }
    }
}

fn start_execution(execution: Value) -> Call {
    Call::new("states:StartExecution", execution)
}

fn execution(state_machine: &str, name: &str, input: &str) -> Value {
    json!({ "stateMachineArn": state_machine, "name": name, "input": input })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_has_a_name_and_its_input_as_text() {
        let call = start_execution(execution("arn:machine", "i-1", "{}"));
        let expected = json!({ "stateMachineArn": "arn:machine", "name": "i-1", "input": "{}" });
        assert_eq!((call.path(), call.body()), ("/", &expected));
    }
}
