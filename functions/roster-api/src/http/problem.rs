//! What a caller is told when something is wrong: problem details (RFC 9457), nothing internal.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_domain::draft::fault::FieldError;
use muster_domain::report::coverage::CoverageGap;
use muster_domain::roster::hole::Hole;
use muster_runtime::error::AwsError;
use serde::Serialize;

use crate::http::request::MAX_BODY;
use crate::roster::sheet::MAX_BYTES;

/// Longest idempotency key, in characters.
pub(crate) const MOST_KEY: usize = 200;

/// Problem details (RFC 9457). The `type` value is stable.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Problem {
    /// Stable type of the problem.
    #[cfg_attr(test, schema(value_type = String, format = "uri", example = "urn:muster:invalid-fields"))]
    r#type: &'static str,
    /// Short description of the type.
    #[cfg_attr(test, schema(example = "Invalid fields"))]
    title: &'static str,
    /// HTTP status code.
    #[cfg_attr(test, schema(minimum = 400, maximum = 599))]
    status: u16,
    /// What happened in this request, and what to do.
    #[cfg_attr(test, schema(value_type = String, example = "1 field is invalid. Nothing was changed. See `errors`."))]
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<str>>,
    /// Current version of the entry (status 412).
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<u64>,
    /// Coverage gaps that the change would create.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<CoverageGap>,
    /// Invalid fields, headers, or parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    fn new(status: StatusCode, r#type: &'static str, title: &'static str) -> Self {
        Self {
            r#type,
            title,
            status: status.as_u16(),
            detail: None,
            current_version: None,
            gaps: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into().into_boxed_str()), ..self }
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:muster:path-not-found", "Path not found").detail(
            "No operation exists at this path. See GET /openapi.json for the list of paths.",
        )
    }

    pub(crate) fn wrong_method() -> Self {
        let title = "Method not allowed";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "urn:muster:method-not-allowed", title)
            .detail("This path does not support the method. See the Allow header for the supported methods.")
    }

    pub(crate) fn unsigned() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "urn:muster:unauthenticated", "Request is not authenticated")
            .detail("Sign the request with AWS Signature Version 4 for the service execute-api, or send a bearer token.")
    }

    pub(crate) fn not_in_scope(scopes: &[&str]) -> Self {
        let title = "Token does not have the required scope";
        let detail = match scopes {
            [] => "This operation requires the scope `admin`.".to_owned(),
            _ => format!(
                "This operation requires one of these scopes: {}, admin.",
                scopes.join(", ")
            ),
        };
        Self::new(StatusCode::FORBIDDEN, "urn:muster:insufficient-scope", title).detail(detail)
    }

    /// The text of an `Idempotency-Key` header that may be none.
    pub(crate) fn key(text: Option<&str>) -> Result<&str, Self> {
        let printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let sound = |text: &&str| !text.is_empty() && text.len() <= MOST_KEY && printable(text);
        text.filter(sound).ok_or_else(|| {
            let fault = format!("must be 1 to {MOST_KEY} printable ASCII characters");
            let fault =
                FieldError::new("Idempotency-Key", fault, "7d1f0c0e-8a55-4f4e-9c1b-1f0c0e8a554f");
            let title = "Invalid request header";
            let problem = Self::new(StatusCode::BAD_REQUEST, "urn:muster:invalid-header", title);
            Self { errors: vec![fault], ..problem }
        })
    }

    pub(crate) fn built_in() -> Self {
        let title = "Built-in entry cannot be deleted";
        Self::new(StatusCode::CONFLICT, "urn:muster:built-in-entry", title)
            .detail("Nothing was changed. To change a built-in entry, replace it with PUT. Deleting your version restores the built-in entry.")
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:muster:not-found", "Not found")
            .detail(format!("No {what} with this ID exists."))
    }

    pub(crate) fn not_json(line: usize, column: usize) -> Self {
        let title = "Request body is not valid JSON";
        let place = format!("The first error is at line {line}, column {column}.");
        Self::new(StatusCode::BAD_REQUEST, "urn:muster:malformed-json", title).detail(place)
    }

    pub(crate) fn too_large() -> Self {
        let title = "Request body is too large";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:muster:body-too-large", title)
            .detail(format!("The maximum size is {} KiB.", MAX_BODY / 1024))
    }

    pub(crate) fn invalid(faults: Vec<FieldError>) -> Self {
        let title = "Invalid fields";
        let count = faults.len();
        let detail = match count {
            1 => "1 field is invalid. Nothing was changed. See `errors`.".to_owned(),
            _ => format!("{count} fields are invalid. Nothing was changed. See `errors`."),
        };
        let problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "urn:muster:invalid-fields", title);
        Self { errors: faults, ..problem.detail(detail) }
    }

    /// A fault in the query rather than in the body.
    pub(crate) fn bad_query(faults: Vec<FieldError>) -> Self {
        let title = "Invalid query parameter";
        let problem = Self::new(StatusCode::BAD_REQUEST, "urn:muster:invalid-query", title);
        Self { errors: faults, ..problem }
    }

    pub(crate) fn unknown_parameter(known: &[&str]) -> Self {
        let (fault, example) = match known.first() {
            None => ("must not contain parameters".to_owned(), "the request path without a query"),
            Some(first) => (
                format!(
                    "contains an unsupported parameter. Supported parameters: {}",
                    known.join(", ")
                ),
                *first,
            ),
        };
        Self::bad_query(vec![FieldError::new("query", fault, example)])
    }

    pub(crate) fn precondition(current_version: Option<u64>) -> Self {
        let title = "Precondition failed";
        let detail = match current_version {
            Some(_) => {
                "Nothing was changed. The entry has a different version (`current_version`). Read it again and reapply your change."
            }
            None => "Nothing was changed. No entry with this ID exists.",
        };
        let r#type = "urn:muster:precondition-failed";
        let problem = Self::new(StatusCode::PRECONDITION_FAILED, r#type, title).detail(detail);
        Self { current_version, ..problem }
    }

    pub(crate) fn not_a_json_type() -> Self {
        let title = "Unsupported media type";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "urn:muster:unsupported-media-type", title)
            .detail(
                "Send application/json. For PATCH, you can also send application/merge-patch+json.",
            )
    }

    pub(crate) fn not_a_sheet() -> Self {
        let title = "Unsupported media type";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "urn:muster:unsupported-media-type", title)
            .detail("Send text/csv or application/json.")
    }

    pub(crate) fn too_large_a_file() -> Self {
        let title = "File is too large";
        let most = MAX_BYTES / (1024 * 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:muster:body-too-large", title).detail(
            format!("The maximum size is {most} MB. Split the file and repeat the header row in each part."),
        )
    }

    pub(crate) fn key_reused() -> Self {
        let title = "Idempotency-Key was used with a different request";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "urn:muster:idempotency-key-reused", title)
            .detail("Nothing was changed. Use a new key for a new request.")
    }

    pub(crate) fn opens(holes: &[Hole]) -> Self {
        let title = "Change would create a coverage gap";
        let detail = "Nothing was changed. Fix the gaps listed in `gaps` first. To remove a person, use POST \
                      /contacts/{id}/offboard. To accept the gaps, repeat the request with \
                      ?allow_gaps=true&reason=….";
        let problem = Self::new(StatusCode::CONFLICT, "urn:muster:coverage-gap", title);
        Self { gaps: holes.iter().map(CoverageGap::from).collect(), ..problem.detail(detail) }
    }

    pub(crate) fn exists() -> Self {
        Self::new(StatusCode::CONFLICT, "urn:muster:already-exists", "ID is already in use").detail(
            "Nothing was changed. Use a different ID, or replace the existing entry with PUT.",
        )
    }

    pub(crate) fn changed() -> Self {
        let title = "Entry was changed by another request";
        Self::new(StatusCode::CONFLICT, "urn:muster:version-conflict", title)
            .detail("Nothing was changed. Read the entry again and reapply your change.")
    }

    pub(crate) fn unavailable() -> Self {
        let title = "Service temporarily unavailable";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "urn:muster:unavailable", title)
            .detail("The request was applied completely or not at all. Try again after the time in the Retry-After header.")
    }

    pub(crate) fn internal() -> Self {
        let title = "Internal error";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "urn:muster:internal-error", title)
            .detail("Muster logged the error. The request was applied completely or not at all.")
    }

    pub(crate) fn not_in_incident_manager() -> Self {
        let title = "Channel does not exist in Incident Manager";
        Self::new(StatusCode::CONFLICT, "urn:muster:channel-not-in-incident-manager", title)
            .detail("Muster syncs channels within seconds if the account uses Incident Manager. See GET /incident-manager for the sync status.")
    }

    pub(crate) fn decided() -> Self {
        let title = "Change request is already closed";
        Self::new(StatusCode::CONFLICT, "urn:muster:already-decided", title)
            .detail("Nothing was changed. See GET /change-requests for pending requests.")
    }

    pub(crate) fn resolved() -> Self {
        let title = "Incident is already resolved";
        Self::new(StatusCode::CONFLICT, "urn:muster:already-resolved", title)
            .detail("Nothing was changed. The timeline shows who resolved it.")
    }
}

impl From<AwsError> for Problem {
    /// The caller learns whether another try may help; the code goes to the log.
    fn from(error: AwsError) -> Self {
        tracing::error!(reason = %error, "request failed");
        if error.passing { Self::unavailable() } else { Self::internal() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let version = self.current_version;
        let mut response = (status, axum::Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        let tag = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok());
        response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
