//! Lists, page by page.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use muster::Fault;
use muster_aws::roster::Page;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Items of a page, unless the caller says otherwise; and at most.
const DEFAULT_LIMIT: u16 = 50;
const MOST: u16 = 200;

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

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = || {
            let wrong = "must be a whole number from 1 to 200";
            Problem::bad_query(vec![Fault::new("limit", wrong, "50")])
        };
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
pub(crate) struct Listed<T> {
    items: Vec<T>,
    /// Send it as `cursor` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The answer for a page; no page means that the cursor was none of ours.
pub(crate) fn listed<T>(page: Option<Page<T>>) -> Result<axum::Json<Listed<T>>, Problem> {
    let Some(page) = page else {
        let fault = "is not one that this list gave out";
        let fault = Fault::new("cursor", fault, "the last page's next_cursor");
        return Err(Problem::bad_query(vec![fault]));
    };
    Ok(axum::Json(Listed { items: page.items, next_cursor: page.next }))
}
