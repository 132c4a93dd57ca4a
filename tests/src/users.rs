//! IAM users of the local cloud, to see what somebody with one of the stack's policies may do.

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::config::Credentials;
use reqwest::Method;

use crate::cloud::Cloud;
use crate::system::System;

/// Makes a user with this managed policy and no other, and returns the user's keys.
async fn with_policy(cloud: &Cloud, name: &str, policy: &str) -> Result<Credentials> {
    call(cloud, &[("Action", "CreateUser"), ("UserName", name)]).await?;
    let attach = [("Action", "AttachUserPolicy"), ("UserName", name), ("PolicyArn", policy)];
    call(cloud, &attach).await?;
    keys_of(cloud, name).await
}

/// New keys of a user.
pub(crate) async fn keys_of(cloud: &Cloud, name: &str) -> Result<Credentials> {
    let keys = call(cloud, &[("Action", "CreateAccessKey"), ("UserName", name)]).await?;
    let part = |tag: &str| {
        let (_, rest) = keys.split_once(&format!("<{tag}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let id = part("AccessKeyId").context("IAM gave no access key")?;
    let secret = part("SecretAccessKey").context("IAM gave no secret")?;
    Ok(Credentials::new(id, secret, None, None, "rehearsal"))
}

/// A call of IAM.
pub(crate) async fn call(cloud: &Cloud, form: &[(&str, &str)]) -> Result<String> {
    let form = [form, &[("Version", "2010-05-08")]].concat();
    let reply = cloud.query("iam", &form).await?;
    ensure!(reply.status == 200, "IAM answers {}: {}", reply.status, reply.text);
    Ok(reply.text)
}

impl System {
    /// The same system as somebody sees it who has one of the stack's managed policies (`Reader`,
    /// `Editor`, …) and nothing else: the status of a signed call without a body.
    ///
    /// # Errors
    /// There is no such policy, or no answer.
    pub async fn as_caller(&self, kind: &str, calls: &[(&str, &str)]) -> Result<Vec<u16>> {
        let policy = self.stack.policies.get(kind);
        let policy = policy.with_context(|| format!("the stack has no policy {kind}"))?;
        let keys = with_policy(&self.cloud, &format!("story-{kind}"), policy).await?;
        let cloud = self.cloud.with_keys(keys);
        let mut statuses = Vec::new();
        for (method, path) in calls {
            let url = format!("{}{path}", self.stack.api_endpoint);
            let method = Method::from_bytes(method.as_bytes())?;
            let reply = cloud.signed("execute-api", method, &url, &[], Vec::new()).await?;
            statuses.push(reply.status);
        }
        Ok(statuses)
    }

    /// Opens a link, as a browser or a mail scanner does: the status and the page.
    ///
    /// # Errors
    /// No answer.
    pub async fn public_get(&self, url: &str) -> Result<(u16, String)> {
        let reply = self.cloud.plain(Method::GET, url).await?;
        Ok((reply.status, reply.text))
    }

    /// Presses the button of a link's page: the status and the page.
    ///
    /// # Errors
    /// No answer.
    pub async fn public_post(&self, url: &str) -> Result<(u16, String)> {
        let reply = self.cloud.plain(Method::POST, url).await?;
        Ok((reply.status, reply.text))
    }

    /// An unsigned call of the API by MiniStack's own path to it. For `/health`, which MiniStack
    /// answers itself when it is asked by the API's host name.
    ///
    /// # Errors
    /// No answer.
    pub async fn public_get_by_path(&self, path: &str) -> Result<(u16, String)> {
        let host = self.stack.api_endpoint.split("://").nth(1).unwrap_or_default();
        let id = host.split('.').next().unwrap_or_default();
        let url = format!("{}_aws/execute-api/{id}/$default{path}", self.cloud.root());
        self.public_get(&url).await
    }
}
