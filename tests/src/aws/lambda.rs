//! Lambda: functions are listed, changed, and invoked.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::cloud::{Cloud, Reply};

const FUNCTIONS: &str = "2015-03-31/functions";

impl Cloud {
    async fn lambda(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Reply> {
        let url = format!("{}{FUNCTIONS}{path}", self.root());
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let reply = self.signed("lambda", method, &url, headers, body).await?;
        ensure!(reply.status < 300, "Lambda answers {} for {path}: {}", reply.status, reply.text);
        Ok(reply)
    }

    /// Returns the configurations of all functions.
    pub(crate) async fn functions(&self) -> Result<Vec<Value>> {
        let (mut all, mut path) = (Vec::new(), "/".to_owned());
        loop {
            let mut page = self.lambda(Method::GET, &path, &[], &Value::Null).await?.json();
            let Value::Array(functions) = page["Functions"].take() else {
                anyhow::bail!("Lambda lists no functions")
            };
            all.extend(functions);
            let Some(next) = page["NextMarker"].as_str().filter(|next| !next.is_empty()) else {
                return Ok(all);
            };
            path = format!("/?Marker={next}");
        }
    }

    /// Adds these variables to a function's environment.
    pub(crate) async fn add_variables(
        &self,
        function: &str,
        more: impl Iterator<Item = (String, String)>,
    ) -> Result<()> {
        let path = format!("/{function}/configuration");
        let now = self.lambda(Method::GET, &path, &[], &Value::Null).await?.json();
        let mut variables: Map<String, Value> =
            now["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
        variables.extend(more.map(|(name, value)| (name, Value::String(value))));
        let body = json!({ "Environment": { "Variables": variables } });
        let kind = [("content-type", "application/json")];
        self.lambda(Method::PUT, &path, &kind, &body).await.map(drop)
    }

    /// Hands an event over, to be tried again if the function fails.
    pub(crate) async fn invoke_later(&self, function: &str, event: &Value) -> Result<()> {
        let path = format!("/{function}/invocations");
        let headers = [("x-amz-invocation-type", "Event"), ("content-type", "application/json")];
        self.lambda(Method::POST, &path, &headers, event).await.map(drop)
    }

    /// Invokes a function and waits; returns its answer, or its error as text.
    pub(crate) async fn invoke(
        &self,
        function: &str,
        payload: &Value,
    ) -> Result<Result<Value, String>> {
        let path = format!("/{function}/invocations");
        let kind = [("content-type", "application/json")];
        let reply = self.lambda(Method::POST, &path, &kind, payload).await?;
        if reply.function_failed {
            return Ok(Err(reply.text));
        }
        let answer = serde_json::from_str(&reply.text);
        answer.map(Ok).with_context(|| format!("{function} answers what is no JSON"))
    }
}
