//! Faults on purpose: an escalation that dies, a step that is late, a look of the watchdog.

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::stack::Stack;
use crate::system::System;

pub(crate) async fn make_late(cloud: &Cloud, stack: &Stack, incident: &str) -> Result<()> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.config);
    let text = |text: String| AttributeValue::S(text);
    client
        .update_item()
        .table_name(&stack.incidents_table)
        .key("pk", text(format!("incident#{incident}")))
        .key("sk", text("due".to_owned()))
        .update_expression("SET sort = :long_ago")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_values(":long_ago", text(format!("{:014}#{incident}", 0)))
        .send()
        .await
        .context("no step is due")?;
    Ok(())
}

pub(crate) async fn forget_ladder(
    cloud: &Cloud,
    stack: &Stack,
    contact: &str,
    kind: &str,
) -> Result<()> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let pk = format!("ladder#{contact}#{kind}");
    let client = aws_sdk_dynamodb::Client::new(&cloud.config);
    let table = &stack.incidents_table;
    let query = client.query().table_name(table).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", text(&pk)).send().await?;
    for item in found.items.unwrap_or_default() {
        let sk = item["sk"].as_s().map_err(|_| anyhow::anyhow!("a key that is no text"))?;
        if sk.starts_with("ladder") {
            let delete = client.delete_item().table_name(table);
            delete.key("pk", text(&pk)).key("sk", text(sk)).send().await?;
        }
        if sk.starts_with("waiting") {
            let update = client.update_item().table_name(table);
            let update = update.key("pk", text(&pk)).key("sk", text(sk));
            let update = update.update_expression("SET sort = :long_ago");
            let long_ago = text(&format!("{:014}#{pk}", 0));
            update.expression_attribute_values(":long_ago", long_ago).send().await?;
        }
    }
    Ok(())
}

impl System {
    /// Stops the incident's first escalation, as if Step Functions had lost it.
    ///
    /// # Errors
    /// There is none, or a failed call.
    pub async fn lose_escalation(&self, incident: &str) -> Result<()> {
        let machine = self.stack.state_machine.replace(":stateMachine:", ":execution:");
        self.cloud.stop_execution(&format!("{machine}:{incident}-1")).await
    }

    /// Makes the incident's next step late, as if hours had gone by.
    ///
    /// # Errors
    /// No step is due, or a failed call.
    pub async fn make_late(&self, incident: &str) -> Result<()> {
        make_late(&self.cloud, &self.stack, incident).await
    }

    /// Lets the watchdog look, as the schedule does every minute: what it found.
    ///
    /// # Errors
    /// It fails.
    pub async fn watch(&self) -> Result<Value> {
        let pager = self.stack.logs.iter().find(|(_, group)| group.ends_with("/pager"));
        let (pager, _) = pager.context("the stack has no pager")?;
        let end = self.cloud.invoke(pager, &json!({ "watch": true })).await?;
        end.map_err(anyhow::Error::msg)
    }
}
