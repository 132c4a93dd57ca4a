//! The deployed EventBridge rules, and which of them match an event.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{InputTransformer, RuleState, Target};
use futures::future::try_join_all;
use serde_json::Value;

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
    fn of(topic: &str, transformer: &InputTransformer) -> Self {
        let paths = transformer.input_paths_map().cloned().unwrap_or_default();
        Self { topic: topic.to_owned(), paths, template: transformer.input_template().to_owned() }
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
    let client = Client::new(&cloud.config);
    let mut rules = Vec::new();
    let mut token = None;
    loop {
        let page = client.list_rules().event_bus_name(bus).set_next_token(token).send().await?;
        for rule in page.rules() {
            let (Some(name), Some(pattern)) = (rule.name(), rule.event_pattern()) else { continue };
            if rule.state() == Some(&RuleState::Disabled) {
                continue;
            }
            let (functions, topics) = targets(&client, name, bus).await?;
            let (name, pattern) = (name.to_owned(), pattern.to_owned());
            rules.push(Rule { name, pattern, functions, topics });
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(rules);
        }
    }
}

async fn targets(client: &Client, rule: &str, bus: &str) -> Result<(Vec<String>, Vec<Words>)> {
    let (mut functions, mut topics) = (Vec::new(), Vec::new());
    let listed = client.list_targets_by_rule().rule(rule).event_bus_name(bus).send().await?;
    for target in listed.targets() {
        match (target.arn().split_once(":function:"), target.input_transformer()) {
            (Some((_, function)), None) => {
                ensure!(whole(target), "rule {rule} changes the event, which is not rehearsed");
                functions.push(function.to_owned());
            }
            (None, Some(words)) if target.arn().contains(":sns:") => {
                topics.push(Words::of(target.arn(), words));
            }
            // What listens beside the stack, for the stories.
            _ if rule.contains("-ears-") => {}
            _ => bail!("rule {rule} has a target that is not rehearsed"),
        }
    }
    Ok((functions, topics))
}

fn whole(target: &Target) -> bool {
    target.input().is_none() && target.input_path().is_none()
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
    let client = Client::new(&cloud.config);
    let test = async |rule: &'a Rule| -> Result<Option<&'a Rule>> {
        let test = client.test_event_pattern().event_pattern(&rule.pattern).event(event);
        Ok(test.send().await?.result().then_some(rule))
    };
    Ok(try_join_all(rules.iter().map(test)).await?.into_iter().flatten().collect())
}
