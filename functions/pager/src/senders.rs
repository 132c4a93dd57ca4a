//! The providers that messages leave by, and what their answers mean for a send record.

use muster::send::SendState;
use muster_aws::AwsError;
use muster_aws::mail::Mails;
use muster_aws::text::Texts;

use crate::letters::Letter;

/// What messages leave by.
#[derive(Debug)]
pub struct Senders {
    /// Text messages and topics.
    pub texts: Texts,
    /// E-mail.
    pub mails: Mails,
    /// The ARN of the emergency topic.
    pub emergency_topic: String,
}

impl Senders {
    /// Sends one message. Whatever happens becomes a state of its record: one failed channel is no
    /// reason to stop the others.
    pub(crate) async fn send(&self, letter: Letter) -> SendState {
        let outcome = match letter {
            Letter::Voice => return SendState::Unavailable,
            Letter::Sms(to, text) => self.texts.sms(&to, &text).await,
            Letter::Email(to, mail) => self.mails.send(&to, &mail).await,
            Letter::Emergency(subject, text) => {
                self.texts.topic(&self.emergency_topic, &subject, &text).await
            }
        };
        match outcome {
            Ok(message_id) => SendState::Sent { message_id },
            Err(AwsError { code, passing, .. }) => SendState::Failed { error: code, passing },
        }
    }
}
