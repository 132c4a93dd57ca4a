//! Calls, by AWS End User Messaging: a voice reads a text.

use aws_types::SdkConfig;
use muster_domain::value::channel::Phone;
use muster_runtime::client::{connect, sending};
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, Protocol, Service};
use serde_json::{Value, json};

const VOICE: Service = Service {
    id: "Pinpoint SMS Voice V2",
    host: "sms-voice",
    signing_name: "sms-voice",
    protocol: Protocol::Json10("PinpointSMSVoiceV2"),
};

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
    /// Calls from `from`: a number, a pool, or the ARN of either.
    #[must_use]
    pub fn new(config: &SdkConfig, from: String) -> Self {
        Self { client: Client::new(&sending(config), VOICE), from }
    }

    /// Makes the connection that the first call will need: a call to nobody, which is refused.
    pub async fn warm(&self) {
        connect(self.client.call(voice(json!({ "OriginationIdentity": "warm" })))).await;
    }

    /// Calls a number and has the text read: the service's id for it. Taken, not yet answered.
    ///
    /// # Errors
    /// The failed call.
    pub async fn call(&self, to: &Phone, text: &str) -> Result<String, AwsError> {
        let answer = self.client.call(voice(message(&self.from, to, text))).await?;
        Ok(answer["MessageId"].as_str().unwrap_or_default().to_owned())
    }
}

fn voice(message: Value) -> Call {
    Call::new("sms-voice:SendVoiceMessage", message)
}

fn message(from: &str, to: &Phone, text: &str) -> Value {
    json!({
        "DestinationPhoneNumber": to.as_str(),
        "OriginationIdentity": from,
        "MessageBody": text,
        "MessageBodyTextType": "TEXT",
        "TimeToLive": LIVES
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_from_where_to_whom_what_and_until_when() {
        let to = "+14255550101".parse::<Phone>().unwrap();
        let call = voice(message("pool-1", &to, "Acknowledge"));
        let expected = json!({
            "DestinationPhoneNumber": "+14255550101",
            "OriginationIdentity": "pool-1",
            "MessageBody": "Acknowledge",
            "MessageBodyTextType": "TEXT",
            "TimeToLive": 300
        });
        assert_eq!((call.path(), call.body()), ("/", &expected));
    }
}
