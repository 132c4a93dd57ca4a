//! A stack's own rules, as somebody meets them who tampers with it, and what other Regions send to it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use roxmltree::Document;
use serde_json::{Value, json};

use crate::aws::cloudformation::{Template, text};
use crate::home::repository;
use crate::lane::Lane;
use crate::rules::{Rule, deployed, matching, on_bus};
use crate::stack::PAGE_ACTION;
use crate::system::System;
use crate::waiting::{SOON, until};

/// What a forwarder does: whether it sends, and where its rules send what matches them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarder {
    /// The stack's output.
    pub sends: String,
    /// Where an event goes that was tried.
    pub to: Vec<String>,
}

impl Lane {
    /// Makes an entry of the roster one that cannot be read.
    ///
    /// # Errors
    /// A failed call.
    pub async fn spoil(&self, kind: &str, id: &str) -> Result<()> {
        let parts = self.parts().await?;
        let table = parts.get("RosterTable").context("the stack has no roster")?;
        let text = |text: &str| AttributeValue::S(text.to_owned());
        aws_sdk_dynamodb::Client::new(&self.cloud.config)
            .update_item()
            .table_name(table)
            .key("pk", text(&format!("{kind}#{id}")))
            .key("sk", text(kind))
            .update_expression("SET id = :number")
            .expression_attribute_values(":number", AttributeValue::N("7".to_owned()))
            .send()
            .await?;
        Ok(())
    }

    /// The stack's parts: what CloudFormation called each resource of the template.
    ///
    /// # Errors
    /// A failed call.
    pub async fn parts(&self) -> Result<BTreeMap<String, String>> {
        self.cloud.stack_resources(&self.stack.name).await
    }

    async fn rules(&self, bus: Option<&str>) -> Result<Vec<Rule>> {
        let mut rules = match bus {
            None => deployed(&self.cloud).await?,
            Some(bus) => on_bus(&self.cloud, bus).await?,
        };
        let ours = format!("{}-", self.stack.name);
        rules.retain(|rule| rule.name.starts_with(&ours));
        Ok(rules)
    }

    /// The stack's rules on the default bus that match an event; what they tell the emergency topic is told.
    ///
    /// # Errors
    /// A failed call.
    pub async fn told_by_rules(&self, event: &Value) -> Result<Vec<String>> {
        let rules = self.rules(None).await?;
        let matched = matching(&self.cloud, &rules, &event.to_string()).await?;
        for words in matched.iter().flat_map(|rule| &rule.topics) {
            let sns = aws_sdk_sns::Client::new(&self.cloud.config);
            let tell = sns.publish().topic_arn(&words.topic).message(words.about(event)?);
            tell.send().await?;
        }
        Ok(matched.iter().map(|rule| rule.name.clone()).collect())
    }

    /// Hands an event on the stack's own bus to the function that a rule there sends it to: whether one does.
    ///
    /// # Errors
    /// A failed call.
    pub async fn on_its_bus(&self, event: &Value) -> Result<bool> {
        let rules = self.rules(Some(&self.stack.name)).await?;
        let matched = matching(&self.cloud, &rules, &event.to_string()).await?;
        let functions: Vec<_> = matched.iter().flat_map(|rule| &rule.functions).collect();
        ensure!(functions.len() <= 1, "{functions:?} all get it");
        if !functions.is_empty() {
            self.deliver(event).await?;
        }
        Ok(!functions.is_empty())
    }

    /// The stack's dashboard, as CloudWatch keeps it.
    ///
    /// # Errors
    /// There is none, or it is no JSON.
    pub async fn dashboard(&self) -> Result<Value> {
        let name = &self.stack.name;
        let form = format!("Action=GetDashboard&DashboardName={name}&Version=2010-08-01");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let url = self.cloud.root();
        let reply = self
            .cloud
            .signed("monitoring", Method::POST, &url, &headers, form.into_bytes())
            .await?;
        let answer = Document::parse(&reply.text)?;
        let body = text(answer.root(), "DashboardBody");
        Ok(serde_json::from_str(&body.with_context(|| format!("no dashboard: {}", reply.text))?)?)
    }

    /// A call of the query protocol by the account's root, without TLS or with it: the status.
    ///
    /// # Errors
    /// No answer.
    pub async fn by(&self, transport: &str, service: &str, form: &str) -> Result<u16> {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-forwarded-proto", transport),
        ];
        let url = self.cloud.root();
        let form = form.as_bytes().to_vec();
        Ok(self.cloud.signed(service, Method::POST, &url, &headers, form).await?.status)
    }
}

impl System {
    /// Launches `infra/forwarder.yaml` in a Region, with this bus and [`PAGE_ACTION`]: what it does with an event there.
    ///
    /// # Errors
    /// The stack's own reason.
    pub async fn forwarder(&self, region: &str, bus: &str, event: &Value) -> Result<Forwarder> {
        let template = std::fs::read_to_string(repository().join("infra/forwarder.yaml"))?;
        let cloud = self.cloud.in_region(region);
        let name = format!("muster-forwarder-{region}");
        let given = [("BusArn", bus), ("PageActionArn", PAGE_ACTION)];
        cloud.create_stack(&name, Template::Text(&template), &given).await?;
        let done = async || {
            let stack = cloud.describe_stack(&name).await?.context("the stack is gone")?;
            Ok((!stack.status.ends_with("_IN_PROGRESS")).then_some(stack))
        };
        let stack = until(SOON, done).await?.context("the forwarder comes to no end")?;
        ensure!(stack.status == "CREATE_COMPLETE", "the forwarder ends as {}", stack.status);
        let sends = stack.outputs.into_values().next().unwrap_or_default();
        let mut to = Vec::new();
        for rule in cloud.list_rules(json!({ "NamePrefix": name })).await? {
            let pattern = rule["EventPattern"].as_str().context("a rule without a pattern")?;
            if cloud.matches(pattern, &event.to_string()).await? {
                let targets = cloud.targets("default", rule["Name"].as_str().unwrap_or_default());
                let arn = |target: &Value| target["Arn"].as_str().map(str::to_owned);
                to.extend(targets.await?.iter().filter_map(arn));
            }
        }
        cloud.delete_stack(&name).await?;
        Ok(Forwarder { sends, to })
    }
}
