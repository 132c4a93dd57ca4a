//! EventBridge: rules, their targets, and which events a pattern matches.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::cloud::Cloud;

impl Cloud {
    async fn events(&self, action: &str, body: &Value) -> Result<Value> {
        self.call("events", &format!("AWSEvents.{action}"), body).await
    }

    /// Returns the rules that a filter selects: `{ "EventBusName": … }` or `{ "NamePrefix": … }`.
    pub(crate) async fn list_rules(&self, mut filter: Value) -> Result<Vec<Value>> {
        let mut rules = Vec::new();
        loop {
            let mut page = self.events("ListRules", &filter).await?;
            let Value::Array(found) = page["Rules"].take() else { return Ok(rules) };
            rules.extend(found);
            filter["NextToken"] = page["NextToken"].take();
            if filter["NextToken"].is_null() {
                return Ok(rules);
            }
        }
    }

    /// Returns the targets of a rule.
    pub(crate) async fn targets(&self, bus: &str, rule: &str) -> Result<Vec<Value>> {
        let asked = json!({ "EventBusName": bus, "Rule": rule });
        let mut answer = self.events("ListTargetsByRule", &asked).await?;
        let Value::Array(targets) = answer["Targets"].take() else { return Ok(Vec::new()) };
        Ok(targets)
    }

    /// Checks whether a pattern matches an event, as EventBridge itself judges.
    pub(crate) async fn matches(&self, pattern: &str, event: &str) -> Result<bool> {
        let asked = json!({ "EventPattern": pattern, "Event": event });
        let answer = self.events("TestEventPattern", &asked).await?;
        answer["Result"].as_bool().context("EventBridge does not judge the event")
    }
}
