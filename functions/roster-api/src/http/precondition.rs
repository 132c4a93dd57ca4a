//! Nothing lost when two edit at once: entity tags and conditional requests (RFC 9110, 13.1).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use muster_store::roster::Entry;

use crate::http::problem::Problem;

/// What a request demands of the state it finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Precondition {
    /// One of these tags, or any state at all (`*`).
    matches: Option<Vec<String>>,
    /// None of these tags, or no state at all (`*`).
    none: Vec<String>,
}

/// The entity tag of an entry: its version.
pub(crate) fn tag<E: Entry>(entry: &E) -> String {
    format!("\"{}\"", entry.version())
}

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(&parts.headers))
    }
}

impl Precondition {
    fn read(headers: &HeaderMap) -> Self {
        let list = |name| {
            let mut values = headers.get_all(name).iter().peekable();
            values.peek()?;
            let texts = values.filter_map(|value| value.to_str().ok());
            let tags = texts.flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned());
            Some(tags.collect::<Vec<_>>())
        };
        let none = list(header::IF_NONE_MATCH).unwrap_or_default();
        Self { matches: list(header::IF_MATCH), none }
    }

    /// Whether the request names the state it has seen.
    pub(crate) const fn named(&self) -> bool {
        self.matches.is_some() || !self.none.is_empty()
    }

    /// Lets the request through if `current` is as it demands.
    ///
    /// # Errors
    /// 412 with the current version.
    pub(crate) fn check<E: Entry>(&self, current: Option<&E>) -> Result<(), Problem> {
        let matched = match (&self.matches, current) {
            (None, _) => true,
            (Some(_), None) => false,
            // A weak tag never matches here (RFC 9110, 13.1.1): `W/"3"` is not `"3"`.
            (Some(tags), Some(entry)) => {
                tags.iter().any(|wanted| wanted == "*" || *wanted == tag(entry))
            }
        };
        let unwanted = |entry: &E| {
            let tag = tag(entry);
            // Here a weak tag does match.
            self.none.iter().any(|none| none == "*" || none.trim_start_matches("W/") == tag)
        };
        if matched && !current.is_some_and(unwanted) {
            return Ok(());
        }
        Err(Problem::precondition(current.map(Entry::version)))
    }
}

#[cfg(test)]
mod tests {
    use muster_domain::roster::contact::Contact;

    use super::*;

    const NOTHING: Option<&Contact> = None;

    #[test]
    fn conditions() {
        let read = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            Precondition::read(&headers)
        };
        let any = read("if-match", "*");
        assert!(any.named() && any.check(NOTHING).is_err());
        assert!(read("if-match", "\"3\"").check(NOTHING).is_err());
        assert!(read("if-none-match", "*").check(NOTHING).is_ok());
        assert!(!read("x-other", "*").named());
        assert_eq!(
            read("if-match", "\"3\", \"4\"").matches,
            Some(vec!["\"3\"".to_owned(), "\"4\"".to_owned()])
        );
    }
}
