//! Calls, by AWS End User Messaging: a voice reads a text.

use aws_config::SdkConfig;
use aws_sdk_pinpointsmsvoicev2::Client;
use aws_sdk_pinpointsmsvoicev2::config::retry::RetryConfig;
use aws_sdk_pinpointsmsvoicev2::types::VoiceMessageBodyTextType;
use muster_domain::value::channel::Phone;
use muster_runtime::client::connect;
use muster_runtime::error::AwsError;

/// How long a call may wait for its turn, in seconds; the service would keep it for three days, and a
/// page of yesterday wakes somebody for nothing.
const LIVES: i32 = 300;

/// AWS End User Messaging, for calls.
#[derive(Clone, Debug)]
pub struct Calls {
    client: Client,
    from: String,
}

impl Calls {
    /// Calls from `from`: a number, a pool, or the ARN of either. The SDK retries nothing here: the
    /// send record decides.
    #[must_use]
    pub fn new(config: &SdkConfig, from: String) -> Self {
        let config = aws_sdk_pinpointsmsvoicev2::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(muster_runtime::client::patient())
            .build();
        Self { client: Client::from_conf(config), from }
    }

    /// Makes the connection that the first call will need: a call to nobody, which is refused.
    pub async fn warm(&self) {
        connect(self.client.send_voice_message().origination_identity("warm").send()).await;
    }

    /// Calls a number and has the text read: the service's id for it. Taken, not yet answered.
    ///
    /// # Errors
    /// The failed call.
    pub async fn call(&self, to: &Phone, text: &str) -> Result<String, AwsError> {
        let call = self
            .client
            .send_voice_message()
            .destination_phone_number(to.as_str())
            .origination_identity(&self.from)
            .message_body(text)
            .message_body_text_type(VoiceMessageBodyTextType::Text)
            .time_to_live(LIVES);
        let answer =
            call.send().await.map_err(|e| AwsError::of("sms-voice:SendVoiceMessage", &e))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}
