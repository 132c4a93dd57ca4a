//! E-mail to one person, by SES.

use aws_types::SdkConfig;
use muster_domain::message::page::Mail;
use muster_domain::value::channel::Email;
use muster_runtime::client::{connect, sending};
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, Protocol, Service};
use serde_json::{Value, json};

/// The second version of SES's API.
pub(crate) const SES: Service =
    Service { id: "SESv2", host: "email", signing_name: "ses", protocol: Protocol::Rest };

/// SES, for mail that people read.
#[derive(Clone, Debug)]
pub struct Mails {
    client: Client,
    sender: String,
}

impl Mails {
    /// A sender of mail from `sender`.
    #[must_use]
    pub fn new(config: &SdkConfig, sender: String) -> Self {
        Self { client: Client::new(&sending(config), SES), sender }
    }

    /// Makes the connection that the first page will need: a mail from an address
    /// that the role may not send from, which is refused.
    pub async fn warm(&self) {
        connect(self.client.call(send_email(json!({ "FromEmailAddress": "warm@invalid" })))).await;
    }

    /// Sends a mail and returns SES's id for it. Taken by SES, not yet delivered.
    ///
    /// # Errors
    /// The failed call.
    pub async fn send(&self, to: &Email, mail: &Mail) -> Result<String, AwsError> {
        let answer = self.client.call(send_email(letter(&self.sender, to, mail))).await?;
        Ok(answer["MessageId"].as_str().unwrap_or_default().to_owned())
    }
}

fn send_email(letter: Value) -> Call {
    Call::post("ses:SendEmail", "/v2/email/outbound-emails", letter)
}

fn letter(sender: &str, to: &Email, mail: &Mail) -> Value {
    let utf8 = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
    json!({
        "FromEmailAddress": sender,
        "Destination": { "ToAddresses": [to.as_str()] },
        "Content": { "Simple": {
            "Subject": utf8(&mail.subject),
            "Body": { "Text": utf8(&mail.text), "Html": utf8(&mail.html) }
        } }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_both_bodies_and_one_recipient() {
        let mail = Mail { subject: "Sübject".into(), text: "Text".into(), html: "<p>".into() };
        let to = "ada@example.com".parse::<Email>().unwrap();
        let call = send_email(letter("muster@example.com", &to, &mail));
        assert_eq!(call.path(), "/v2/email/outbound-emails");
        let expected = json!({
            "FromEmailAddress": "muster@example.com",
            "Destination": { "ToAddresses": ["ada@example.com"] },
            "Content": { "Simple": {
                "Subject": { "Data": "Sübject", "Charset": "UTF-8" },
                "Body": {
                    "Text": { "Data": "Text", "Charset": "UTF-8" },
                    "Html": { "Data": "<p>", "Charset": "UTF-8" }
                }
            } }
        });
        assert_eq!(call.body(), &expected);
    }
}
