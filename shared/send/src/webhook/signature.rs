//! Signatures of webhooks: HMAC-SHA256, symmetric scheme `v1` of Standard Webhooks 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

const SECRET_PREFIX: &str = "whsec_";
/// Fewest and most bytes of a secret (Standard Webhooks 1.0, "Signature scheme").
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Most characters of a message ID. Servers limit headers to some kilobytes in all.
const MAX_MESSAGE_ID: usize = 256;

/// Signing secret. Its `Debug` text is that of ring's key, which has the algorithm only.
#[derive(Clone, Debug)]
pub(super) struct Secret(hmac::Key);

impl Secret {
    /// Reads `whsec_` and the base64 of the key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?;
        let is_long_enough = SECRET_BYTES.contains(&bytes.len());
        is_long_enough.then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// Returns the value of `webhook-signature`. `timestamp` is in Unix seconds, and `body` must be the very bytes that
    /// are sent.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut content = hmac::Context::with_key(&self.0);
        content.update(format!("{id}.{timestamp}.").as_bytes());
        content.update(body);
        format!("v1,{}", STANDARD.encode(content.sign()))
    }
}

/// Checks whether an ID can be signed and sent. A full stop would make the signed content ambiguous: the specification
/// forbids it.
pub(super) fn is_message_id(id: &str) -> bool {
    (1..=MAX_MESSAGE_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed without this code by Python's standard library:
    ///
    /// ```text
    /// python3 -c 'import base64, hmac
    /// key = bytes(range(32))
    /// content = b"""inc-1_ada_2.1795402800.{"text":"S\xc3\xa9curit\xc3\xa9"}"""
    /// print("whsec_" + base64.b64encode(key).decode())
    /// print("v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode())'
    /// ```
    ///
    /// and again by `openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f -binary | base64`.
    #[test]
    fn signs_like_an_independent_implementation() {
        let secret = Secret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let body = "{\"text\":\"Sécurité\"}".as_bytes();
        let expected = "v1,frMsttA1jFeBmb/4UtnO5IniyrxOmA++QzpAf3mxfL0=";
        assert_eq!(secret.sign("inc-1_ada_2", 1_795_402_800, body), expected);
    }

    /// Vector of the specification's own reference libraries (`libraries/python/tests/test_webhooks.py` and others).
    #[test]
    fn signs_like_the_reference_libraries() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn rejects_secrets_of_another_form_or_length() {
        let of_length = |bytes| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for (bytes, expected) in [(0, false), (23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(Secret::parse(&of_length(bytes)).is_some(), expected, "{bytes}");
        }
        let plain = STANDARD.encode([7; 32]);
        for text in ["", "whsec_", "whsec_ü", plain.as_str(), &format!("whsk_{plain}")] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn hides_the_secret() {
        let secret = Secret::parse(&format!("whsec_{}", STANDARD.encode([7; 32]))).unwrap();
        let text = format!("{secret:?}");
        assert!(
            !text.contains("7, 7") && !text.contains("0707") && !text.contains("Bwc"),
            "{text}"
        );
    }

    #[test]
    fn rejects_message_ids_that_are_ambiguous_or_no_header() {
        for id in ["a", "20261123-abcdefghjk_ada_sms-1", &"a".repeat(256)] {
            assert!(is_message_id(id), "{id}");
        }
        for id in ["", "a.b", "a b", "a\r\nx: y", "ä", &"a".repeat(257)] {
            assert!(!is_message_id(id), "{id}");
        }
    }
}
