//! How a person is reached: e-mail, text message or call.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

mod kind;
mod webhook;

pub use kind::{ChannelKind, Form};
pub use webhook::{WebhookUrl, WebhookUrlError};

use crate::value::words::words;

/// Stands for what is not shown of an address.
pub const DOTS: &str = "•••••";

words! {
    /// Type of a channel.
    pub enum ChannelType {
        /// Email.
        Email = "email",
        /// Text message (SMS).
        Sms = "sms",
        /// Phone call (voice).
        Voice = "voice",
        /// Webhook: a signed HTTPS request to a chat tool or a pager of your own.
        Webhook = "webhook",
    }
}

/// Why a text is not a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a valid phone number in E.164 format: +, country code, and number, without spaces"
)]
pub struct PhoneError;

/// Number of digits in a phone number after the plus sign, country code included.
pub const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Most characters of a phone number as a person types it, with spaces and other separators.
const MAX_TYPED_PHONE: usize = 40;

/// A phone number in E.164 form (ITU-T E.164): `+14255550101`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Whether it has the form of E.164: `+` and at most 15 digits.
    fn has_form(text: &str) -> bool {
        let digits = text.strip_prefix('+').unwrap_or_default();
        PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        if !Self::has_form(text) {
            return Err(PhoneError);
        }
        let number = phonenumber::parse(None, text).map_err(|_| PhoneError)?;
        // Italian-style leading zeros survive because the text itself is kept.
        if phonenumber::is_valid(&number) { Ok(Self(text.to_owned())) } else { Err(PhoneError) }
    }
}

/// Why a text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a single email address without a display name")]
pub struct EmailError;

/// Most characters of an email address (RFC 5321, section 4.5.3.1.3).
const MAX_EMAIL: usize = 254;

/// An e-mail address (RFC 5321) with a top-level domain and no display name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Whether it has the form of an address that SES may take.
    fn has_form(text: &str) -> bool {
        text.contains('@') && text.bytes().all(|b| b.is_ascii_graphic())
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let options =
            Options::default().with_required_tld().without_display_text().without_domain_literal();
        // SES takes ASCII addresses only (RFC 6531 addresses are refused at send time).
        if !Self::has_form(text) {
            return Err(EmailError);
        }
        EmailAddress::parse_with_options(text, options).map_err(|_| EmailError)?;
        Ok(Self(text.to_owned()))
    }
}

macro_rules! private_text {
    ($name:ident, $error:ident) => {
        impl $name {
            /// The address itself. It belongs in a request to the provider and in the API's answer
            /// to somebody who may see it, nowhere else.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        // The door for what was stored. It asks for the form alone: numbering plans change with the
        // library, and what was accepted once must stay readable, or its owner is never paged again.
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                if Self::has_form(&text) { Ok(Self(text)) } else { Err($error) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        // Debug ends up in logs and in failed assertions: never the address.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
private_text!(Phone, PhoneError);
private_text!(Email, EmailError);
private_text!(WebhookUrl, WebhookUrlError);

/// A channel on which a contact receives messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", content = "address", rename_all = "snake_case")]
pub enum Channel {
    /// Email.
    Email(Email),
    /// Text message (SMS).
    Sms(Phone),
    /// Phone call (voice).
    Voice(Phone),
    /// Webhook.
    Webhook(WebhookUrl),
}

/// A channel with a masked address, such as `+1•••••0101` or `a•••••@example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MaskedChannel {
    /// Type of the channel.
    pub r#type: ChannelType,
    /// Masked address.
    #[cfg_attr(feature = "schema", schema(example = "+1•••••0101"))]
    pub address: String,
}

impl From<&Channel> for MaskedChannel {
    fn from(channel: &Channel) -> Self {
        Self { r#type: channel.kind(), address: channel.masked() }
    }
}

impl Channel {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ChannelType {
        match self {
            Self::Email(_) => ChannelType::Email,
            Self::Sms(_) => ChannelType::Sms,
            Self::Voice(_) => ChannelType::Voice,
            Self::Webhook(_) => ChannelType::Webhook,
        }
    }

    /// Its address or number.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Sms(phone) | Self::Voice(phone) => phone.as_str(),
            Self::Webhook(url) => url.as_str(),
        }
    }
}

#[cfg(feature = "schema")]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for good in
            ["+14255550101", "+12065550100", "+442079460958", "+4930123456", "+390612345678"]
        {
            assert_eq!(good.parse::<Phone>().map(String::from).as_deref(), Ok(good));
        }
        for bad in
            ["", "+", "4255550101", "+1 425 555 0101", "+1425555", "+99912345678", "+0123456789"]
        {
            assert_eq!(bad.parse::<Phone>(), Err(PhoneError), "{bad}");
        }
    }

    #[test]
    fn emails() {
        for good in ["ada@example.com", "a.b+c@mail.example.co.uk"] {
            assert_eq!(good.parse::<Email>().map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "ada@localhost",
            "Ada <ada@example.com>",
            "ada@[127.0.0.1]",
            "ä@example.com",
        ] {
            assert_eq!(bad.parse::<Email>(), Err(EmailError), "{bad}");
        }
    }

    #[test]
    fn what_was_stored_stays_readable() {
        assert!(Phone::try_from("+99912345678".to_owned()).is_ok());
        assert!(Phone::try_from("999".to_owned()).is_err());
        assert!(Email::try_from("ada@localhost".to_owned()).is_ok());
        assert!(Email::try_from("ada".to_owned()).is_err());
    }

    #[test]
    fn masks() {
        let check = |channel: Channel, expected: &str| assert_eq!(channel.masked(), expected);
        check(Channel::Sms("+14255550101".parse().unwrap()), "+1•••••0101");
        check(Channel::Voice("+442079460958".parse().unwrap()), "+4•••••0958");
        check(Channel::Email("ada@example.com".parse().unwrap()), "a•••••@example.com");
    }

    #[test]
    fn debug_hides_addresses() {
        let channel = Channel::Sms("+14255550101".parse().unwrap());
        assert_eq!(format!("{channel:?}"), "Sms(Phone(…))");
    }
}
