//! E-mail to one person, by SES.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use muster_domain::message::page::Mail;
use muster_domain::value::channel::Email;
use muster_runtime::client::connect;
use muster_runtime::error::AwsError;

/// SES, for mail that people read.
#[derive(Clone, Debug)]
pub struct Mails {
    client: Client,
    sender: String,
}

fn utf8(text: &str) -> Result<Content, BuildError> {
    Content::builder().data(text).charset("UTF-8").build()
}

impl Mails {
    /// A sender of mail from `sender`. The SDK retries nothing here: the send record decides.
    #[must_use]
    pub fn new(config: &SdkConfig, sender: String) -> Self {
        let config = aws_sdk_sesv2::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(muster_runtime::client::patient())
            .build();
        Self { client: Client::from_conf(config), sender }
    }

    /// Makes the connection that the first page will need: a mail from an address
    /// that the role may not send from, which is refused.
    pub async fn warm(&self) {
        connect(self.client.send_email().from_email_address("warm@invalid").send()).await;
    }

    /// Sends a mail and returns SES's id for it. Taken by SES, not yet delivered.
    ///
    /// # Errors
    /// The failed call.
    pub async fn send(&self, to: &Email, mail: &Mail) -> Result<String, AwsError> {
        let content = content(mail).map_err(|_| AwsError::shape("building a mail"))?;
        let send = self
            .client
            .send_email()
            .from_email_address(&self.sender)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(content);
        let answer = send.send().await.map_err(|error| AwsError::of("ses:SendEmail", &error))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let body = Body::builder().text(utf8(&mail.text)?).html(utf8(&mail.html)?).build();
    let message = Message::builder().subject(utf8(&mail.subject)?).body(body).build();
    Ok(EmailContent::builder().simple(message).build())
}
