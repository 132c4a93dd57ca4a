//! The stack: functions uploaded, the real template deployed, its own reason told if it fails.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::aws::cloudformation::Template;
use crate::cloud::Cloud;
use crate::functions::{Function, architecture};
use crate::waiting::{SOON, until};

/// The name of the system's own stack.
pub(crate) const NAME: &str = "muster";
const BUCKET: &str = "muster-functions";
const SENDER: &str = "muster@example.com";
const OWNER: &str = "security-owner@example.com";
/// ARN of the Security Hub custom action by which the team is paged, as `events/security-hub` has it.
pub const PAGE_ACTION: &str = "arn:aws:securityhub:eu-central-1:111122223333:action/custom/muster";

/// What the deployed stack is made of, by its outputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stack {
    pub name: String,
    pub api_endpoint: String,
    pub emergency_topic: String,
    /// Where the roster's owner hears of reviews.
    #[serde(default)]
    pub owner_topic: String,
    pub incidents_table: String,
    pub state_machine: String,
    /// The queue of events that a function failed on.
    pub failed_events: String,
    /// The managed policies by the kind of caller: `Reader`, `Editor`, …
    #[serde(default)]
    pub policies: BTreeMap<String, String>,
    /// Each function's log group.
    pub logs: BTreeMap<String, String>,
    /// Our own queue behind the emergency topic: MiniStack keeps no record of what a topic sent.
    pub heard: String,
    /// The same behind the topic for chat.
    pub chatted: String,
    /// Our own queue on the stack's event bus.
    pub told: String,
}

/// Uploads the functions under the names that the template expects.
pub(crate) async fn upload(cloud: &Cloud, functions: Vec<Function>) -> Result<()> {
    cloud.create_bucket(BUCKET).await.context("cannot make the functions' bucket")?;
    let upload = async |function: Function| -> Result<()> {
        let key = format!("{}-{}.zip", function.name, architecture());
        cloud.put_object(BUCKET, &key, function.zip).await
    };
    try_join_all(functions.into_iter().map(upload)).await.context("cannot upload the functions")?;
    Ok(())
}

/// Deploys the template, and beside it the queue that hears the emergency topic.
///
/// # Errors
/// The reason that the stack itself gives.
pub(crate) async fn deploy(
    cloud: &Cloud,
    name: &str,
    template: &Path,
    more: &[(&str, &str)],
) -> Result<Stack> {
    let body = std::fs::read_to_string(template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    cloud.make_sender(SENDER).await?;
    let mut given = vec![
        ("ArtifactBucket", BUCKET),
        ("ArtifactPrefix", ""),
        ("Architecture", architecture()),
        ("SenderAddress", SENDER),
        ("OwnerEmail", OWNER),
        ("DeletionProtection", "false"),
    ];
    // What comes by the calendar, or to everybody who is new, would disturb whatever runs at the time.
    let quiet = [
        ("WelcomeNewContacts", "false"),
        ("ReviewSchedule", "at(2099-01-01T00:00:00)"),
        ("ChannelTestSchedule", "at(2099-01-01T00:00:00)"),
        ("PageAction", PAGE_ACTION),
    ];
    let said = |name: &str| more.iter().any(|(given, _)| *given == name);
    given.extend(quiet.iter().filter(|(name, _)| !said(name)));
    given.extend(more);
    let outputs = create(cloud, name, &body, &given).await?;
    of_outputs(cloud, name, &outputs).await
}

/// A stack by its outputs, once there are queues of our own that hear its topics.
pub(crate) async fn of_outputs(
    cloud: &Cloud,
    name: &str,
    outputs: &BTreeMap<String, String>,
) -> Result<Stack> {
    let output = |name: &str| {
        let value = outputs.get(name).cloned();
        value.with_context(|| format!("the stack has no output {name}"))
    };
    let emergency_topic = output("EmergencyTopicArn")?;
    let (chat, bus) = (output("ChatTopicArn")?, output("BusName")?);
    let owner_topic = output("OwnerTopicArn")?;
    let given = [
        ("Topic", emergency_topic.as_str()),
        ("ChatTopic", chat.as_str()),
        ("OwnerTopic", owner_topic.as_str()),
        ("BusName", bus.as_str()),
    ];
    let ears = create(cloud, &format!("{name}-ears"), include_str!("../ears.yaml"), &given).await?;
    let queue =
        |name: &str| ears.get(name).cloned().with_context(|| format!("the ears have no {name}"));
    Ok(Stack {
        name: name.to_owned(),
        api_endpoint: output("ApiEndpoint")?,
        incidents_table: output("IncidentsTable")?,
        state_machine: output("StateMachineArn")?,
        failed_events: output("FailedEventsQueueUrl")?,
        logs: logs(cloud).await?,
        policies: outputs
            .iter()
            .filter_map(|(name, arn)| {
                Some((name.strip_suffix("PolicyArn")?.to_owned(), arn.clone()))
            })
            .collect(),
        emergency_topic,
        owner_topic,
        heard: queue("Queue")?,
        chatted: queue("ChatQueue")?,
        told: queue("EventQueue")?,
    })
}

/// The log group of each function. MiniStack deploys a function without code as if nothing were
/// wrong and then answers for it, so that is looked for here.
async fn logs(cloud: &Cloud) -> Result<BTreeMap<String, String>> {
    let mut logs = BTreeMap::new();
    for function in cloud.functions().await? {
        let name = function["FunctionName"].as_str().unwrap_or_default();
        let empty = function["CodeSize"].as_u64().unwrap_or_default() == 0;
        ensure!(!empty, "no program of the workspace is the function {name}");
        let group = function["LoggingConfig"]["LogGroup"].as_str();
        let group = group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned);
        logs.insert(name.to_owned(), group);
    }
    Ok(logs)
}

async fn create(
    cloud: &Cloud,
    name: &str,
    template: &str,
    given: &[(&str, &str)],
) -> Result<BTreeMap<String, String>> {
    // The template is longer than a request may be (51,200 bytes), so it comes from the bucket.
    let key = format!("{name}.yaml");
    let put = cloud.put_object(BUCKET, &key, template.as_bytes().to_vec());
    put.await.context("cannot upload the template")?;
    let url = format!("{}{BUCKET}/{key}", cloud.root());
    let create = cloud.create_stack(name, Template::At(&url), given).await;
    create.with_context(|| format!("CloudFormation refuses the stack {name}"))?;
    let created = until(SOON, async || {
        let stack = cloud.describe_stack(name).await?.context("the stack is gone")?;
        match stack.status.as_str() {
            "CREATE_COMPLETE" => Ok(Some(stack.outputs)),
            "CREATE_IN_PROGRESS" | "" => Ok(None),
            _ => Err(cloud.stack_failure(name).await),
        }
    });
    let created = created.await?;
    created.with_context(|| format!("the stack {name} was not done within {} s", SOON.as_secs()))
}

#[cfg(test)]
mod tests {
    /// What every resource of a type must say, counted: the template is no plain YAML to parse.
    #[test]
    fn every_function_is_traced_and_logs_to_its_own_group() {
        let template = include_str!("../../infra/muster.yaml");
        let count = |part: &str| template.matches(part).count();
        let functions = count("Type: AWS::Lambda::Function");
        assert!(functions >= 5);
        assert_eq!(count("TracingConfig: { Mode: Active }"), functions);
        assert_eq!(count("Sid: Trace\n"), functions + 1, "the functions and the state machine");
        assert_eq!(count("LoggingConfig: { LogGroup:"), functions);
        // A target that fails for good leaves its event in a queue.
        let rules = count("Type: AWS::Events::Rule\n") + count("Type: AWS::Scheduler::Schedule\n");
        assert_eq!(count("RetryPolicy: {"), rules);
        assert_eq!(count("DeadLetterConfig: { Arn:"), rules);
        assert_eq!(count("DeadLetterConfig: { TargetArn:"), functions);
        let mappings = count("Type: AWS::Lambda::EventSourceMapping");
        assert_eq!(count("FunctionResponseTypes: [ReportBatchItemFailures]"), mappings);
        assert_eq!(count("BisectBatchOnFunctionError: true"), mappings);
    }
}
