//! SES: the address that emails are sent from.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;

use crate::cloud::Cloud;

impl Cloud {
    /// Makes an address one that emails can be sent from, unless it is one.
    pub(crate) async fn make_sender(&self, address: &str) -> Result<()> {
        let url = format!("{}v2/email/identities", self.root());
        let body = json!({ "EmailIdentity": address }).to_string().into_bytes();
        let kind = [("content-type", "application/json")];
        let reply = self.signed("ses", Method::POST, &url, &kind, body).await?;
        let there = reply.text.contains("AlreadyExists");
        ensure!(reply.status == 200 || there, "SES answers {}: {}", reply.status, reply.text);
        Ok(())
    }
}
