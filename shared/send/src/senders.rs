//! The providers that messages leave by, and what their answers mean for a send record.

use std::time::{Duration, Instant};

use aws_types::SdkConfig;
use jiff::Timestamp;
use muster_domain::incident::digest::end;
use muster_domain::incident::send::DeliveryState;
use muster_domain::message::page::Mail;
use muster_domain::value::channel::{Channel, Email, Phone, WebhookUrl};
use muster_runtime::error::AwsError;
use muster_runtime::secret::{chance, token_digest};
use muster_runtime::settings::{Fault, SENDER, VOICE_FROM, WEBHOOK_SECRET, optional, required};
use serde_json::json;

use crate::mail::Mails;
use crate::text::Texts;
use crate::voice::Calls;
use crate::webhook::Webhooks;

/// A message, ready to send.
#[derive(Clone, Debug)]
pub enum Letter {
    /// A text message.
    Sms(Phone, String),
    /// An e-mail.
    Email(Email, Box<Mail>),
    /// A call, and what is said.
    Voice(Phone, String),
    /// A request to a webhook: the ID of the delivery, and the mail whose subject and text it carries.
    Webhook(WebhookUrl, String, Box<Mail>),
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
            Channel::Webhook(url) => Self::Webhook(url.clone(), String::new(), Box::new(mail())),
        }
    }

    /// The message with the ID of its delivery, the same for each attempt: a receiver drops what it has by that ID.
    #[must_use]
    fn identified(self, delivery: &str) -> Self {
        match self {
            Self::Webhook(url, _, mail) => Self::Webhook(url, token_digest(delivery), mail),
            other => other,
        }
    }
}

/// How long a provider that says "too fast" is tried again within one claim: with a last try of
/// 10 s it stays below the function's 30 s.
const PATIENCE: Duration = Duration::from_secs(12);

/// Returns when a message that was refused for its rate is tried again; `None` if that would be after `last`.
///
/// The pause is longer the longer it has lasted, and of random length (`chance`, from 0 to 1), since a whole
/// team's messages were refused at the same moment.
fn again(began: Instant, now: Instant, last: Instant, chance: f64) -> Option<Instant> {
    let longest = Duration::from_millis(500) + now.duration_since(began) / 2;
    (now < last).then(|| last.min(now + longest.mul_f64(chance)))
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
    /// Webhooks, if this stack has a secret to sign them with.
    pub webhooks: Option<Webhooks>,
    /// The ARN of the topic that is told what no person is.
    pub topic: String,
}

impl Senders {
    /// Reads what each provider needs from the environment. `topic` is the ARN of the topic that is told.
    ///
    /// # Errors
    /// [`Fault`] names the first variable that is wrong.
    pub fn from_environment(config: &SdkConfig, topic: String) -> Result<Self, Fault> {
        let calls = Some(optional(VOICE_FROM)).filter(|from| !from.is_empty());
        let secret = Some(optional(WEBHOOK_SECRET)).filter(|secret| !secret.is_empty());
        let webhooks = secret.map(|secret| Webhooks::from_environment(&secret));
        Ok(Self {
            texts: Texts::new(config),
            mails: Mails::new(config, required(SENDER)?),
            calls: calls.map(|from| Calls::new(config, from)),
            webhooks: webhooks.transpose().map_err(|fault| Fault::Invalid {
                name: fault.variable(),
                wanted: fault.wanted(),
            })?,
            topic,
        })
    }

    /// Sends one message. `delivery` names the delivery, the same for each attempt. Whatever happens becomes a state of its
    /// record: one failed channel is no reason to stop the others. A message that is refused for its rate is tried again for
    /// 12 seconds.
    pub async fn send(&self, delivery: &str, letter: Letter) -> DeliveryState {
        self.send_until(delivery, letter, Instant::now() + PATIENCE).await
    }

    /// Sends one message like [`Senders::send`], and begins no further try after `until`. Each takes 10
    /// seconds at most, and a run that ends in between cannot write what became of it.
    pub async fn send_until(
        &self,
        delivery: &str,
        letter: Letter,
        until: Instant,
    ) -> DeliveryState {
        let letter = letter.identified(delivery);
        let began = Instant::now();
        let last = until.min(began + PATIENCE);
        loop {
            match self.attempt(&letter).await {
                Ok(sent) => return sent,
                // Refused for coming too fast: nothing was sent, so sending again is no second page.
                Err(error) if error.throttled => {
                    let Some(next) = again(began, Instant::now(), last, chance()) else {
                        return failed(error);
                    };
                    tokio::time::sleep_until(next.into()).await;
                }
                Err(error) => return failed(error),
            }
        }
    }

    /// Sends one message that must not go out twice, with a single try: without a word of the provider's that
    /// it did nothing, it may have gone out, and ends as unconfirmed.
    pub async fn send_once(&self, delivery: &str, letter: Letter) -> DeliveryState {
        match self.attempt(&letter.identified(delivery)).await {
            Ok(sent) => sent,
            Err(error) => {
                let refused = error.refused();
                end(failed(error), refused)
            }
        }
    }

    async fn attempt(&self, letter: &Letter) -> Result<DeliveryState, AwsError> {
        let message_id = match letter {
            Letter::Nothing => return Ok(DeliveryState::Unavailable),
            Letter::Voice(to, text) => match &self.calls {
                Some(calls) => calls.call(to, text).await,
                None => return Ok(DeliveryState::Unavailable),
            },
            Letter::Sms(to, text) => self.texts.sms(to, text).await,
            Letter::Email(to, mail) => self.mails.send(to, mail).await,
            Letter::Webhook(to, id, mail) => match &self.webhooks {
                Some(webhooks) => {
                    let body = json!({ "id": id, "subject": mail.subject, "text": mail.text });
                    webhooks.send(to.as_str(), id, &body, Timestamp::now()).await
                }
                None => return Ok(DeliveryState::Unavailable),
            },
            Letter::Topic(subject, text) => self.texts.topic(&self.topic, subject, text).await,
        };
        Ok(DeliveryState::Sent { message_id: message_id? })
    }
}

fn failed(error: AwsError) -> DeliveryState {
    DeliveryState::Failed { error: error.code, retryable: error.passing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_try_begins_after_the_last_moment() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs_f64(seconds);
        let check = |now, last, chance, expected: Option<f64>| {
            let next = again(began, after(now), after(last), chance);
            assert_eq!(next, expected.map(after), "{now} {last} {chance}");
        };
        check(0.0, 12.0, 0.5, Some(0.25));
        check(6.0, 12.0, 0.0, Some(6.0));
        check(6.0, 12.0, 1.0, Some(9.5));
        // The pause alone would end after a run that has less time left.
        check(6.0, 8.0, 1.0, Some(8.0));
        check(11.9, 12.0, 1.0, Some(12.0));
        check(12.0, 12.0, 0.0, None);
        check(12.5, 12.0, 0.0, None);
        // No time at all is one try.
        check(0.1, 0.0, 0.0, None);
    }
}
