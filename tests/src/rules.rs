//! The deployed EventBridge rules, and which of them match an event.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::cloud::Cloud;

/// A rule with the functions it hands events to, and the topics that it tells of them.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub name: String,
    pattern: String,
    /// Names of functions.
    pub functions: Vec<String>,
    /// What it tells topics.
    pub topics: Vec<Words>,
}

/// A topic, and what a rule makes of an event for it.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub topic: String,
    paths: HashMap<String, String>,
    template: String,
}

impl Words {
    fn of(topic: &str, transformer: &Value) -> Result<Self> {
        let paths = transformer.get("InputPathsMap").cloned().unwrap_or_else(|| json!({}));
        let paths = serde_json::from_value(paths)?;
        let template = transformer["InputTemplate"].as_str().context("a target without words")?;
        Ok(Self { topic: topic.to_owned(), paths, template: template.to_owned() })
    }

    /// The message, as EventBridge writes it: each `<name>` is what its path leads to in the event.
    ///
    /// # Errors
    /// A template that is no JSON text once it is filled in.
    pub(crate) fn about(&self, event: &Value) -> Result<String> {
        let mut text = self.template.clone();
        for (name, path) in &self.paths {
            let at = path.trim_start_matches('$').replace('.', "/");
            let value = event.pointer(&at).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            text = text.replace(&format!("<{name}>"), &value.unwrap_or_default());
        }
        serde_json::from_str(&text).with_context(|| format!("no JSON text: {text}"))
    }
}

/// The enabled rules of the default bus.
///
/// # Errors
/// A failed call, or a target that is neither a function with the event as its input nor a topic with a
/// template: what becomes of such an event cannot be said.
pub(crate) async fn deployed(cloud: &Cloud) -> Result<Vec<Rule>> {
    on_bus(cloud, "default").await
}

/// The enabled rules of a bus.
///
/// # Errors
/// As above.
pub(crate) async fn on_bus(cloud: &Cloud, bus: &str) -> Result<Vec<Rule>> {
    let mut rules = Vec::new();
    for rule in cloud.list_rules(json!({ "EventBusName": bus })).await? {
        let (Some(name), Some(pattern)) = (rule["Name"].as_str(), rule["EventPattern"].as_str())
        else {
            continue;
        };
        if rule["State"] == "DISABLED" {
            continue;
        }
        let (functions, topics) = targets(cloud, name, bus).await?;
        let (name, pattern) = (name.to_owned(), pattern.to_owned());
        rules.push(Rule { name, pattern, functions, topics });
    }
    Ok(rules)
}

async fn targets(cloud: &Cloud, rule: &str, bus: &str) -> Result<(Vec<String>, Vec<Words>)> {
    let (mut functions, mut topics) = (Vec::new(), Vec::new());
    for target in cloud.targets(bus, rule).await? {
        let arn = target["Arn"].as_str().unwrap_or_default();
        let words = target.get("InputTransformer").filter(|words| !words.is_null());
        match (arn.split_once(":function:"), words) {
            (Some((_, function)), None) => {
                ensure!(whole(&target), "rule {rule} changes the event, which is not rehearsed");
                functions.push(function.to_owned());
            }
            (None, Some(words)) if arn.contains(":sns:") => topics.push(Words::of(arn, words)?),
            // What listens beside the stack, for the stories.
            _ if rule.contains("-ears-") => {}
            _ => bail!("rule {rule} has a target that is not rehearsed"),
        }
    }
    Ok((functions, topics))
}

fn whole(target: &Value) -> bool {
    target["Input"].is_null() && target["InputPath"].is_null()
}

/// Those of `rules` that match `event`, as EventBridge itself judges.
///
/// # Errors
/// What EventBridge finds wrong with the event.
pub(crate) async fn matching<'a>(
    cloud: &Cloud,
    rules: &'a [Rule],
    event: &str,
) -> Result<Vec<&'a Rule>> {
    let test = async |rule: &'a Rule| -> Result<Option<&'a Rule>> {
        Ok(cloud.matches(&rule.pattern, event).await?.then_some(rule))
    };
    Ok(try_join_all(rules.iter().map(test)).await?.into_iter().flatten().collect())
}
