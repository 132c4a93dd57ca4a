//! The forms that a report comes in: JSON, Markdown or HTML.

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse as _};
use muster_domain::document::Document;
use muster_domain::draft::fault::FieldError;
use serde::{Deserialize, Serialize};

use crate::http::answer::Report;
use crate::http::problem::Problem;

/// A report is read in a browser: it runs nothing and fetches nothing.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
];

/// Format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = ReportFormat, rename_all = "snake_case"))]
pub(crate) enum Format {
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
}

#[derive(Deserialize)]
struct Parameters {
    format: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let format = given.map(|Query(given)| given.format);
        match format.as_ref().map(|format| format.as_deref().unwrap_or("json")) {
            Ok("json") => Ok(Self::Json),
            Ok("markdown") => Ok(Self::Markdown),
            Ok("html") => Ok(Self::Html),
            _ => {
                let fault =
                    FieldError::new("format", "must be one of: json, markdown, html", "html");
                Err(Problem::bad_query(vec![fault]))
            }
        }
    }
}

impl Format {
    /// A report in this form.
    pub(crate) fn answer<T: Serialize>(
        self,
        value: &T,
        document: impl FnOnce() -> Document,
    ) -> Report<T> {
        let response = match self {
            Self::Json => (HEADERS, Json(value)).into_response(),
            Self::Html => (HEADERS, Html(document().html())).into_response(),
            Self::Markdown => {
                let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
                (HEADERS, kind, document().markdown()).into_response()
            }
        };
        Report::new(response)
    }
}
