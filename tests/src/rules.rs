//! The deployed EventBridge rules, and which of them match an event.

use anyhow::{Context as _, Result, ensure};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::RuleState;
use futures::future::try_join_all;

use crate::cloud::Cloud;

/// A rule with the functions it hands events to.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub name: String,
    pattern: String,
    /// Names of functions.
    pub functions: Vec<String>,
}

/// The enabled rules of the default bus.
///
/// # Errors
/// A failed call, or a target that is not a function with the event as its input: what becomes of
/// such an event cannot be said.
pub(crate) async fn deployed(cloud: &Cloud) -> Result<Vec<Rule>> {
    let client = Client::new(&cloud.config);
    let mut rules = Vec::new();
    let mut token = None;
    loop {
        let page = client.list_rules().set_next_token(token).send().await?;
        for rule in page.rules() {
            let (Some(name), Some(pattern)) = (rule.name(), rule.event_pattern()) else { continue };
            if rule.state() == Some(&RuleState::Disabled) {
                continue;
            }
            let functions = functions(&client, name).await?;
            rules.push(Rule { name: name.to_owned(), pattern: pattern.to_owned(), functions });
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(rules);
        }
    }
}

async fn functions(client: &Client, rule: &str) -> Result<Vec<String>> {
    let mut functions = Vec::new();
    for target in client.list_targets_by_rule().rule(rule).send().await?.targets() {
        let whole = target.input().is_none()
            && target.input_path().is_none()
            && target.input_transformer().is_none();
        let function = target.arn().split_once(":function:").map(|(_, name)| name);
        let function =
            function.with_context(|| format!("rule {rule} has a target that is no function"))?;
        ensure!(whole, "rule {rule} changes the event, which is not rehearsed");
        functions.push(function.to_owned());
    }
    Ok(functions)
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
