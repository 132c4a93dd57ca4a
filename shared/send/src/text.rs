//! Text messages and topics, by SNS.

use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_types::SdkConfig;
use muster_domain::value::channel::Phone;
use muster_runtime::client::{connect, sending};
use muster_runtime::error::AwsError;
use serde_json::json;

/// Longest subject of a topic's message, in characters (SNS API, `Publish`: under 100).
const MAX_SUBJECT: usize = 99;

/// Longest text message of a topic, in characters: one part of 160 in the GSM alphabet, less what SNS puts before it, the
/// topic's display name of at most ten characters and `> ` (SNS developer guide, "Mobile text messaging").
const MAX_SHORT: usize = 148;

/// Returns the text message for the phone numbers of a topic. It is shown on lock screens and kept by carriers, so that
/// it says what the subject says and nothing of the finding.
fn short(subject: &str) -> String {
    const REST: &str = ". Read the email, or open Muster's stack in the AWS console.";
    // What the GSM alphabet lacks would halve the room, and what it writes with two characters would take more.
    let plain = |c: &char| !matches!(c, '[' | ']' | '{' | '}' | '~' | '^' | '\\' | '|' | '`');
    let subject: String = subject.chars().filter(plain).take(MAX_SHORT - REST.len()).collect();
    format!("{}{REST}", subject.trim_end_matches(['.', ' ']))
}

/// SNS, for messages that people read.
#[derive(Clone, Debug)]
pub struct Texts {
    client: Client,
}

impl Texts {
    /// A sender.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(&sending(config)) }
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

    /// Publishes to a topic and returns SNS's id for the message. With a subject, phone numbers get a short text in place
    /// of the message; without one, every subscriber gets it as it is: Amazon Q Developer reads JSON of its own.
    ///
    /// # Errors
    /// The failed call.
    pub async fn topic(&self, arn: &str, subject: &str, text: &str) -> Result<String, AwsError> {
        let subject: String = subject.chars().filter(char::is_ascii).take(MAX_SUBJECT).collect();
        let publish = self.client.publish().topic_arn(arn);
        // SNS refuses an empty subject.
        let publish = if subject.is_empty() {
            publish.message(text)
        } else {
            let each = json!({ "default": text, "sms": short(&subject) });
            publish.message_structure("json").message(each.to_string()).subject(subject)
        };
        let answer = publish.send().await.map_err(|error| AwsError::of("sns:Publish", &error))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_one_part_and_says_where_to_read_on() {
        let check = |subject: &str, expected: &str| assert_eq!(short(subject), expected);
        check(
            "Muster cannot page",
            "Muster cannot page. Read the email, or open Muster's stack in the AWS console.",
        );
        check(
            "MUSTER EMERGENCY: incident 20261123-abcdefghjk",
            "MUSTER EMERGENCY: incident 20261123-abcdefghjk. Read the email, or open Muster's stack in the AWS \
             console.",
        );
        let longest = short(&"[x]".repeat(99));
        assert_eq!((longest.chars().count(), longest.contains('[')), (MAX_SHORT, false));
    }
}
