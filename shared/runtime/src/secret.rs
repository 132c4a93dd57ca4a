//! Things made of chance or digests: the tokens in links, incident ids.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use muster_domain::finding::FindingIdentity;
use muster_domain::value::channel::Channel;
use muster_domain::value::id::{ContactId, IdError, IncidentId};
use sha2::{Digest as _, Sha256};

/// The operating system gave no random bytes; nothing can be sent safely without.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system has no random numbers")]
pub struct NoRandomness;

/// A single-use token for a link: 128 random bits, 22 characters of base64url. Only its digest is
/// kept, so whoever reads the table can acknowledge nothing.
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn random() -> Result<Self, NoRandomness> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Its text, for the link and nothing else.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The digest it is kept under.
    #[must_use]
    pub fn digest(&self) -> String {
        token_digest(&self.0)
    }
}

/// A random number from 0 to 1, for pauses; a half if there is no randomness.
#[must_use]
pub fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}

/// A random whole number below `most`; 0 if there is no randomness.
#[must_use]
pub fn below(most: usize) -> usize {
    getrandom::u32().map_or(0, |bits| usize::try_from(bits).unwrap_or(0) % most.max(1))
}

/// The digest that a token is kept under: SHA-256, base64url.
#[must_use]
pub fn token_digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// The name that a channel of somebody's is kept under: it says neither number nor address.
#[must_use]
pub fn fingerprint(contact: &(impl fmt::Display + ?Sized), channel: &Channel) -> String {
    token_digest(&format!("{contact}\n{}\n{}", channel.kind().name(), channel.address()))
}

/// A code of six digits, for people to read or hear and type.
///
/// # Errors
/// [`NoRandomness`].
pub fn code() -> Result<String, NoRandomness> {
    // 2^32 is no multiple of a million: the first codes are likelier than the last by 2 in 10,000.
    let bits = getrandom::u32().map_err(|_| NoRandomness)?;
    Ok(format!("{:06}", bits % 1_000_000))
}

/// The digest that somebody's code for a channel is kept under.
#[must_use]
pub fn code_digest(contact: &ContactId, channel: &str, code: &str) -> String {
    token_digest(&format!("{contact}\n{channel}\n{code}"))
}

/// SHA-256 in hexadecimal, for tokens of services that take no other signs.
#[must_use]
pub fn hex_digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// The id of the incident that this finding opens now: the day, for people, and 50 bits of a
/// digest. Two incidents of one day meet with a chance of 2^-50; the store would refuse the second.
///
/// # Errors
/// None in practice: the text is made of legal characters.
pub fn incident_id(identity: &FindingIdentity, now: Timestamp) -> Result<IncidentId, IdError> {
    // Crockford's base 32: no i, l, o or u, so that ids survive being read out on a call.
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digest = Sha256::digest(format!("{identity}|{}", now.as_nanosecond()).as_bytes());
    let tail: String =
        digest.iter().take(10).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let day = now.to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%d").to_string();
    format!("{day}-{tail}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_fit_a_link() {
        let (a, b) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!((a.text().len(), a.digest().len()), (22, 43));
        assert_ne!(a.digest(), b.digest());
        assert_eq!(a.digest(), token_digest(a.text()));
    }

    #[test]
    fn codes_have_six_digits() {
        let code = code().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        let (ada, bob) = ("ada".parse().unwrap(), "bob".parse().unwrap());
        assert_ne!(code_digest(&ada, "c", &code), code_digest(&bob, "c", &code));
    }

    #[test]
    fn hexadecimal_digests() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex_digest(""), empty);
    }

    #[test]
    fn incident_ids() {
        let now = "2026-11-23T03:00:00Z".parse().unwrap();
        let id = incident_id(&FindingIdentity::guardduty("x"), now).unwrap();
        assert_eq!(id, incident_id(&FindingIdentity::guardduty("x"), now).unwrap());
        assert_ne!(id, incident_id(&FindingIdentity::guardduty("y"), now).unwrap());
        assert!(id.as_str().starts_with("20261123-") && id.as_str().len() == 19);
    }
}
