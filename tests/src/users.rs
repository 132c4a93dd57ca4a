//! IAM users of the local cloud, to see what somebody with one of the stack's policies may do.

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::config::Credentials;
use reqwest::{Method, Url};

use crate::cloud::Cloud;

/// Makes a user with this managed policy and no other, and returns the user's keys.
pub(crate) async fn with_policy(cloud: &Cloud, name: &str, policy: &str) -> Result<Credentials> {
    call(cloud, &[("Action", "CreateUser"), ("UserName", name)]).await?;
    let attach = [("Action", "AttachUserPolicy"), ("UserName", name), ("PolicyArn", policy)];
    call(cloud, &attach).await?;
    let keys = call(cloud, &[("Action", "CreateAccessKey"), ("UserName", name)]).await?;
    let part = |tag: &str| {
        let (_, rest) = keys.split_once(&format!("<{tag}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let id = part("AccessKeyId").context("IAM gave no access key")?;
    let secret = part("SecretAccessKey").context("IAM gave no secret")?;
    Ok(Credentials::new(id, secret, None, None, "rehearsal"))
}

async fn call(cloud: &Cloud, form: &[(&str, &str)]) -> Result<String> {
    let encoded = Url::parse_with_params("http://localhost/", form)?;
    let body = format!("{}&Version=2010-05-08", encoded.query().unwrap_or_default());
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = cloud.root();
    let reply = cloud.signed("iam", Method::POST, &url, &headers, body.into_bytes()).await?;
    ensure!(reply.status == 200, "IAM answers {}: {}", reply.status, reply.text);
    Ok(reply.text)
}
