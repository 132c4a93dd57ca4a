//! The providers that messages leave by, and what their answers mean for a send record.

use std::time::{Duration, Instant};

use muster::channel::{Channel, Email, Phone};
use muster::page::Mail;
use muster::send::SendState;

use crate::AwsError;
use crate::mail::Mails;
use crate::secret::chance;
use crate::text::Texts;
use crate::voice::Calls;

/// A message, ready to send.
#[derive(Clone, Debug)]
pub enum Letter {
    /// A text message.
    Sms(Phone, String),
    /// An e-mail.
    Email(Email, Box<Mail>),
    /// A call, and what is said.
    Voice(Phone, String),
    /// A message to the topic: subject and text.
    Topic(String, String),
    /// To somebody by a channel that they are not told by.
    Nothing,
}

impl Letter {
    /// The message for a channel: as a mail, a text or a call.
    #[must_use]
    pub fn to(
        channel: &Channel,
        mail: impl FnOnce() -> Mail,
        text: impl FnOnce() -> String,
        spoken: impl FnOnce() -> String,
    ) -> Self {
        match channel {
            Channel::Email(email) => Self::Email(email.clone(), Box::new(mail())),
            Channel::Sms(phone) => Self::Sms(phone.clone(), text()),
            Channel::Voice(phone) => Self::Voice(phone.clone(), spoken()),
        }
    }
}

/// How long a provider that says "too fast" is tried again within one claim: with a last try of
/// 10 s it stays below the function's 30 s.
const PATIENCE: Duration = Duration::from_secs(12);

/// The pause before the next try: longer the longer it has lasted, and of random length, since a
/// whole team's messages were refused at the same moment.
fn pause(lasted: Duration) -> Duration {
    let longest = Duration::from_millis(500) + lasted / 2;
    longest.mul_f64(chance())
}

/// What messages leave by.
#[derive(Debug)]
pub struct Senders {
    /// Text messages and topics.
    pub texts: Texts,
    /// E-mail.
    pub mails: Mails,
    /// Calls, if this stack has a number to call from.
    pub calls: Option<Calls>,
    /// The ARN of the topic that is told what no person is.
    pub topic: String,
}

impl Senders {
    /// Sends one message. Whatever happens becomes a state of its record: one failed channel is no
    /// reason to stop the others.
    pub async fn send(&self, letter: Letter) -> SendState {
        let began = Instant::now();
        loop {
            let outcome = match &letter {
                Letter::Nothing => return SendState::Unavailable,
                Letter::Voice(to, text) => match &self.calls {
                    Some(calls) => calls.call(to, text).await,
                    None => return SendState::Unavailable,
                },
                Letter::Sms(to, text) => self.texts.sms(to, text).await,
                Letter::Email(to, mail) => self.mails.send(to, mail).await,
                Letter::Topic(subject, text) => self.texts.topic(&self.topic, subject, text).await,
            };
            match outcome {
                Ok(message_id) => return SendState::Sent { message_id },
                // Refused for coming too fast: nothing was sent, so sending again is no second page.
                Err(error) if error.throttled && began.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause(began.elapsed())).await;
                }
                Err(AwsError { code, passing, .. }) => {
                    return SendState::Failed { error: code, passing };
                }
            }
        }
    }
}
