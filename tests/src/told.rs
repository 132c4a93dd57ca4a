//! What Muster tells others: events on its bus, messages for chat, figures in its logs.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::messages::queue;
use crate::stack::Stack;
use crate::system::System;

/// Every line that a function has logged as JSON.
pub(crate) async fn lines(cloud: &Cloud, stack: &Stack, function: &str) -> Result<Vec<Value>> {
    let end = format!("/{}/{function}", stack.name);
    let group = stack.logs.values().find(|group| group.ends_with(&end));
    let group = group.with_context(|| format!("the stack has no {function}"))?;
    let mut lines = Vec::new();
    let mut next = Value::Null;
    loop {
        let mut request = json!({ "logGroupName": group });
        if next.is_string() {
            request["nextToken"] = next;
        }
        let page = cloud.call("logs", "Logs_20140328.FilterLogEvents", &request).await?;
        let events = page["events"].as_array().into_iter().flatten();
        let texts = events.filter_map(|event| event["message"].as_str());
        lines.extend(texts.filter_map(|text| serde_json::from_str::<Value>(text).ok()));
        next = page["nextToken"].clone();
        if next.is_null() {
            return Ok(lines);
        }
    }
}

/// The figures that a function has written.
pub(crate) async fn figures(cloud: &Cloud, stack: &Stack, function: &str) -> Result<Vec<Value>> {
    let mut lines = lines(cloud, stack, function).await?;
    lines.retain(|line| line["_aws"].is_object());
    Ok(lines)
}

impl System {
    /// The events on the stack's own bus so far, drills that were asked for among them.
    ///
    /// # Errors
    /// A failed call.
    pub async fn told(&self) -> Result<Vec<Value>> {
        let bodies = queue(&self.cloud, &self.stack.told).await?;
        bodies.iter().map(|told| Ok(serde_json::from_str(&told.body)?)).collect()
    }

    /// The messages for chat so far.
    ///
    /// # Errors
    /// A failed call.
    pub async fn chatted(&self) -> Result<Vec<Value>> {
        let bodies = queue(&self.cloud, &self.stack.chatted).await?;
        let read = |body: &str| -> Result<Value> {
            let envelope: Value = serde_json::from_str(body)?;
            let message = envelope["Message"].as_str().context("a notification has no message")?;
            Ok(serde_json::from_str(message)?)
        };
        bodies.iter().map(|heard| read(&heard.body)).collect()
    }

    /// The figures that a function has written, each line as it is.
    ///
    /// # Errors
    /// A failed call.
    pub async fn figures(&self, function: &str) -> Result<Vec<Value>> {
        figures(&self.cloud, &self.stack, function).await
    }
}
