//! The providers that messages leave by, and what their answers mean for a send record.

use std::time::{Duration, Instant};

use muster::send::SendState;
use muster_aws::AwsError;
use muster_aws::mail::Mails;
use muster_aws::text::Texts;
use muster_aws::voice::Calls;

use crate::letters::Letter;

/// How long a provider that says "too fast" is tried again within one claim: with a last try of
/// 10 s it stays below the function's 30 s.
const PATIENCE: Duration = Duration::from_secs(12);

/// The pause before the next try: longer the longer it has lasted, and of random length, since a
/// whole team's messages were refused at the same moment.
fn pause(lasted: Duration) -> Duration {
    let longest = Duration::from_millis(500) + lasted / 2;
    longest.mul_f64(muster_aws::secret::chance())
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
    /// The ARN of the emergency topic.
    pub emergency_topic: String,
}

impl Senders {
    /// Sends one message. Whatever happens becomes a state of its record: one failed channel is no
    /// reason to stop the others.
    pub(crate) async fn send(&self, letter: Letter) -> SendState {
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
                Letter::Emergency(subject, text) => {
                    self.texts.topic(&self.emergency_topic, subject, text).await
                }
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
