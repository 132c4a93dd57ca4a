//! Addresses of webhooks.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest address, in bytes. The sender accepts no longer one.
pub(super) const MAX_WEBHOOK_URL: usize = 2048;

/// Why a text is not the address of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an https:// URL of a public host, without a port, user, or fragment")]
pub struct WebhookUrlError;

/// Address of a webhook: an `https` URL of a named host on port 443. It often holds a secret, so it is masked like a
/// phone number. Whether the host is public is checked whenever a message is sent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl(pub(super) String);

impl WebhookUrl {
    /// Returns the host, without the path that can hold a secret.
    pub(super) fn host(&self) -> &str {
        let rest = self.0.trim_start_matches("https://");
        rest.split(['/', '?']).next().unwrap_or(rest)
    }

    /// Whether the text has the scheme and a host.
    pub(super) fn has_form(text: &str) -> bool {
        text.strip_prefix("https://")
            .is_some_and(|rest| !rest.starts_with(['/', '?']) && !rest.is_empty())
    }
}

/// Whether a text is a host's name with a top-level domain of letters: no IP address, and no name of the local network.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let legal = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        legal && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    let letters = top.bytes().any(|b| b.is_ascii_alphabetic());
    text.len() <= 253 && text.split('.').all(label) && letters
}

impl FromStr for WebhookUrl {
    type Err = WebhookUrlError;

    fn from_str(text: &str) -> Result<Self, WebhookUrlError> {
        // A contact file separates channels by semicolons.
        let legal = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}#;".contains(&b);
        let whole = text.len() <= MAX_WEBHOOK_URL && text.bytes().all(legal);
        let url = Self(text.to_owned());
        if whole && Self::has_form(text) && is_host(url.host()) {
            Ok(url)
        } else {
            Err(WebhookUrlError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::channel::{Channel, ChannelType};

    #[test]
    fn urls() {
        for good in [
            "https://hooks.example.com/services/T0/B0/x?thread=1",
            "https://example.org",
            "https://a-b.example.co.uk/?key=%20",
        ] {
            assert_eq!(good.parse::<WebhookUrl>().map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "http://hooks.example.com/",
            "https://",
            "https:///x",
            "https://localhost/x",
            "https://10.0.0.1/x",
            "https://[::1]/x",
            "https://hooks.example.com:8443/x",
            "https://ada:secret@hooks.example.com/x",
            "https://hooks.example.com/x#y",
            "https://hooks.example.com/a b",
            "https://hooks..example.com/",
            "https://hooks.example.com/;",
            "ftp://hooks.example.com/",
        ] {
            assert_eq!(bad.parse::<WebhookUrl>(), Err(WebhookUrlError), "{bad}");
        }
        assert!("https://e.example/".repeat(200).parse::<WebhookUrl>().is_err());
    }

    #[test]
    fn the_path_is_never_shown() {
        let url = "https://hooks.example.com/services/secret?key=secret";
        let channel = Channel::read(ChannelType::Webhook, url).unwrap();
        assert_eq!(channel.masked(), "https://hooks.example.com/•••••");
        assert!(!format!("{channel:?}").contains("secret"));
    }
}
