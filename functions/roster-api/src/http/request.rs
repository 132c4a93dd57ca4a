//! Reading a request: what is variable in the path, JSON in the body.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use muster_domain::incident::Incident;
use muster_domain::incident::drill::report::DrillReport;
use muster_domain::review::ChangeRequest;
use muster_domain::value::id::{ContactId, IncidentId, ResourceId};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::roster::entries::Served;

/// Largest body: 256 KiB. A contact has a few; this leaves room and keeps a request's memory small.
pub(crate) const MAX_BODY: usize = 256 * 1024;
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

/// What a path names by its ID, and is no entry of the roster.
pub(crate) trait Noun {
    /// The form of its ID.
    type Id: FromStr;
    /// What it is called in sentences.
    const WHAT: &'static str;
}

impl Noun for Incident {
    type Id = IncidentId;
    const WHAT: &'static str = "incident";
}

impl Noun for DrillReport {
    type Id = IncidentId;
    const WHAT: &'static str = "drill";
}

impl Noun for ChangeRequest {
    type Id = String;
    const WHAT: &'static str = "change request";
}

/// The ID in a path. What is no ID names nothing, so it is not found.
#[derive(Debug)]
pub(crate) struct IdOf<N: Noun>(pub(crate) N::Id);

impl<S: Send + Sync, N: Noun> FromRequestParts<S> for IdOf<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        id(&PathText::from_request_parts(parts, state).await?.0, N::WHAT).map(Self)
    }
}

/// The IDs in a path with two, such as an incident's notification obligation.
#[derive(Debug)]
pub(crate) struct ObligationPath {
    pub(crate) incident: IncidentId,
    pub(crate) resource: ResourceId,
}

impl<S: Send + Sync> FromRequestParts<S> for ObligationPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (incident, resource) = two(parts, state).await?;
        let incident = id(&incident, "incident")?;
        Ok(Self { incident, resource: id(&resource, "notification obligation")? })
    }
}

/// A contact, and the position of one of its channels, from 1.
#[derive(Debug)]
pub(crate) struct ChannelPath {
    pub(crate) contact: ContactId,
    pub(crate) position: NonZeroUsize,
}

impl<S: Send + Sync> FromRequestParts<S> for ChannelPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (contact, position) = two(parts, state).await?;
        Ok(Self { contact: id(&contact, "contact")?, position: id(&position, "channel")? })
    }
}

async fn two<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<(String, String), Problem> {
    let path = Path::<(String, String)>::from_request_parts(parts, state).await;
    path.map(|Path(both)| both).map_err(|_| Problem::no_route())
}

/// The variable part of the path, such as a link's token. What is no text names nothing.
#[derive(Debug)]
pub(crate) struct PathText(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|_| Problem::no_route())
    }
}

/// The key of a request that may be repeated, if it has one.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parts.headers.get("idempotency-key").map(|key| Problem::key(key.to_str().ok()));
        Ok(Self(key.transpose()?.map(str::to_owned)))
    }
}

/// A JSON body with the fields of a `T`, each of which is judged later.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) Value, pub(crate) PhantomData<fn() -> T>);

impl<S: Send + Sync, T> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        json(request).await.map(|value| Self(value, PhantomData))
    }
}

/// A JSON Merge Patch (RFC 7396) of what a `T` describes.
#[derive(Debug)]
pub(crate) struct Patch<T>(pub(crate) Value, pub(crate) PhantomData<fn() -> T>);

impl<S: Send + Sync, T> FromRequest<S> for Patch<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        json(request).await.map(|value| Self(value, PhantomData))
    }
}

async fn json(request: Request) -> Result<Value, Problem> {
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
    value.map_err(|error| Problem::not_json(error.line(), error.column()))
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
