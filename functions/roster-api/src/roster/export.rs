//! Export of the contacts as a file, numbers and addresses in full.

use axum::extract::{FromRequestParts, Query, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use muster_domain::draft::fault::FieldError;
use muster_store::roster::{Action, Change, Page};
use serde::Deserialize;

use crate::App;
use crate::http::answer::File;
use crate::http::caller::Caller;
use crate::http::paging::no_cursor;
use crate::http::problem::Problem;
use crate::roster::sheet::{write_csv, write_vcards};

/// How many contacts a file has at most, so that it fits the 6 MB of Lambda's answers; the rest is a page further.
const MOST_EXPORTED: usize = 5_000;

/// Format of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FileFormat {
    #[default]
    Csv,
    Json,
    Vcard,
}

impl FileFormat {
    pub(crate) const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Vcard];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Vcard => "vcard",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Vcard => "text/vcard; charset=utf-8",
        }
    }
}

/// What to export: `format`, and from where on: `cursor`.
pub(crate) struct Wanted {
    format: FileFormat,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Parameters {
            format: Option<String>,
            cursor: Option<String>,
        }
        let bad = |field: &str, fault: &str, example: &str| {
            Problem::bad_query(vec![FieldError::new(field, fault, example)])
        };
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(Parameters { format, cursor })) = given else {
            return Err(bad("query", "could not be parsed", "format=csv"));
        };
        let format = match format {
            None => FileFormat::default(),
            Some(name) => FileFormat::ALL
                .into_iter()
                .find(|format| format.name() == name)
                .ok_or_else(|| bad("format", "must be one of: csv, json, vcard", "csv"))?,
        };
        Ok(Self { format, cursor })
    }
}

/// A file of contacts, with a link to the next one.
pub(crate) struct Exported {
    file: File,
    next: Option<String>,
}

impl IntoResponse for Exported {
    fn into_response(self) -> Response {
        let mut response = self.file.into_response();
        let link = self.next.and_then(|next| format!("<{next}>; rel=\"next\"").parse().ok());
        response.headers_mut().extend(link.map(|link| (header::LINK, link)));
        response
    }
}

/// Exports contacts; that they were taken, and by whom, is recorded first.
pub(crate) async fn export(
    State(app): State<App>,
    caller: Caller,
    Wanted { format, cursor }: Wanted,
) -> Result<Exported, Problem> {
    let page = app.roster.entries(MOST_EXPORTED, cursor.as_deref(), |_| true).await?;
    let Page { items: contacts, next } = page.ok_or_else(no_cursor)?;
    let (name, content) = match format {
        FileFormat::Csv => ("roster.csv", write_csv(&contacts)),
        FileFormat::Json => ("roster.json", serde_json::to_string(&contacts).unwrap_or_default()),
        FileFormat::Vcard => {
            let from = app.others.as_ref().map_or("", |others| others.parts.sent_from());
            ("roster.vcf", write_vcards(&contacts, from))
        }
    };
    app.roster.record(&Change::of_everything(Action::Revealed, &caller.why())).await?;
    let next = next.map(|next| format!("/contacts/export?format={}&cursor={next}", format.name()));
    let file =
        File { media_type: format.media_type(), name: name.to_owned(), content: content.into() };
    Ok(Exported { file, next })
}
