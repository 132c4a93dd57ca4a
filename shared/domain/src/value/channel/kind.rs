//! What each channel type is called, how its address is read and shown, and what its messages are like.

use super::webhook::MAX_WEBHOOK_URL;
use super::{Channel, ChannelType, DOTS, MAX_EMAIL, MAX_TYPED_PHONE};

/// What the messages of a channel type are like, in the order in which a message that is no page takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Mail with a subject, as text and as HTML.
    Mail,
    /// A short text.
    Text,
    /// A text that is read aloud: it carries no link, so a code takes the place of one.
    Speech,
    /// Subject and text of a mail, as JSON.
    Json,
}

/// Everything that is particular to one channel type. Whatever lists, checks, reads, or shows channels asks here.
#[derive(Clone, Copy, Debug)]
pub struct ChannelKind {
    /// Name for people.
    pub title: &'static str,
    /// Name of its address for people.
    pub address_title: &'static str,
    /// Attributes of the HTML field in which a person types an address.
    pub input: &'static str,
    /// A valid address.
    pub example: &'static str,
    /// What its messages are like.
    pub form: Form,
    /// Whether one provider takes the messages of all. Each webhook has a server of its own, so that one that fails says
    /// nothing about the others.
    pub one_provider: bool,
    /// Most characters of an address as a person types it.
    pub max_length: usize,
    /// Whether Incident Manager has such channels.
    pub in_incident_manager: bool,
    /// Name and parameters of its vCard property (RFC 6350). None if it belongs in no phone book: the URL of a webhook
    /// often contains a secret.
    pub card: Option<&'static str>,
    read: fn(&str) -> Result<Channel, String>,
}

impl ChannelType {
    /// Returns what is particular to the type.
    #[must_use]
    pub const fn kind(self) -> ChannelKind {
        match self {
            Self::Email => ChannelKind {
                title: "E-mail",
                address_title: "e-mail address",
                input: "type=\"email\" autocomplete=\"email\"",
                example: "ada@example.com",
                form: Form::Mail,
                one_provider: true,
                max_length: MAX_EMAIL,
                in_incident_manager: true,
                card: Some("EMAIL"),
                read: |text| read(text, Channel::Email),
            },
            Self::Sms => ChannelKind {
                title: "Text message",
                address_title: "number for texts",
                input: "type=\"tel\" autocomplete=\"tel\"",
                example: "+14255550101",
                form: Form::Text,
                one_provider: true,
                max_length: MAX_TYPED_PHONE,
                in_incident_manager: true,
                card: Some("TEL;VALUE=uri;TYPE=cell,text"),
                read: |text| read(text, Channel::Sms),
            },
            Self::Voice => ChannelKind {
                title: "Call",
                address_title: "number for calls",
                input: "type=\"tel\" autocomplete=\"tel\"",
                example: "+14255550101",
                form: Form::Speech,
                one_provider: true,
                max_length: MAX_TYPED_PHONE,
                in_incident_manager: true,
                card: Some("TEL;VALUE=uri;TYPE=voice"),
                read: |text| read(text, Channel::Voice),
            },
            Self::Webhook => ChannelKind {
                title: "Webhook",
                address_title: "URL of the webhook",
                input: "type=\"url\" autocomplete=\"off\"",
                example: "https://hooks.example.com/services/example",
                form: Form::Json,
                one_provider: false,
                max_length: MAX_WEBHOOK_URL,
                in_incident_manager: false,
                card: None,
                read: |text| read(text, Channel::Webhook),
            },
        }
    }

    /// Returns the names of all types, as error texts list them: `email, sms, voice, webhook`.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

fn read<T: std::str::FromStr<Err: ToString>>(
    text: &str,
    channel: fn(T) -> Channel,
) -> Result<Channel, String> {
    text.parse().map(channel).map_err(|error| T::Err::to_string(&error))
}

impl Channel {
    /// Reads the address of a channel.
    ///
    /// # Errors
    /// The predicate of a field error, such as `must be a single email address without a display name`.
    pub fn read(kind: ChannelType, address: &str) -> Result<Self, String> {
        (kind.kind().read)(address)
    }

    /// Reads an address as a person types it: a phone number can have spaces, hyphens, dots, and parentheses.
    ///
    /// # Errors
    /// As [`Channel::read`].
    pub fn typed(kind: ChannelType, address: &str) -> Result<Self, String> {
        if matches!(kind.kind().form, Form::Mail | Form::Json) {
            return Self::read(kind, address);
        }
        Self::read(kind, &address.split([' ', '-', '(', ')', '.']).collect::<String>())
    }

    /// Returns whether its messages are written, so that they can carry a link.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.kind().kind().form != Form::Speech
    }

    /// Returns the address as everyone can see it: `+1•••••0101`, `a•••••@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let address = self.address();
        match self {
            Self::Email(_) => {
                let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
                let first = local.chars().next().unwrap_or('?');
                format!("{first}{DOTS}@{domain}")
            }
            Self::Sms(_) | Self::Voice(_) => {
                // A number has seven digits at least, all ASCII.
                let tail = address.get(address.len().saturating_sub(4)..).unwrap_or_default();
                format!("{}{DOTS}{tail}", address.get(..2).unwrap_or("+"))
            }
            Self::Webhook(url) => format!("https://{}/{DOTS}", url.host()),
        }
    }
}
