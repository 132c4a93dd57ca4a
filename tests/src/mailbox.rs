//! What people of a lane find in their mailboxes and on their telephones, and the pages behind links.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::Value;

use crate::lane::Lane;

/// A page that a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The HTML.
    pub html: String,
}

impl Page {
    /// The value of a hidden field whose form does `deed`; the first, if several do.
    #[must_use]
    pub fn hidden(&self, deed: &str, field: &str) -> Option<&str> {
        let form = self
            .html
            .split("<form")
            .find(|form| form.contains(&format!("name=\"do\" value=\"{deed}\"")))?;
        let (_, rest) = form.split_once(&format!("name=\"{field}\" value=\""))?;
        rest.split('"').next()
    }
}

impl Lane {
    /// The mails to an address, oldest first: subject, an empty line, and the plain text.
    ///
    /// # Errors
    /// A failed call.
    pub async fn mails(&self, address: &str) -> Result<Vec<String>> {
        let seen = self.cloud.look("ses/messages", &[]).await?;
        let accounts = seen["messages"].as_object().into_iter().flat_map(|all| all.values());
        let mails = accounts.flat_map(|list| list.as_array().into_iter().flatten());
        let ours = mails.filter(|mail| {
            mail["To"].as_array().into_iter().flatten().any(|to| to.as_str() == Some(address))
        });
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(ours.map(|m| format!("{}\n\n{}", text(&m["Subject"]), text(&m["BodyText"]))).collect())
    }

    /// The texts to a number, oldest first.
    ///
    /// # Errors
    /// A failed call.
    pub async fn texts(&self, number: &str) -> Result<Vec<String>> {
        let seen = self.cloud.look("sns/sms-messages", &[]).await?;
        let texts = seen["sms_messages"][number].as_array().into_iter().flatten();
        Ok(texts.filter_map(|text| text["Message"].as_str().map(str::to_owned)).collect())
    }

    /// The page behind a link.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, link: &str) -> Result<Page> {
        let reply = self.cloud.plain(Method::GET, link).await?;
        Ok(Page { status: reply.status, html: reply.text })
    }

    /// What comes back when a form of the page behind a link is sent.
    ///
    /// # Errors
    /// No answer.
    pub async fn fill(&self, link: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let body = encoded(fields);
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let reply = self.cloud.with_headers(Method::POST, link, &kind, body.into_bytes()).await?;
        Ok(Page { status: reply.status, html: reply.text })
    }

    /// A signed call of its API: the status, and the answer as text.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Result<(u16, String)> {
        let url = format!("{}{path}", self.stack.api_endpoint);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let method = Method::from_bytes(method.as_bytes())?;
        let kind = [("content-type", "application/json")];
        let reply = self.cloud.signed("execute-api", method, &url, &kind, body).await?;
        Ok((reply.status, reply.text))
    }

    /// The body of a signed `GET`, byte by byte.
    ///
    /// # Errors
    /// No answer.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let url = format!("{}{path}", self.stack.api_endpoint);
        let reply = self.cloud.signed("execute-api", Method::GET, &url, &[], Vec::new()).await?;
        ensure!(reply.status == 200, "{path} answers {}: {}", reply.status, reply.text);
        Ok(reply.bytes)
    }
}

/// The link in a message, by the part of its path.
///
/// # Errors
/// There is none.
pub fn link_in(message: &str, path: &str) -> Result<String> {
    let words = message.split_whitespace();
    let link = words.filter(|word| word.starts_with("http")).find(|word| word.contains(path));
    link.map(str::to_owned).with_context(|| format!("no link with {path} in: {message}"))
}

/// Fields as a form sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().extend_pairs(fields);
    }
    url.as_ref().and_then(reqwest::Url::query).unwrap_or_default().to_owned()
}
