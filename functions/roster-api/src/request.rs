//! Reading a request: what is variable in the path, JSON in the body.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::entries::Served;
use crate::problem::Problem;

/// Largest body: 256 KiB. A contact has a few; this leaves room and keeps a request's memory small.
const MAX_BODY: usize = 256 * 1024;
/// What a body may call itself; a merge patch (RFC 7396) has a name of its own.
const JSON: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// The id in the path, or that of the only one of its kind. What is no id names nothing, so it is
/// not found.
#[derive(Debug)]
pub(crate) struct At<E: Served>(pub(crate) E::Id);

impl<S: Send + Sync, E: Served> FromRequestParts<S> for At<E> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = match E::ONLY {
            Some(only) => only.to_owned(),
            None => PathText::from_request_parts(parts, state).await?.0,
        };
        id(&text, E::WHAT).map(Self)
    }
}

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

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body(pub(crate) Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if let Some(kind) = request.headers().get(header::CONTENT_TYPE) {
            let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if !JSON.contains(&kind.trim().to_ascii_lowercase().as_str()) {
                return Err(Problem::not_a_json_type());
            }
        }
        // The whole body is in memory already; the only way to fail is its size.
        let body = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        let body = body.map_err(|_| Problem::too_large())?;
        let value = serde_json::from_slice(&body);
        value.map(Self).map_err(|error| Problem::not_json(error.line(), error.column()))
    }
}

/// The draft of a `what` in a JSON value.
pub(crate) fn draft<D: DeserializeOwned>(value: Value, what: &str) -> Result<D, Problem> {
    // Each field takes any type and is judged later, so only the whole can be of the wrong one.
    serde_json::from_value(value).map_err(|_| {
        let wrong = format!("must be a JSON object with the fields of a {what}");
        Problem::invalid(vec![FieldError::new("body", wrong, r#"{"name": "Ada Lovelace", …}"#)])
    })
}

/// An id from the path. What is no id names nothing, so it is not found.
pub(crate) fn id<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}
