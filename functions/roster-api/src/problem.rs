//! What a caller is told when something is wrong: problem details (RFC 9457), nothing internal.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_domain::draft::fault::Fault;
use muster_domain::roster::hole::Hole;
use muster_runtime::error::AwsError;
use serde::Serialize;

/// Longest idempotency key, in characters.
const MOST_KEY: usize = 200;

/// A problem, as `application/problem+json`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<str>>,
    /// The version that a conditional request did not expect.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<u64>,
    /// What the change would leave open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holes: Vec<Hole>,
    /// Every fault of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
}

impl Problem {
    fn new(status: StatusCode, r#type: &'static str, title: &'static str) -> Self {
        Self {
            r#type,
            title,
            status: status.as_u16(),
            detail: None,
            current_version: None,
            holes: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into().into_boxed_str()), ..self }
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:muster:no-route", "There is nothing at this path")
            .detail("GET /openapi.json lists the paths.")
    }

    pub(crate) fn wrong_method() -> Self {
        let title = "This path does not take this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "urn:muster:wrong-method", title)
            .detail("The Allow header lists the methods it takes.")
    }

    pub(crate) fn unsigned() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "urn:muster:unsigned", "Nobody has signed this request")
            .detail("Sign it with AWS Signature Version 4 for execute-api, or send a bearer token.")
    }

    pub(crate) fn not_in_scope(scopes: &[&str]) -> Self {
        let title = "The token's scopes do not allow this";
        let detail = match scopes {
            [] => "It takes the scope admin.".to_owned(),
            _ => format!("It takes one of the scopes {} or admin.", scopes.join(", ")),
        };
        Self::new(StatusCode::FORBIDDEN, "urn:muster:not-in-scope", title).detail(detail)
    }

    /// The text of an `Idempotency-Key` header that may be none.
    pub(crate) fn key(text: Option<&str>) -> Result<&str, Self> {
        let printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let sound = |text: &&str| !text.is_empty() && text.len() <= MOST_KEY && printable(text);
        text.filter(sound).ok_or_else(|| {
            let fault = "must be 1 to 200 printable ASCII characters";
            let fault =
                Fault::new("Idempotency-Key", fault, "7d1f0c0e-8a55-4f4e-9c1b-1f0c0e8a554f");
            let title = "A header is not right";
            let problem = Self::new(StatusCode::BAD_REQUEST, "urn:muster:bad-header", title);
            Self { faults: vec![fault], ..problem }
        })
    }

    pub(crate) fn built_in() -> Self {
        let title = "What Muster brings along cannot be deleted";
        Self::new(StatusCode::CONFLICT, "urn:muster:built-in", title)
            .detail("Nothing was changed. Replace it with PUT; deleting yours brings it back.")
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:muster:not-found", "Not found")
            .detail(format!("There is no {what} with this id."))
    }

    pub(crate) fn not_json(line: usize, column: usize) -> Self {
        let title = "The body is not JSON";
        let place = format!("The first fault is at line {line}, column {column}.");
        Self::new(StatusCode::BAD_REQUEST, "urn:muster:not-json", title).detail(place)
    }

    pub(crate) fn too_large() -> Self {
        let title = "The body is too large";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:muster:too-large", title)
            .detail("A body may have 256 KiB at most.")
    }

    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        let title = "Some fields are not right";
        let count = faults.len();
        let detail = format!("{count} to mend; nothing was changed.");
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "urn:muster:invalid", title);
        Self { faults, ..problem.detail(detail) }
    }

    /// A fault in the query rather than in the body.
    pub(crate) fn bad_query(faults: Vec<Fault>) -> Self {
        let title = "A query parameter is not right";
        let problem = Self::new(StatusCode::BAD_REQUEST, "urn:muster:bad-query", title);
        Self { faults, ..problem }
    }

    pub(crate) fn unknown_parameter(known: &[&str]) -> Self {
        let (fault, example) = match known.first() {
            None => ("has a parameter, and this takes none".to_owned(), "no query"),
            Some(first) => {
                (format!("has a parameter that is none of {}", known.join(", ")), *first)
            }
        };
        Self::bad_query(vec![Fault::new("query", fault, example)])
    }

    pub(crate) fn precondition(current_version: Option<u64>) -> Self {
        let title = "It is not as the request expects";
        let detail = match current_version {
            Some(_) => {
                "Nothing was changed. Read it again and repeat your change on the new version."
            }
            None => "Nothing was changed. There is nothing with this id.",
        };
        let r#type = "urn:muster:precondition-failed";
        let problem = Self::new(StatusCode::PRECONDITION_FAILED, r#type, title).detail(detail);
        Self { current_version, ..problem }
    }

    pub(crate) fn not_a_json_type() -> Self {
        let title = "The body is of a type that is not taken";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "urn:muster:not-json-type", title)
            .detail("Send application/json, or application/merge-patch+json with PATCH.")
    }

    pub(crate) fn not_a_sheet() -> Self {
        let title = "The file is of a type that is not taken";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "urn:muster:not-a-sheet", title)
            .detail("Send text/csv or application/json.")
    }

    pub(crate) fn too_large_a_file() -> Self {
        let title = "The file is too large";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:muster:too-large", title)
            .detail("A file may have 5 MB at most; send it in parts, each with the header row.")
    }

    pub(crate) fn key_reused() -> Self {
        let title = "This Idempotency-Key came with another body before";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "urn:muster:key-reused", title)
            .detail("Nothing was changed. Use a new key for a new request.")
    }

    pub(crate) fn opens(holes: Vec<Hole>) -> Self {
        let title = "The change would leave something open";
        let detail = "Nothing was changed. Mend what is listed first, let somebody leave with POST \
                      /contacts/{id}/depart, or repeat it with ?override=true&reason=….";
        let problem = Self::new(StatusCode::CONFLICT, "urn:muster:opens-hole", title);
        Self { holes, ..problem.detail(detail) }
    }

    pub(crate) fn exists() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "urn:muster:exists",
            "There is something with this id already",
        )
        .detail("Send it with another id, or replace what is there with PUT.")
    }

    pub(crate) fn changed() -> Self {
        let title = "Somebody else changed it meanwhile";
        Self::new(StatusCode::CONFLICT, "urn:muster:changed", title)
            .detail("Nothing was changed. Read it again and repeat your change.")
    }

    pub(crate) fn unavailable() -> Self {
        let title = "A service that is needed does not answer";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "urn:muster:unavailable", title)
            .detail("Nothing was changed, or all of it was. Try again in a moment.")
    }

    pub(crate) fn internal() -> Self {
        let title = "Something is wrong on our side";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "urn:muster:internal", title)
            .detail("It was logged. Nothing was changed, or all of it was.")
    }

    pub(crate) fn not_in_incident_manager() -> Self {
        let title = "Incident Manager does not have this channel";
        Self::new(StatusCode::CONFLICT, "urn:muster:not-in-incident-manager", title)
            .detail("It follows the roster within seconds where the account uses it; GET /incident-manager says how it stands.")
    }

    pub(crate) fn decided() -> Self {
        let title = "Somebody has decided about this correction";
        Self::new(StatusCode::CONFLICT, "urn:muster:decided", title)
            .detail("Nothing was changed. GET /corrections lists those that wait.")
    }

    pub(crate) fn resolved() -> Self {
        let title = "The incident is already resolved";
        Self::new(StatusCode::CONFLICT, "urn:muster:resolved", title)
            .detail("Its timeline says by whom; nothing was changed.")
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
