//! Reading a request: ids in the path, JSON in the body.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use muster::{ContactDraft, Fault};

use crate::problem::Problem;

/// Largest body: 256 KiB. A contact has a few; this leaves room and keeps a request's memory small.
const MAX_BODY: usize = 256 * 1024;

/// The variable part of the path. What is no text names nothing.
#[derive(Debug)]
pub(crate) struct PathText(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|_| Problem::no_route())
    }
}

/// A contact's draft from a JSON body.
#[derive(Debug)]
pub(crate) struct Draft(pub(crate) ContactDraft);

impl<S: Send + Sync> FromRequest<S> for Draft {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // The whole body is in memory already; the only way to fail is its size.
        let body = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        read(&body.map_err(|_| Problem::too_large())?).map(Self)
    }
}

fn read(body: &Bytes) -> Result<ContactDraft, Problem> {
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| Problem::not_json(error.line(), error.column()))?;
    // Each field takes any type and is judged later, so only the whole can be of the wrong one.
    serde_json::from_value(value).map_err(|_| {
        let example = r#"{"name": "Ada Lovelace", …}"#;
        Problem::invalid(vec![Fault::new("body", "must be a contact as a JSON object", example)])
    })
}

/// An id from the path. What is no id names nothing, so it is not found.
pub(crate) fn id<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}
