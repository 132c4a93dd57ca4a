//! The Python client that is generated from the OpenAPI document, against a lane's API.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::cloud::{KEY, REGION};
use crate::home::repository;
use crate::lane::Lane;

/// Longest wait: a first time installs the generator.
const CALLS: Duration = Duration::from_mins(20);

impl Lane {
    /// Generates the client and makes its calls: what `tests/contract/calls` prints, a line for each call.
    ///
    /// # Errors
    /// A call that failed, or fewer than twenty.
    pub async fn generated_client(&self) -> Result<String> {
        let (_, host) = self.stack.api_endpoint.split_once("//").context("no host")?;
        let api = host.split('.').next().unwrap_or_default();
        // By MiniStack's own path to it: Python resolves no names below localhost.
        let url = format!("http://127.0.0.1:{}/_aws/execute-api/{api}", self.cloud.port());
        let calls = Command::new(repository().join("tests/contract/calls"))
            .arg(url)
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", self.cloud.secret())
            .env("AWS_REGION", REGION)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let end = tokio::time::timeout(CALLS, calls).await.context("the calls take too long")??;
        let said = String::from_utf8_lossy(&end.stdout).into_owned();
        let errors = String::from_utf8_lossy(&end.stderr);
        ensure!(end.status.success(), "the generated client fails: {said}\n{errors}");
        Ok(said)
    }
}
