//! Names for the channels of a person: the type and the place among the person's own of that type.

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::channel::{Channel, ChannelType};

/// Why a text is not a channel's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a channel type, with -2 to -255 after it for a further address")]
pub struct ChannelKeyError;

/// One of a person's channels. As text `sms` for the first number, `sms-2` for the second.
///
/// The place counts within the person's own list, not within the channels of one page: a step that
/// pages by some types, or calls first, gives a channel no other key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChannelKey {
    /// Its type.
    pub kind: ChannelType,
    /// Which of the channels of this type it is, from 1.
    pub place: NonZeroU8,
}

impl ChannelKey {
    /// The first channel of a type.
    #[must_use]
    pub const fn first(kind: ChannelType) -> Self {
        Self { kind, place: NonZeroU8::MIN }
    }

    /// The key of `channel` among the `own` channels of a person; `None` if it is not one of them.
    /// From the 256th of a type on, channels share the last key.
    #[must_use]
    pub fn of(own: &[Channel], channel: &Channel) -> Option<Self> {
        let at = own.iter().position(|known| known == channel)?;
        let kind = channel.kind();
        let before = own.iter().take(at).filter(|known| known.kind() == kind).count();
        let place = u8::try_from(before).unwrap_or(u8::MAX);
        Some(Self { kind, place: NonZeroU8::MIN.saturating_add(place) })
    }

    /// The channel with this key among the `own` channels of a person.
    #[must_use]
    pub fn find(self, own: &[Channel]) -> Option<&Channel> {
        own.iter().find(|channel| Self::of(own, channel) == Some(self))
    }

    /// The channels of a page with their keys among the `own` ones of its person; each key once, since
    /// a channel that is listed twice is paged once.
    #[must_use]
    pub fn name<'a>(own: &[Channel], page: &'a [Channel]) -> Vec<(Self, &'a Channel)> {
        let mut named: Vec<(Self, &Channel)> = Vec::new();
        for channel in page {
            let Some(key) = Self::of(own, channel) else { continue };
            if named.iter().all(|(known, _)| *known != key) {
                named.push((key, channel));
            }
        }
        named
    }
}

impl fmt::Display for ChannelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.get() {
            1 => f.write_str(self.kind.name()),
            place => write!(f, "{}-{place}", self.kind.name()),
        }
    }
}

impl FromStr for ChannelKey {
    type Err = ChannelKeyError;

    fn from_str(text: &str) -> Result<Self, ChannelKeyError> {
        let (name, place) = match text.split_once('-') {
            None => (text, None),
            Some((name, place)) => (name, Some(place)),
        };
        let kind = ChannelType::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or(ChannelKeyError)?;
        let Some(digits) = place else { return Ok(Self::first(kind)) };
        let key = Self { kind, place: digits.parse().map_err(|_| ChannelKeyError)? };
        // One text for each key: neither `sms-1` nor `sms-02`.
        if key.to_string() == text { Ok(key) } else { Err(ChannelKeyError) }
    }
}

impl TryFrom<String> for ChannelKey {
    type Error = ChannelKeyError;

    fn try_from(text: String) -> Result<Self, ChannelKeyError> {
        text.parse()
    }
}

impl From<ChannelKey> for String {
    fn from(key: ChannelKey) -> Self {
        key.to_string()
    }
}

/// Channel of a delivery: a contact's channel, or the emergency topic. As text the channel's key,
/// or `topic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SendChannel {
    /// One of the recipient's channels.
    Channel(ChannelKey),
    /// The emergency topic.
    Topic,
}

/// The text of the emergency topic.
const TOPIC: &str = "topic";

impl SendChannel {
    /// Returns the key of `channel` among the `own` channels of its recipient.
    #[must_use]
    pub fn of(own: &[Channel], channel: &Channel) -> Self {
        ChannelKey::of(own, channel).unwrap_or(ChannelKey::first(channel.kind())).into()
    }

    /// The type of its channel; `None` for the topic.
    #[must_use]
    pub const fn kind(self) -> Option<ChannelType> {
        match self {
            Self::Channel(key) => Some(key.kind),
            Self::Topic => None,
        }
    }

    /// What figures count it as: `email`, `sms`, `voice`, or `topic`, whichever address it is.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Channel(key) => key.kind.name(),
            Self::Topic => TOPIC,
        }
    }
}

impl From<ChannelKey> for SendChannel {
    fn from(key: ChannelKey) -> Self {
        Self::Channel(key)
    }
}

impl fmt::Display for SendChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(key) => key.fmt(f),
            Self::Topic => f.write_str(TOPIC),
        }
    }
}

impl FromStr for SendChannel {
    type Err = ChannelKeyError;

    fn from_str(text: &str) -> Result<Self, ChannelKeyError> {
        if text == TOPIC { Ok(Self::Topic) } else { text.parse().map(Self::Channel) }
    }
}

impl TryFrom<String> for SendChannel {
    type Error = ChannelKeyError;

    fn try_from(text: String) -> Result<Self, ChannelKeyError> {
        text.parse()
    }
}

impl From<SendChannel> for String {
    fn from(channel: SendChannel) -> Self {
        channel.to_string()
    }
}

#[cfg(feature = "schema")]
mod schema {
    //! Schema of a delivery's channel.

    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{SendChannel, TOPIC};
    use crate::value::channel::ChannelType;

    impl PartialSchema for SendChannel {
        fn schema() -> RefOr<Schema> {
            let types = ChannelType::ALL.map(ChannelType::name).join("|");
            let about = "Channel of a delivery: a channel type, such as `email`. From the second of a \
                         type, the position among the contact's channels of this type follows: \
                         `sms-2`. `topic`: the emergency topic.";
            let pattern = format!("^({types})(-([2-9]|[1-9][0-9]{{1,2}}))?$|^{TOPIC}$");
            crate::value::schema::text(about, pattern, "sms")
        }
    }

    impl ToSchema for SendChannel {
        fn name() -> std::borrow::Cow<'static, str> {
            "DeliveryChannel".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::roster::plan::StepChannels;

    fn sms(digit: u8) -> Channel {
        Channel::Sms(format!("+1425555010{digit}").parse().unwrap())
    }

    fn email(name: &str) -> Channel {
        Channel::Email(format!("{name}@example.com").parse().unwrap())
    }

    #[test]
    fn texts() {
        for good in ["sms", "email", "voice", "sms-2", "email-255", "topic"] {
            let channel: SendChannel = serde_json::from_value(good.into()).unwrap();
            assert_eq!(serde_json::to_value(channel).unwrap(), good);
        }
        for bad in [
            "", "SMS", "sms-", "sms-0", "sms-1", "sms-02", "sms-+2", "sms-256", "sms-2-3", "sms2",
            "pager", "topic-2", "email-0",
        ] {
            assert!(serde_json::from_value::<SendChannel>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_step_gives_no_channel_another_key() {
        let voice = Channel::Voice("+14255550101".parse().unwrap());
        let own = [email("a"), sms(1), voice, email("b"), sms(2)];
        for channels in
            [StepChannels::All, StepChannels::Only(vec![ChannelType::Sms, ChannelType::Email])]
        {
            let page = channels.of(&own);
            let named = ChannelKey::name(&own, &page);
            assert_eq!(named.len(), page.len());
            for (key, channel) in named {
                assert_eq!(key.find(&own), Some(channel));
            }
        }
        let texts: Vec<_> =
            own.iter().filter_map(|channel| ChannelKey::of(&own, channel)).collect();
        let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["email", "sms", "voice", "email-2", "sms-2"]);
        assert_eq!(ChannelKey::of(&own, &sms(3)), None);
        // Listed twice is paged once.
        let twice = [sms(1), sms(1)];
        assert_eq!(ChannelKey::name(&twice, &twice).len(), 1);
    }

    proptest! {
        #[test]
        fn every_key_round_trips(kind in 0_usize..3, place in 1_u8..) {
            let kind = ChannelType::ALL[kind];
            let key = ChannelKey { kind, place: NonZeroU8::new(place).unwrap() };
            prop_assert_eq!(key.to_string().parse(), Ok(key));
        }

        #[test]
        fn no_text_panics(text in ".{0,12}") {
            if let Ok(key) = text.parse::<SendChannel>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
