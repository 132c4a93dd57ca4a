//! A release published to a bucket of the local cloud and launched from there, as somebody who may do just that.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::aws::cloudformation::Template;
use crate::cloud::{ACCOUNT, Cloud, KEY, REGION};
use crate::home::repository;
use crate::lane::Lane;
use crate::stack::of_outputs;
use crate::system::System;
use crate::users::{call, keys_of};
use crate::waiting::{SOON, until};
use crate::wire::Wire;

/// What the policy for deployers calls the bucket, its Region aside.
pub const BUCKET: &str = "muster-artifacts";

/// What a script said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whether it ended well.
    pub good: bool,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub error: String,
}

/// Somebody with the deploy policy and nothing else.
#[derive(Clone, Debug)]
pub struct Deployer {
    cloud: Cloud,
    boundary: String,
}

impl System {
    /// Runs one of the scripts of `infra/` against the local cloud, as the account's root.
    ///
    /// # Errors
    /// It does not start.
    pub async fn script(&self, name: &str, arguments: &[&str]) -> Result<Said> {
        let cloud = &self.cloud;
        let output = Command::new(repository().join("infra").join(name))
            .args(arguments)
            .env("AWS_ENDPOINT_URL", cloud.root().trim_end_matches('/'))
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", cloud.secret())
            .env("AWS_ENDPOINT_URL_SNS", format!("http://127.0.0.1:{}", self.sns_port()))
            .env("AWS_REGION", REGION)
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_PROFILE")
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| format!("infra/{name} does not start"))?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let good = output.status.success();
        Ok(Said { good, out: text(output.stdout), error: text(output.stderr) })
    }

    /// The policy of the bucket that releases are published to.
    ///
    /// # Errors
    /// A failed call.
    pub async fn readers(&self) -> Result<String> {
        self.cloud.bucket_policy(&format!("{BUCKET}-{REGION}")).await
    }

    /// Publishes that release: where its template is.
    ///
    /// # Errors
    /// It is not published.
    pub async fn publish(&self, dist: &Path, version: &str) -> Result<String> {
        let from = dist.to_string_lossy();
        let said = self
            .script("publish", &["--bucket", BUCKET, "--from", &from, "--version", version])
            .await?;
        ensure!(said.good, "it is not published: {}{}", said.out, said.error);
        let url = format!("{}{BUCKET}-{REGION}/{version}/muster.yaml", self.cloud.root());
        ensure!(said.out.contains(&url), "the template's address is not told: {}", said.out);
        Ok(url)
    }

    /// Somebody with `infra/deploy-policy.json`, and the boundary that it asks for.
    ///
    /// # Errors
    /// IAM refuses.
    pub async fn deployer(&self, name: &str) -> Result<Deployer> {
        let policy = fs::read_to_string(repository().join("infra/deploy-policy.json"))?;
        let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/muster-boundary");
        let bound = fs::read_to_string(repository().join("infra/boundary-policy.json"))?;
        let form = [("Action", "CreatePolicy"), ("PolicyName", "muster-boundary")];
        let form = [form[0], form[1], ("PolicyDocument", bound.as_str())];
        let made = call(&self.cloud, &form).await;
        ensure!(
            made.as_ref().is_ok()
                || made.as_ref().is_err_and(|e| format!("{e}").contains("EntityAlreadyExists")),
            "the boundary: {made:?}"
        );
        call(&self.cloud, &[("Action", "CreateUser"), ("UserName", name)]).await?;
        let put = [("Action", "PutUserPolicy"), ("UserName", name), ("PolicyName", "deploy")];
        let put = [put[0], put[1], put[2], ("PolicyDocument", policy.as_str())];
        call(&self.cloud, &put).await?;
        let keys = keys_of(&self.cloud, name).await?;
        Ok(Deployer { cloud: self.cloud.with_keys(keys), boundary })
    }

    /// Makes an event bus, or removes it: what somebody else, or a stack of old, has there.
    ///
    /// # Errors
    /// A failed call.
    pub async fn occupy(&self, bus: &str, there: bool) -> Result<()> {
        let call = if there { "CreateEventBus" } else { "DeleteEventBus" };
        let target = format!("AWSEvents.{call}");
        let headers =
            [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        let body = json!({ "Name": bus }).to_string().into_bytes();
        let url = self.cloud.root();
        let reply =
            self.cloud.signed("events", reqwest::Method::POST, &url, &headers, body).await?;
        ensure!(reply.status == 200, "{call} answers {}: {}", reply.status, reply.text);
        Ok(())
    }

    /// Puts a template beside the published ones: where it is.
    ///
    /// # Errors
    /// A failed call.
    pub async fn put_template(&self, name: &str, text: String) -> Result<String> {
        let bucket = format!("{BUCKET}-{REGION}");
        self.cloud.put_object(&bucket, name, text.into_bytes()).await?;
        Ok(format!("{}{BUCKET}-{REGION}/{name}", self.cloud.root()))
    }

    /// Whether there is such a table.
    ///
    /// # Errors
    /// A failed call.
    pub async fn has_table(&self, name: &str) -> Result<bool> {
        let client = aws_sdk_dynamodb::Client::new(&self.cloud.config);
        match client.describe_table().table_name(name).send().await {
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(false),
            answer => Ok(answer?.table().is_some()),
        }
    }

    /// Whether there is such a key, and it can be used.
    ///
    /// # Errors
    /// A failed call.
    pub async fn has_key(&self, arn: &str) -> Result<bool> {
        let headers = [
            ("x-amz-target", "TrentService.DescribeKey"),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        let body = json!({ "KeyId": arn }).to_string().into_bytes();
        let url = self.cloud.root();
        let reply = self.cloud.signed("kms", reqwest::Method::POST, &url, &headers, body).await?;
        Ok(reply.json()["KeyMetadata"]["Enabled"] == true)
    }

    /// Makes the address that mail is sent from known to SES.
    ///
    /// # Errors
    /// SES refuses.
    pub async fn knows_sender(&self, address: &str) -> Result<()> {
        self.cloud.make_sender(address).await
    }
}

impl Deployer {
    /// The ARN of the policy that bounds roles.
    #[must_use]
    pub fn boundary(&self) -> &str {
        &self.boundary
    }

    /// Creates a stack from the template at `url`, with these parameters; its end, with the reason if it failed.
    ///
    /// # Errors
    /// What CloudFormation refuses before it makes anything.
    pub async fn create(&self, stack: &str, url: &str, given: &[(&str, &str)]) -> Result<String> {
        self.cloud.create_stack(stack, Template::At(url), given).await?;
        self.end(stack).await
    }

    /// Updates a stack to the template at `url`; parameters that are not given stay as they are.
    ///
    /// # Errors
    /// What CloudFormation refuses before it changes anything.
    pub async fn update(&self, stack: &str, url: &str, given: &[(&str, &str)]) -> Result<String> {
        let there = self.cloud.describe_stack(stack).await?.context("there is no such stack")?;
        let own = ["ArtifactBucket", "ArtifactPrefix"];
        let mut kept = there.parameters;
        kept.retain(|key| {
            !own.contains(&key.as_str()) && given.iter().all(|(name, _)| name != key)
        });
        self.cloud.update_stack(stack, Template::At(url), given, &kept).await?;
        self.end(stack).await
    }

    /// Deletes a stack; its end.
    ///
    /// # Errors
    /// A failed call.
    pub async fn delete(&self, stack: &str) -> Result<String> {
        self.cloud.delete_stack(stack).await?;
        self.end(stack).await
    }

    /// The stack's state once nothing is in progress, and why if that is a failure.
    async fn end(&self, stack: &str) -> Result<String> {
        let look = async || {
            let Some(found) = self.cloud.describe_stack(stack).await? else {
                return Ok(Some("DELETE_COMPLETE".to_owned()));
            };
            Ok((!found.status.ends_with("_IN_PROGRESS")).then_some(found.status))
        };
        let status = until(SOON, look).await?;
        let status = status.with_context(|| format!("the stack {stack} comes to no end"))?;
        if status.contains("ROLLBACK") || status.contains("FAILED") {
            return Ok(format!("{status}: {}", self.cloud.stack_failure(stack).await));
        }
        Ok(status)
    }

    /// The stack as what stories can be told on, its outputs among it.
    ///
    /// # Errors
    /// It is not there, or lacks an output.
    pub async fn lane(
        &self,
        system: &System,
        stack: &str,
    ) -> Result<(Lane, BTreeMap<String, String>)> {
        let there = system.cloud.describe_stack(stack).await?.context("there is no such stack")?;
        let outputs = there.outputs;
        let found = of_outputs(&system.cloud, stack, &outputs).await?;
        let lane = Lane { cloud: system.cloud.clone(), stack: found, wire: Wire::start().await? };
        Ok((lane, outputs))
    }

    /// What a call that CloudFormation did not make for the deployer answers: the status.
    ///
    /// # Errors
    /// No answer.
    pub async fn alone(&self, service: &str, target: &str, body: &Value) -> Result<u16> {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.0")];
        let url = self.cloud.root();
        let body = body.to_string().into_bytes();
        let reply = self.cloud.signed(service, reqwest::Method::POST, &url, &headers, body).await?;
        Ok(reply.status)
    }
}

/// Fails unless the script ended badly and said this.
///
/// # Errors
/// It ended well, or said something else.
pub fn refused(said: &Said, words: &str) -> Result<()> {
    if said.good || !said.error.contains(words) {
        bail!("expected a refusal with {words:?}, got {} {}{}", said.good, said.out, said.error);
    }
    Ok(())
}
