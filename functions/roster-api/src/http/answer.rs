//! The answers that handlers return, each of which says what it is in the handler's own signature.

use std::marker::PhantomData;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::precondition::tag;
use crate::roster::entries::Served;

/// An entry as everybody may see it.
#[derive(Debug)]
pub(crate) struct View<E>(Value, PhantomData<fn() -> E>);

impl<E: Served> View<E> {
    pub(crate) fn new(entry: &E) -> Self {
        Self(entry.view(), PhantomData)
    }
}

impl<E> Serialize for View<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An entry as everybody may see it, with its entity tag: 200.
pub(crate) struct Shown<E>(Response, PhantomData<fn() -> E>);

/// An entry that was made: 201, with its entity tag and its path.
pub(crate) struct Created<E>(Response, PhantomData<fn() -> E>);

/// An entry that was replaced, or made: 200 or 201.
pub(crate) enum Put<E> {
    Replaced(Shown<E>),
    Created(Created<E>),
}

impl<E: Served> Shown<E> {
    pub(crate) fn new(entry: &E) -> Self {
        Self(([(header::ETAG, tag(entry))], Json(entry.view())).into_response(), PhantomData)
    }
}

impl<E: Served> Created<E> {
    pub(crate) fn new(entry: &E) -> Self {
        let mut response =
            (StatusCode::CREATED, [(header::ETAG, tag(entry))], Json(entry.view())).into_response();
        if E::ONLY.is_none() {
            let location = format!("{}/{}", E::PATH, entry.id()).parse().ok();
            response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
        }
        Self(response, PhantomData)
    }
}

impl<E> IntoResponse for Shown<E> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<E> IntoResponse for Created<E> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<E> IntoResponse for Put<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Replaced(shown) => shown.0,
            Self::Created(created) => created.0,
        }
    }
}

/// An entry that was deleted: 204.
pub(crate) struct Deleted;

impl IntoResponse for Deleted {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// A request that was accepted and goes on by itself: 202.
pub(crate) struct Accepted<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

/// A request that was accepted, with the path where its report will be: 202.
pub(crate) struct AcceptedAt<T> {
    pub(crate) location: String,
    pub(crate) body: T,
}

impl<T: Serialize> IntoResponse for AcceptedAt<T> {
    fn into_response(self) -> Response {
        let headers = [(header::LOCATION, self.location)];
        (StatusCode::ACCEPTED, headers, Json(self.body)).into_response()
    }
}

/// A report of a `T` in the form that the caller asked for: JSON, Markdown, or HTML.
pub(crate) struct Report<T>(Response, PhantomData<fn() -> T>);

impl<T> Report<T> {
    pub(crate) const fn new(response: Response) -> Self {
        Self(response, PhantomData)
    }
}

impl<T> IntoResponse for Report<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

/// A list that is not divided into pages: 200.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

/// What nobody on the way may keep: 200.
pub(crate) struct Private<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Private<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}

/// A file of a media type, by a name.
pub(crate) struct File {
    pub(crate) media_type: &'static str,
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

impl IntoResponse for File {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, self.media_type.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)),
            // Nothing on the way may keep it.
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (headers, self.content).into_response()
    }
}
