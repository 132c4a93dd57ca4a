//! Step Functions: executions, their events, and their end.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cloud::Cloud;

impl Cloud {
    async fn states(&self, action: &str, body: &Value) -> Result<Value> {
        self.call("states", &format!("AWSStepFunctions.{action}"), body).await
    }

    /// Returns the items of the list `name` of all pages.
    async fn state_pages(&self, action: &str, name: &str, mut body: Value) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let mut page = self.states(action, &body).await?;
            let Value::Array(items) = page[name].take() else { return Ok(all) };
            all.extend(items);
            body["nextToken"] = page["nextToken"].take();
            if body["nextToken"].is_null() {
                return Ok(all);
            }
        }
    }

    /// Returns the types of an execution's events, in order: `WaitStateEntered`.
    pub(crate) async fn execution_history(&self, execution: &str) -> Result<Vec<String>> {
        let asked = json!({ "executionArn": execution });
        let events = self.state_pages("GetExecutionHistory", "events", asked).await?;
        let kind = |event: &Value| event["type"].as_str().unwrap_or_default().to_owned();
        Ok(events.iter().map(kind).collect())
    }

    /// Returns the executions of a state machine, each with its name and status.
    pub(crate) async fn executions(&self, machine: &str) -> Result<Vec<Value>> {
        let asked = json!({ "stateMachineArn": machine });
        self.state_pages("ListExecutions", "executions", asked).await
    }

    /// Stops an execution.
    pub(crate) async fn stop_execution(&self, execution: &str) -> Result<()> {
        self.states("StopExecution", &json!({ "executionArn": execution })).await.map(drop)
    }
}
