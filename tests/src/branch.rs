//! A second stack beside the system's own: the same functions, another roster, callers with tokens.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::cloud::Cloud;
use crate::home::repository;
use crate::issuer::{AUDIENCE, Issuer};
use crate::stack::{Stack, deploy};
use crate::system::System;
use crate::told::lines;

/// A web page that may call the branch's API.
pub const ORIGIN: &str = "https://portal.example.com";

/// The second stack. Findings do not reach it.
#[derive(Debug)]
pub struct Branch {
    cloud: Cloud,
    stack: Stack,
    issuer: Issuer,
}

impl System {
    /// Deploys the template once more, with `AuthMode` JWT and an issuer of its own.
    ///
    /// # Errors
    /// The reason that the stack gives.
    pub async fn branch(&self, name: &str) -> Result<Branch> {
        let issuer = Issuer::start().await?;
        let template = repository().join("infra").join("muster.yaml");
        let given = [
            ("AuthMode", "JWT"),
            ("JwtIssuer", issuer.url.as_str()),
            ("JwtAudience", AUDIENCE),
            ("AllowedOrigins", ORIGIN),
            ("IncidentManager", "off"),
            ("ReconcileFindings", "false"),
        ];
        let stack = deploy(&self.cloud, name, &template, &given).await?;
        respell_cors(&self.cloud, &stack).await?;
        Ok(Branch { cloud: self.cloud.clone(), stack, issuer })
    }
}

/// MiniStack keeps an API's CORS settings in CloudFormation's spelling (`AllowOrigins`) and looks for
/// them in the API's own (`allowOrigins`), so what the template says is said once more.
async fn respell_cors(cloud: &Cloud, stack: &Stack) -> Result<()> {
    let host = stack.api_endpoint.split("://").nth(1).unwrap_or_default();
    let id = host.split('.').next().unwrap_or_default();
    let url = format!("{}v2/apis/{id}", cloud.root());
    let api = cloud.signed("apigateway", Method::GET, &url, &[], Vec::new()).await?.json();
    let given = api["corsConfiguration"].as_object().context("the API has no CORS settings")?;
    let lower = |name: &String| name[..1].to_lowercase() + &name[1..];
    let cors: Map<String, Value> =
        given.iter().map(|(name, value)| (lower(name), value.clone())).collect();
    let body = json!({ "corsConfiguration": cors }).to_string().into_bytes();
    let kind = [("content-type", "application/json")];
    let reply = cloud.signed("apigateway", Method::PATCH, &url, &kind, body).await?;
    ensure!(reply.status == 200, "the API answers {}: {}", reply.status, reply.text);
    Ok(())
}

impl Branch {
    /// A token that the branch's gateway takes.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn token(&self, subject: &str, scopes: &str) -> Result<String> {
        self.issuer.token(subject, scopes, AUDIENCE)
    }

    /// A token that does not say whose it is.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn token_of_nobody(&self) -> Result<String> {
        self.issuer.token("", "", AUDIENCE)
    }

    /// A token that is meant for somebody else.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn token_for_another(&self, subject: &str) -> Result<String> {
        self.issuer.token(subject, "admin", "payroll")
    }

    /// A call with a bearer token, or with none: the status and the body.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.stack.api_endpoint);
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("content-type", kind), ("origin", ORIGIN)];
        if !token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        let method = Method::from_bytes(method.as_bytes())?;
        let reply = self.cloud.with_headers(method, &url, &headers, body).await?;
        Ok((reply.status, reply.json()))
    }

    /// A call with a bearer token that must work: its answer.
    ///
    /// # Errors
    /// No answer, or none that is good.
    pub async fn ok(&self, token: &str, method: &str, path: &str, body: Value) -> Result<Value> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let (status, answer) = self.call(token, method, path, "application/json", body).await?;
        ensure!(status < 300, "{method} {path} answers {status}: {answer}");
        Ok(answer)
    }

    /// What a browser asks before it calls from a page of `origin`: the status, and whose pages may.
    ///
    /// # Errors
    /// No answer.
    pub async fn preflight(&self, origin: &str) -> Result<(u16, Option<String>)> {
        let url = format!("{}/contacts", self.stack.api_endpoint);
        let headers = [("origin", origin), ("access-control-request-method", "GET")];
        let reply = self.cloud.with_headers(Method::OPTIONS, &url, &headers, Vec::new()).await?;
        Ok((reply.status, reply.allowed_origin))
    }

    fn function(&self, name: &str) -> Result<&str> {
        let end = format!("/{}/{name}", self.stack.name);
        let found = self.stack.logs.iter().find(|(_, group)| group.ends_with(&end));
        Ok(found.with_context(|| format!("the branch has no {name}"))?.0)
    }

    async fn invoke(&self, name: &str, payload: &Value) -> Result<Value> {
        let end = self.cloud.invoke(self.function(name)?, payload).await?;
        end.map_err(anyhow::Error::msg)
    }

    /// Hands a finding's event to the branch: what its responder answers.
    ///
    /// # Errors
    /// It fails.
    pub async fn find(&self, event: &Value) -> Result<Value> {
        self.invoke("finding-responder", event).await
    }

    /// Lets the branch's watchdog look.
    ///
    /// # Errors
    /// It fails.
    pub async fn watch(&self) -> Result<Value> {
        self.invoke("pager", &json!({ "watch": true })).await
    }

    /// Lets time pass for one person's ladders of a type: what they got is long ago, and what waits may be
    /// looked at.
    ///
    /// # Errors
    /// A failed call.
    pub async fn forget_ladder(&self, contact: &str, kind: &str) -> Result<()> {
        crate::faults::forget_ladder(&self.cloud, &self.stack, contact, kind).await
    }

    /// The lines that its API has logged with this message, as JSON.
    ///
    /// # Errors
    /// A failed call.
    pub async fn logged(&self, message: &str) -> Result<Vec<Value>> {
        let mut lines = lines(&self.cloud, &self.stack, "roster-api").await?;
        lines.retain(|line| line["fields"]["message"] == message);
        Ok(lines)
    }
}
