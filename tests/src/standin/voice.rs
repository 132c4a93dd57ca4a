//! AWS End User Messaging, which calls people and reads a text to them.
//!
//! A number that nobody answers is no error here: AWS takes the message, and says what became of it in
//! events alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::{Act, Call, Fault};

/// Most letters of a text that is no SSML (documentation of `MessageBodyTextType`).
const MOST_PLAIN: usize = 3_000;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// The number that is called.
    pub to: String,
    /// The number, or its id, ARN or pool.
    pub from: String,
    /// What is read out, or SSML.
    pub text: String,
    /// The id that was answered.
    pub id: String,
}

/// The service's state, shared by all clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voice {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    spoken: Vec<Spoken>,
    refused: BTreeMap<String, Fault>,
}

impl Voice {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "pinpoint-sms-voice-v2";

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let voice = self.clone();
        Box::new(move |call| voice.done(call))
    }

    /// Every message so far, in its order.
    pub(crate) fn spoken(&self) -> Vec<Spoken> {
        self.state().spoken.clone()
    }

    /// Calls of this number are answered so.
    pub(crate) fn refuse(&self, number: &str, fault: Fault) {
        self.state().refused.insert(number.to_owned(), fault);
    }

    /// The number's owner wants no more messages.
    pub(crate) fn opted_out() -> Fault {
        let fault = Fault::new("ConflictException", "Destination phone number is opted out");
        fault.with("Reason", "DESTINATION_PHONE_NUMBER_OPTED_OUT")
    }

    #[cfg(test)]
    /// The account is in the sandbox, and the number is not verified.
    pub(crate) fn not_verified() -> Fault {
        let fault = Fault::new("ConflictException", "Destination phone number not verified");
        fault.with("Reason", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED")
    }

    #[cfg(test)]
    /// The account may not call the number's country.
    pub(crate) fn country_blocked() -> Fault {
        let fault = Fault::new("ConflictException", "Destination country is blocked");
        fault.with("Reason", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        if call.operation != "SendVoiceMessage" {
            return Err(Fault::unsupported(&call.operation));
        }
        let text_of = |name: &str| call.input[name].as_str().unwrap_or_default().to_owned();
        let (to, text) = (text_of("DestinationPhoneNumber"), text_of("MessageBody"));
        if call.input["MessageBodyTextType"] != "SSML" && text.chars().count() > MOST_PLAIN {
            let why = format!("MessageBody has more than {MOST_PLAIN} characters of text");
            let fault = Fault::new("ValidationException", why);
            return Err(fault.with("Reason", "MAXIMUM_SIZE_EXCEEDED"));
        }
        let mut state = self.state();
        if let Some(fault) = state.refused.get(&to) {
            return Err(fault.clone());
        }
        let id = format!("00000000-0000-4000-8000-{:012}", state.spoken.len() + 1);
        if call.input["DryRun"] != true {
            let from = text_of("OriginationIdentity");
            state.spoken.push(Spoken { to, from, text, id: id.clone() });
        }
        Ok(json!({ "MessageId": id }))
    }
}
