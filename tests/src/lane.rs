//! A stack of its own whose calls go over a wire of its own: what goes wrong there disturbs no other.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::home::repository;
use crate::messages::{is_from, queue};
use crate::receiver::Receiver;
use crate::stack::{Stack, deploy};
use crate::system::System;
use crate::told::figures;
use crate::wire::Wire;

/// The functions that send messages, and the one before them.
const PATH: [&str; 3] = ["finding-responder", "pager", "roster-review"];
/// What they find services by. MiniStack sets the one for all services itself, whatever a function says.
const ENDPOINTS: [&str; 4] = [
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SESV2",
    "AWS_ENDPOINT_URL_SFN",
    "AWS_ENDPOINT_URL_SNS",
];
/// The functions that speak to Incident Manager, where a lane has it.
const BESIDE: [&str; 2] = ["incident-manager-sync", "incident-mirror"];
/// What those find it by, and its names in signatures.
const INCIDENT_MANAGER: [&str; 2] =
    ["AWS_ENDPOINT_URL_SSM_CONTACTS", "AWS_ENDPOINT_URL_SSM_INCIDENTS"];
const SIGNED: &[&str] = &["ssm-contacts", "ssm-incidents"];

/// A stack with a wire.
#[derive(Debug)]
pub struct Lane {
    pub(crate) cloud: Cloud,
    pub(crate) stack: Stack,
    /// The wire that its calls go over.
    pub wire: Wire,
}

/// A send record, as far as it says how the send ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// Whose message it was.
    pub contact: String,
    /// By which channel.
    pub channel: String,
    /// How it stands.
    pub state: String,
}

impl System {
    /// Deploys the template once more, with its calls over a wire of its own.
    ///
    /// # Errors
    /// The reason that the stack gives.
    pub async fn lane(&self, name: &str, given: &[(&str, &str)]) -> Result<Lane> {
        let lane = self.straight_lane(name, given).await?;
        for function in PATH {
            lane.lead_over_the_wire(function, &ENDPOINTS).await?;
        }
        let beside = given.iter().any(|(key, mode)| *key == "IncidentManager" && *mode != "off");
        if let Some(outside) = self.host_outside().filter(|_| beside) {
            lane.wire.before_others(SIGNED, outside.standin.port);
            let all = [&ENDPOINTS[..], &INCIDENT_MANAGER].concat();
            for function in BESIDE {
                lane.lead_over_the_wire(function, &all).await?;
            }
        }
        Ok(lane)
    }

    /// Deploys the template once more, with its calls past the wire: for many at once.
    ///
    /// # Errors
    /// The reason that the stack gives.
    pub async fn straight_lane(&self, name: &str, given: &[(&str, &str)]) -> Result<Lane> {
        let template = repository().join("infra").join("muster.yaml");
        // What asks others by itself is off, unless a story is about it: they are shared.
        let mut all = BTreeMap::from([("IncidentManager", "off"), ("ReconcileFindings", "false")]);
        all.extend(given.iter().copied());
        let given: Vec<_> = all.into_iter().collect();
        let stack = Box::pin(deploy(&self.cloud, name, &template, &given)).await?;
        let wire = Wire::start().await?;
        wire.before(self.cloud.port());
        Ok(Lane { cloud: self.cloud.clone(), stack, wire })
    }
}

impl Lane {
    /// The name of its stack.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.stack.name
    }

    async fn lead_over_the_wire(&self, name: &str, endpoints: &[&str]) -> Result<()> {
        let function = self.function(name)?;
        let wire = format!("http://127.0.0.1:{}", self.wire.port);
        let variables = endpoints.iter().map(|name| ((*name).to_owned(), wire.clone()));
        self.cloud.add_variables(function, variables).await
    }

    /// Leads the webhooks of its functions to a local receiver.
    ///
    /// # Errors
    /// A function cannot be changed.
    pub async fn lead_webhooks_to(&self, receiver: &Receiver) -> Result<()> {
        let address = format!("http://127.0.0.1:{}", receiver.port);
        for function in ["pager", "roster-review"] {
            let variables = [("MUSTER_WEBHOOK_ENDPOINT".to_owned(), address.clone())];
            self.cloud.add_variables(self.function(function)?, variables.into_iter()).await?;
        }
        Ok(())
    }

    fn function(&self, name: &str) -> Result<&str> {
        let end = format!("/{}/{name}", self.stack.name);
        let found = self.stack.logs.iter().find(|(_, group)| group.ends_with(&end));
        Ok(found.with_context(|| format!("the lane has no {name}"))?.0)
    }

    /// A signed call of its API that must work.
    ///
    /// # Errors
    /// No answer, or none that is good.
    pub async fn ok(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.stack.api_endpoint);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let method = Method::from_bytes(method.as_bytes())?;
        let kind = [("content-type", "application/json")];
        let reply = self.cloud.signed("execute-api", method, &url, &kind, body).await?;
        ensure!(reply.status < 300, "{path} answers {}: {}", reply.status, reply.text);
        Ok(reply.json())
    }

    /// Hands an event over as EventBridge does, to be tried again if it fails.
    ///
    /// # Errors
    /// It is not taken.
    pub async fn deliver(&self, event: &Value) -> Result<()> {
        self.cloud.invoke_later(self.function("finding-responder")?, event).await
    }

    /// Calls a function and waits: what it answers, or why it fails.
    ///
    /// # Errors
    /// No answer.
    pub async fn invoke(&self, name: &str, payload: &Value) -> Result<Result<Value, String>> {
        self.cloud.invoke(self.function(name)?, payload).await
    }

    /// Lets the watchdog look.
    ///
    /// # Errors
    /// It fails.
    pub async fn watch(&self) -> Result<Value> {
        let end = self.invoke("pager", &json!({ "watch": true })).await?;
        end.map_err(|error| anyhow::anyhow!(error))
    }

    /// The incidents of an account: their ids.
    ///
    /// # Errors
    /// A failed call.
    pub async fn incidents(&self, account: &str) -> Result<Vec<String>> {
        let items = self
            .scan(
                "sk = :kind AND account = :account",
                &[(":kind", "incident"), (":account", account)],
            )
            .await?;
        Ok(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect())
    }

    /// The send records of an incident.
    ///
    /// # Errors
    /// A failed call.
    pub async fn sends(&self, incident: &str) -> Result<Vec<Sent>> {
        let pk = format!("incident#{incident}");
        let values = [(":pk", pk.as_str()), (":send", "delivery#")];
        let items = self.scan("pk = :pk AND begins_with(sk, :send)", &values).await?;
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let read = |item: &Value| Sent {
            contact: text(item, "contact"),
            channel: text(item, "channel"),
            state: text(item, "state"),
        };
        let mut sends: Vec<Sent> = items.iter().map(read).collect();
        sends.sort();
        Ok(sends)
    }

    /// The words of an incident's timeline, pages aside.
    ///
    /// # Errors
    /// A failed call.
    pub async fn facts(&self, incident: &str) -> Result<Vec<String>> {
        let pk = format!("incident#{incident}");
        let values = [(":pk", pk.as_str()), (":fact", "event#")];
        let items = self.scan("pk = :pk AND begins_with(sk, :fact)", &values).await?;
        let mut facts: Vec<_> =
            items.iter().filter_map(|item| item["event"].as_str().map(str::to_owned)).collect();
        facts.sort();
        Ok(facts)
    }

    /// Makes the incident's next step late, as if an hour had gone by.
    ///
    /// # Errors
    /// No step is due, or a failed call.
    pub async fn make_late(&self, incident: &str) -> Result<()> {
        crate::faults::make_late(&self.cloud, &self.stack, incident).await
    }

    /// Lets time pass for one person's ladders of a type, and what waits there be looked at.
    ///
    /// # Errors
    /// A failed call.
    pub async fn forget_ladder(&self, contact: &str, kind: &str) -> Result<()> {
        crate::faults::forget_ladder(&self.cloud, &self.stack, contact, kind).await
    }

    /// The figures that a function has written, each line as it is.
    ///
    /// # Errors
    /// A failed call.
    pub async fn figures(&self, function: &str) -> Result<Vec<Value>> {
        figures(&self.cloud, &self.stack, function).await
    }

    /// What a function has logged, from the last start of the lane on: warnings and errors.
    ///
    /// # Errors
    /// A failed call.
    pub async fn complaints(&self, function: &str) -> Result<Vec<String>> {
        let lines = crate::told::lines(&self.cloud, &self.stack, function).await?;
        let bad = |line: &&Value| matches!(line["level"].as_str(), Some("WARN" | "ERROR"));
        Ok(lines.iter().filter(bad).map(|line| line["fields"].to_string()).collect())
    }

    /// Moves the end of every claim of an incident, as if a clock that is ahead had made them.
    ///
    /// # Errors
    /// A failed call.
    pub async fn claim_ahead(&self, incident: &str, seconds: i64) -> Result<()> {
        let client = aws_sdk_dynamodb::Client::new(&self.cloud.config);
        let pk = format!("incident#{incident}");
        let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let claimed = [(":pk", pk.as_str()), (":sending", "sending")];
        for item in self.scan("pk = :pk AND #s = :sending", &claimed).await? {
            let sk = item["sk"].as_str().unwrap_or_default().to_owned();
            let update = client.update_item().table_name(&self.stack.incidents_table);
            let update = update.key("pk", AttributeValue::S(pk.clone()));
            let update =
                update.key("sk", AttributeValue::S(sk)).update_expression("SET #u = :until");
            let update = update.expression_attribute_names("#u", "lease_expires_at");
            let until = AttributeValue::S(until.to_string());
            update.expression_attribute_values(":until", until).send().await?;
        }
        Ok(())
    }

    pub(crate) async fn scan(&self, filter: &str, values: &[(&str, &str)]) -> Result<Vec<Value>> {
        let mut scan = aws_sdk_dynamodb::Client::new(&self.cloud.config)
            .scan()
            .table_name(&self.stack.incidents_table)
            .filter_expression(filter)
            .consistent_read(true);
        if filter.contains("#s") {
            scan = scan.expression_attribute_names("#s", "state");
        }
        for (name, value) in values {
            scan = scan.expression_attribute_values(*name, AttributeValue::S((*value).to_owned()));
        }
        let mut items = scan.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(serde_dynamo::from_item(item?)?);
        }
        Ok(found)
    }

    /// What the emergency topic has said: subjects and texts.
    ///
    /// # Errors
    /// A failed call.
    pub async fn heard(&self) -> Result<Vec<String>> {
        self.heard_from(&self.stack.emergency_topic).await
    }

    /// What the owner's topic has said: subjects and texts.
    ///
    /// # Errors
    /// A failed call.
    pub async fn owner_heard(&self) -> Result<Vec<String>> {
        self.heard_from(&self.stack.owner_topic).await
    }

    async fn heard_from(&self, topic: &str) -> Result<Vec<String>> {
        let heard = queue(&self.cloud, &self.stack.heard).await?;
        let read = |body: &str| -> Result<String> {
            let said: Value = serde_json::from_str(body)?;
            let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
            Ok(format!("{}\n{}", text("Subject"), text("Message")))
        };
        let ours = heard.iter().filter(|heard| is_from(&heard.body, topic));
        ours.map(|heard| read(&heard.body)).collect()
    }

    /// The keys of items of the incidents table that mention this text, and that no expiry of the table's own deletes.
    ///
    /// # Errors
    /// A failed call.
    pub async fn mentions(&self, text: &str) -> Result<Vec<String>> {
        let items = self.scan("attribute_not_exists(expires_at)", &[]).await?;
        let ours = items.iter().filter(|item| item.to_string().contains(text));
        Ok(ours.map(|item| format!("{} {}", item["pk"], item["sk"])).collect())
    }

    /// The events that a function gave up on.
    ///
    /// # Errors
    /// A failed call.
    pub async fn failed_events(&self) -> Result<Vec<Value>> {
        let messages = queue(&self.cloud, &self.stack.failed_events).await?;
        messages.iter().map(|message| Ok(serde_json::from_str(&message.body)?)).collect()
    }

    /// How many text messages went to this number, and how many e-mails to this address.
    ///
    /// # Errors
    /// A failed call.
    pub async fn arrived(&self, number: &str, address: &str) -> Result<(usize, usize)> {
        let (texts, mails) = tokio::try_join!(
            self.cloud.look("sns/sms-messages", &[]),
            self.cloud.look("ses/messages", &[])
        )?;
        let texts = texts["sms_messages"][number].as_array().map_or(0, Vec::len);
        let accounts = mails["messages"].as_object().into_iter().flat_map(|all| all.values());
        let mails = accounts.flat_map(|list| list.as_array().into_iter().flatten());
        let ours = |mail: &&Value| {
            mail["To"].as_array().into_iter().flatten().any(|to| to.as_str() == Some(address))
        };
        Ok((texts, mails.filter(ours).count()))
    }
}
