//! Text messages and topics, by SNS.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::types::MessageAttributeValue;
use muster::channel::Phone;

use crate::client::connect;
use crate::error::AwsError;

/// Longest subject of a topic's message, in characters (SNS API, `Publish`: under 100).
const MAX_SUBJECT: usize = 99;

/// SNS, for messages that people read.
#[derive(Clone, Debug)]
pub struct Texts {
    client: Client,
}

impl Texts {
    /// A sender. The SDK retries nothing here: a try that timed out may have been delivered, and
    /// the send record decides whether there is another.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let config = aws_sdk_sns::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(crate::client::patient())
            .build();
        Self { client: Client::from_conf(config) }
    }

    /// Makes the connection that the first page will need: a message to nowhere, which is refused.
    pub async fn warm(&self) {
        connect(self.client.publish().message("warm").send()).await;
    }

    /// Sends a text message and returns SNS's id for it. Taken by SNS, not yet delivered.
    ///
    /// # Errors
    /// The failed call.
    pub async fn sms(&self, to: &Phone, text: &str) -> Result<String, AwsError> {
        // The default type is Promotional, which carriers may hold back.
        let transactional = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build()
            .map_err(|_| AwsError::shape("building a message"))?;
        let publish = self
            .client
            .publish()
            .phone_number(to.as_str())
            .message(text)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional);
        let answer = publish.send().await.map_err(|error| AwsError::of("sns:Publish", &error))?;
        Ok(answer.message_id.unwrap_or_default())
    }

    /// Publishes to a topic and returns SNS's id for the message.
    ///
    /// # Errors
    /// The failed call.
    pub async fn topic(&self, arn: &str, subject: &str, text: &str) -> Result<String, AwsError> {
        let subject: String = subject.chars().filter(char::is_ascii).take(MAX_SUBJECT).collect();
        let publish = self.client.publish().topic_arn(arn).message(text);
        // SNS refuses an empty one.
        let publish = publish.set_subject(Some(subject).filter(|subject| !subject.is_empty()));
        let answer = publish.send().await.map_err(|error| AwsError::of("sns:Publish", &error))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}
