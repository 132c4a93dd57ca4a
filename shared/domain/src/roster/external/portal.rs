//! The address of a web console in which an organization takes cases.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest address, in characters: what browsers and chat clients still open.
pub const MAX_PORTAL: usize = 2000;

/// Why a text is not the address of a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a URL that starts with https://")]
pub struct PortalError;

/// An `https` address (RFC 3986) of a named host, without user or password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Portal(String);

impl Portal {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let legal = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        legal && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    text.contains('.') && text.len() <= 253 && text.split('.').all(label)
}

impl FromStr for Portal {
    type Err = PortalError;

    fn from_str(text: &str) -> Result<Self, PortalError> {
        let rest = text.strip_prefix("https://").ok_or(PortalError)?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        let port = port.parse::<u16>().is_ok_and(|port| port > 0);
        let legal = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
        let whole = text.len() <= MAX_PORTAL && path.bytes().all(legal);
        if whole && is_host(host) && digits && port {
            Ok(Self(text.to_owned()))
        } else {
            Err(PortalError)
        }
    }
}

/// The door for what was stored. It asks for the scheme alone: what was accepted once must stay
/// readable when the rule grows stricter.
impl TryFrom<String> for Portal {
    type Error = PortalError;

    fn try_from(text: String) -> Result<Self, PortalError> {
        if text.starts_with("https://") { Ok(Self(text)) } else { Err(PortalError) }
    }
}

impl From<Portal> for String {
    fn from(portal: Portal) -> Self {
        portal.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_a_named_host() {
        for good in [
            "https://console.aws.amazon.com/support/home",
            "https://portal.example.com",
            "https://portal.example.com:8443/cases?new=1#form",
        ] {
            assert_eq!(good.parse::<Portal>().map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "https://",
            "http://portal.example.com",
            "javascript:alert(1)",
            "https://portal",
            "https:///cases",
            "https://ada:secret@portal.example.com",
            "https://portal.example.com\\@evil.example.net",
            "https://portal..example.com",
            "https://portal.example.com:0",
            "https://portal.example.com:+443",
            "https://portal.example.com:",
            "https://portal.example.com/a b",
            "https://portal.example.com/\u{202E}moc",
            "https://portal.example.com/\"><script>",
            &format!("https://portal.example.com/{}", "x".repeat(2000)),
        ] {
            assert_eq!(bad.parse::<Portal>(), Err(PortalError), "{bad}");
        }
    }

    #[test]
    fn what_was_stored_stays_readable() {
        assert!(Portal::try_from("https://portal".to_owned()).is_ok());
        assert!(Portal::try_from("javascript:alert(1)".to_owned()).is_err());
    }
}
