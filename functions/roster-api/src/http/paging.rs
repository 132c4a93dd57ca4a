//! Lists, page by page.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::external::ExternalResourceType;
use muster_store::roster::Page as Stored;
use serde::{Deserialize, Serialize};

use crate::http::problem::Problem;

/// Items of a page, unless the caller says otherwise; and at most.
pub(crate) const DEFAULT_LIMIT: u16 = 50;
pub(crate) const MOST: u16 = 200;

/// Which page of a list.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) limit: u16,
    pub(crate) cursor: Option<String>,
}

#[derive(Deserialize)]
struct Parameters {
    limit: Option<String>,
    cursor: Option<String>,
}

/// What is wrong with a `limit` that is no number of items.
pub(crate) fn limit_error() -> FieldError {
    let fault = format!("must be an integer from 1 to {MOST}");
    FieldError::new("limit", fault, &DEFAULT_LIMIT.to_string())
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = || Problem::bad_query(vec![limit_error()]);
        let Ok(Query(Parameters { limit, cursor })) = Query::from_request_parts(parts, state).await
        else {
            return Err(wrong());
        };
        let limit = match limit {
            None => DEFAULT_LIMIT,
            Some(text) => {
                text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(wrong)?
            }
        };
        Ok(Self { limit, cursor })
    }
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// Send it as `cursor` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The problem with a cursor that nobody gave out.
pub(crate) fn no_cursor() -> Problem {
    let fault = "must be the next_cursor of a previous page of this list";
    Problem::bad_query(vec![FieldError::new(
        "cursor",
        fault,
        "the next_cursor value of the previous page",
    )])
}

/// The answer for a page; no page means that the cursor was none of ours.
pub(crate) fn listed<T>(page: Option<Stored<T>>) -> Result<axum::Json<Page<T>>, Problem> {
    let page = page.ok_or_else(no_cursor)?;
    Ok(axum::Json(Page { items: page.items, next_cursor: page.next }))
}

/// Only what has this in its name, in lower case: `q`.
#[derive(Debug)]
pub(crate) struct NameFilter(pub(crate) Option<String>);

/// Only resources of this kind: `kind`.
#[derive(Debug)]
pub(crate) struct KindFilter(pub(crate) Option<ExternalResourceType>);

#[derive(Deserialize)]
struct Filters {
    q: Option<String>,
    r#type: Option<String>,
}

async fn filters<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Filters, Problem> {
    let given = Query::from_request_parts(parts, state).await.map(|Query(given)| given);
    let fault = || vec![FieldError::new("query", "could not be parsed", "q=support&limit=50")];
    given.map_err(|_| Problem::bad_query(fault()))
}

impl<S: Send + Sync> FromRequestParts<S> for NameFilter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self(filters(parts, state).await?.q.map(|q| q.to_lowercase())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KindFilter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(name) = filters(parts, state).await?.r#type else { return Ok(Self(None)) };
        let kind = ExternalResourceType::from_name(&name);
        let wrong = || {
            let names = ExternalResourceType::ALL.map(ExternalResourceType::name).join(", ");
            let fault = format!("must be one of: {names}");
            Problem::bad_query(vec![FieldError::new("type", fault, "aws_support")])
        };
        kind.map(|kind| Self(Some(kind))).ok_or_else(wrong)
    }
}
