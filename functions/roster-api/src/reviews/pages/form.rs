//! What somebody has filled in on a page.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::http::header;
use std::convert::Infallible;

/// Largest form: far above what the fields of a page hold.
const MAX_FORM: usize = 32 * 1024;

/// A field of a form that is not a field of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Do,
    Version,
    Note,
    Channel,
    Address,
    Type,
    Code,
}

impl Part {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] =
        [Self::Do, Self::Version, Self::Note, Self::Channel, Self::Address, Self::Type, Self::Code];

    /// Its name in the form.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Do => "do",
            Self::Version => "version",
            Self::Note => "note",
            Self::Channel => "channel",
            Self::Address => "address",
            Self::Type => "type",
            Self::Code => "code",
        }
    }
}

/// What the button of a form does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Confirm,
    Correct,
    Departure,
    Prove,
    Replace,
    Add,
    Code,
    Arrived,
}

impl Deed {
    pub(crate) const ALL: [Self; 8] = [
        Self::Confirm,
        Self::Correct,
        Self::Departure,
        Self::Prove,
        Self::Replace,
        Self::Add,
        Self::Code,
        Self::Arrived,
    ];

    /// Its word in the form.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Correct => "correct",
            Self::Departure => "departure",
            Self::Prove => "prove",
            Self::Replace => "replace",
            Self::Add => "add",
            Self::Code => "code",
            Self::Arrived => "arrived",
        }
    }
}

/// The fields of a form, trimmed. What is no form has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled(BTreeMap<String, String>);

impl Filled {
    /// A field's text; empty if it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// The text of a field that is not a field of an entry.
    pub(crate) fn part(&self, part: Part) -> &str {
        self.text(part.name())
    }

    /// What the button does, if it is one of ours.
    pub(crate) fn deed(&self) -> Option<Deed> {
        let word = self.part(Part::Do);
        Deed::ALL.into_iter().find(|deed| deed.name() == word)
    }

    /// Whether the field was sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.unwrap_or_default().starts_with("application/x-www-form-urlencoded") {
            return Ok(Self::default());
        }
        let body = axum::body::to_bytes(request.into_body(), MAX_FORM).await.unwrap_or_default();
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn forms() {
        let request = |kind: &str, body: &'static str| {
            Request::builder().header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
        };
        let form = "application/x-www-form-urlencoded;charset=UTF-8";
        let filled = Filled::from_request(request(form, "do=confirm&note=+a%26b+"), &()).await;
        let filled = filled.unwrap();
        assert_eq!((filled.text("do"), filled.text("note")), ("confirm", "a&b"));
        assert!(filled.has("note") && !filled.has("version"));
        let none = Filled::from_request(request("text/plain", "do=confirm"), &()).await.unwrap();
        assert!(!none.has("do"));
    }
}
