//! Import of a contact file: every row is checked before the first is written.

mod write;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::team::People;
use muster_domain::value::id::ContactId;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::{Replacement, Why, changed_fields};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::App;
use crate::http::caller::Caller;
use crate::http::problem::Problem;
use crate::roster::entries::stamp;
use crate::roster::gaps::{AllowGaps, Whole};
use crate::roster::sheet::{MAX_BYTES, Row, read_csv, read_json};

/// How many new contacts are few: for more, one question about all that was deleted is cheaper than one for each.
const FEW: usize = 50;
/// How many faults an answer names. Lambda's answers have 6 MB at most, and nobody reads more.
const MOST_FAULTS: usize = 2_000;

/// Status of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) enum RowStatus {
    /// The contact is new.
    Created,
    /// Fields of the contact change.
    Updated,
    /// The contact already has these values.
    Unchanged,
    /// Another request changed the contact at the same moment. Send the file again.
    Conflict,
    /// The table did not accept the row. Send the file again.
    Failed,
    /// Time ran out before this row. Send the file again to continue here.
    Pending,
    /// The row has errors.
    Invalid,
}

/// Result of one row.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct RowResult {
    /// Line number (CSV) or position (JSON), 1-based.
    line: usize,
    /// The contact ID. Omitted if the row has none that is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    id: Option<ContactId>,
    /// Status of the row.
    status: RowStatus,
    /// Fields that change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed_fields: Vec<String>,
    /// Errors of the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// Result of an import.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ImportResult {
    /// Whether the file was only validated.
    dry_run: bool,
    /// Whether the file was applied. One invalid row prevents all changes.
    applied: bool,
    /// Whether every row is stored as in the file. If not, send the same file again.
    complete: bool,
    /// Line of the first row that is not stored. Omitted if the import is complete or was not applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_line: Option<usize>,
    /// Number of rows with each status.
    counts: ImportCounts,
    /// Result of each row, in the order of the file.
    rows: Vec<RowResult>,
}

/// Number of rows with each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ImportCounts {
    /// Rows with new contacts.
    created: usize,
    /// Rows with changes.
    updated: usize,
    /// Rows without changes.
    unchanged: usize,
    /// Rows that another request overtook.
    conflict: usize,
    /// Rows that the table did not accept.
    failed: usize,
    /// Rows that were not reached in time.
    pending: usize,
    /// Rows with errors.
    invalid: usize,
}

impl ImportCounts {
    fn of(rows: &[RowResult]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            let count = match row.status {
                RowStatus::Created => &mut counts.created,
                RowStatus::Updated => &mut counts.updated,
                RowStatus::Unchanged => &mut counts.unchanged,
                RowStatus::Conflict => &mut counts.conflict,
                RowStatus::Failed => &mut counts.failed,
                RowStatus::Pending => &mut counts.pending,
                RowStatus::Invalid => &mut counts.invalid,
            };
            *count += 1;
        }
        counts
    }
}

impl ImportResult {
    fn of(rows: Vec<RowResult>, dry_run: bool, written: bool) -> Self {
        let stored = |row: &RowResult| match row.status {
            RowStatus::Unchanged => true,
            RowStatus::Created | RowStatus::Updated => written,
            RowStatus::Conflict | RowStatus::Failed | RowStatus::Pending | RowStatus::Invalid => {
                false
            }
        };
        let first = rows.iter().find(|row| !stored(row));
        Self {
            dry_run,
            applied: written,
            complete: first.is_none(),
            next_line: first.filter(|_| written).map(|row| row.line),
            counts: ImportCounts::of(&rows),
            rows,
        }
    }
}

/// The answer to an import: 200, or 422 if a row is invalid.
pub(crate) enum Imported {
    Valid(ImportResult),
    Invalid(ImportResult),
}

impl IntoResponse for Imported {
    fn into_response(self) -> Response {
        match self {
            Self::Valid(result) => Json(result).into_response(),
            Self::Invalid(result) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Json(result)).into_response()
            }
        }
    }
}

/// Whether to validate only: `dry_run`.
pub(crate) struct DryRun(bool);

impl<S: Send + Sync> FromRequestParts<S> for DryRun {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Parameters {
            dry_run: Option<String>,
        }
        let bad = |field: &str, fault: &str, example: &str| {
            Problem::bad_query(vec![FieldError::new(field, fault, example)])
        };
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else {
            return Err(bad("query", "could not be parsed", "dry_run=true"));
        };
        match given.dry_run.as_deref() {
            None | Some("false") => Ok(Self(false)),
            Some("true") => Ok(Self(true)),
            Some(_) => Err(bad("dry_run", "must be true or false", "true")),
        }
    }
}

/// The rows of a contact file: CSV, or JSON.
pub(crate) struct ContactFile(Vec<Row>);

impl<S: Send + Sync> FromRequest<S> for ContactFile {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let read = match kind.to_ascii_lowercase().as_str() {
            "text/csv" => read_csv,
            "application/json" => read_json,
            _ => return Err(Problem::not_a_sheet()),
        };
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BYTES).await;
        let bytes = bytes.map_err(|_| Problem::too_large_a_file())?;
        read(&bytes).map(Self).map_err(Problem::invalid)
    }
}

pub(crate) async fn import(
    State(app): State<App>,
    caller: Caller,
    overriding: AllowGaps,
    DryRun(dry_run): DryRun,
    ContactFile(rows): ContactFile,
) -> Result<Imported, Problem> {
    let came = Instant::now();
    let mut why = Why { source: "import", ..caller.why() };
    let before = Whole::read(&app).await?;
    let planned = plan(&rows, &before.people, &stamp(&why));
    let invalid = planned.iter().any(|(line, _)| line.status == RowStatus::Invalid);
    if invalid {
        return Ok(Imported::Invalid(answer(planned, dry_run)));
    }
    let mut after = before.clone();
    for contact in planned.iter().filter_map(|(_, contact)| contact.as_ref()) {
        after.people.insert(contact.id.clone(), contact.clone());
    }
    overriding.accept(&before.opened_by(&after), &mut why)?;
    if dry_run {
        return Ok(Imported::Valid(answer(planned, dry_run)));
    }
    let new = planned.iter().filter(|(line, _)| line.status == RowStatus::Created).count();
    let last = if new > FEW { app.roster.last_versions::<Contact>().await? } else { None };
    let last = |entry: &Contact| Some(last.as_ref()?.get(entry.id.as_str()).copied().unwrap_or(0));
    let rows: Vec<Replacement<'_, Contact>> = planned
        .iter()
        .filter_map(|(_, contact)| contact.as_ref())
        .map(|entry| Replacement { entry, before: before.people.get(&entry.id), last: last(entry) })
        .collect();
    let time = write::Time::left(came, Instant::now());
    let ends = write::all(&app.roster, &rows, &why, time).await;
    let rows = written(planned, ends);
    let imported = ImportResult::of(rows, dry_run, true);
    tracing::info!(counts = ?imported.counts, "imported");
    Ok(Imported::Valid(imported))
}

/// The rows with what became of those that were to be written.
fn written(planned: Vec<(RowResult, Option<Contact>)>, ends: Vec<write::End>) -> Vec<RowResult> {
    let mut ends = ends.into_iter();
    let line = |(mut line, contact): (RowResult, Option<Contact>)| {
        line.status = match contact.and_then(|_| ends.next()) {
            None | Some(write::End::Written) => line.status,
            Some(write::End::Conflict) => RowStatus::Conflict,
            Some(write::End::Failed) => RowStatus::Failed,
            Some(write::End::Pending) => RowStatus::Pending,
        };
        line
    };
    planned.into_iter().map(line).collect()
}

/// The answer of an import that writes nothing.
fn answer(planned: Vec<(RowResult, Option<Contact>)>, dry_run: bool) -> ImportResult {
    let mut left = MOST_FAULTS;
    let line = |(mut line, _): (RowResult, Option<Contact>)| {
        line.errors.truncate(left);
        left -= line.errors.len();
        line
    };
    let rows = planned.into_iter().map(line).collect();
    ImportResult::of(rows, dry_run, false)
}

/// What each row would do, and the contact to write where it would do something.
fn plan(rows: &[Row], current: &People, stamp: &Stamp) -> Vec<(RowResult, Option<Contact>)> {
    let mut seen = BTreeSet::new();
    let one = |row: &Row| {
        let invalid = |id, faults| {
            let (outcome, fields) = (RowStatus::Invalid, Vec::new());
            (
                RowResult {
                    line: row.line,
                    id,
                    status: outcome,
                    changed_fields: fields,
                    errors: faults,
                },
                None,
            )
        };
        let id = row.id();
        let before = id.as_ref().and_then(|id| current.get(id));
        let contact = match row.check(before, stamp) {
            Ok(contact) => contact,
            Err(faults) => return invalid(id, faults),
        };
        let id = contact.id.clone();
        if !seen.insert(id.clone()) {
            let fault = "must be unique in the file";
            return invalid(Some(id), vec![FieldError::new("id", fault, "ada-lovelace-2")]);
        }
        let fields = before.map_or_else(Vec::new, |before| changed_fields(before, &contact));
        let outcome = match before {
            None => RowStatus::Created,
            Some(_) if fields.is_empty() => RowStatus::Unchanged,
            Some(_) => RowStatus::Updated,
        };
        // A row that an earlier import of the same file wrote has a later version, and nothing to change.
        let version = row.contact["version"].as_u64().filter(|_| outcome == RowStatus::Updated);
        if version.is_some() && version != before.map(|before| before.version) {
            let fault = "is not the current version. Export the contacts again";
            return invalid(Some(id), vec![FieldError::new("version", fault, "2")]);
        }
        let write = (outcome != RowStatus::Unchanged).then_some(contact);
        (
            RowResult {
                line: row.line,
                id: Some(id),
                status: outcome,
                changed_fields: fields,
                errors: Vec::new(),
            },
            write,
        )
    };
    rows.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    fn line(line: usize, outcome: RowStatus) -> RowResult {
        RowResult {
            line,
            id: None,
            status: outcome,
            changed_fields: Vec::new(),
            errors: Vec::new(),
        }
    }

    #[test]
    fn an_import_that_ran_out_of_time_says_where_it_goes_on() {
        let outcomes =
            [RowStatus::Unchanged, RowStatus::Created, RowStatus::Pending, RowStatus::Pending];
        let rows: Vec<_> = (2..).zip(outcomes).map(|(at, outcome)| line(at, outcome)).collect();
        let answer = to_value(ImportResult::of(rows, false, true)).unwrap();
        assert_eq!((&answer["complete"], &answer["next_line"]), (&json!(false), &json!(4)));
        let counts = json!({
            "created": 1, "updated": 0, "unchanged": 1, "conflict": 0, "failed": 0, "pending": 2,
            "invalid": 0
        });
        assert_eq!(answer["counts"], counts);
    }

    #[test]
    fn rows_that_an_earlier_import_wrote_are_unchanged_whatever_their_version() {
        let stamp = Stamp { by: "test".into(), at: jiff::Timestamp::UNIX_EPOCH };
        let row = |department: &str| {
            let contact = json!([{
                "name": "Ada Lovelace", "roles": ["incident_commander"], "version": 1,
                "channels": [
                    {"type": "sms", "address": "+14255550101"},
                    {"type": "email", "address": "ada@example.com"}
                ],
                "department": department, "time_zone": "Europe/London"
            }]);
            read_json(contact.to_string().as_bytes()).unwrap().remove(0)
        };
        // The file was exported at version 1, and its import wrote version 2.
        let stored = row("Cloud").check(None, &stamp).unwrap();
        let stored = Contact { version: 2, ..stored };
        let current = People::from([(stored.id.clone(), stored)]);
        let outcome = |department: &str| {
            let (line, contact) = plan(&[row(department)], &current, &stamp).remove(0);
            (line.status, contact.is_some())
        };
        assert_eq!(outcome("Cloud"), (RowStatus::Unchanged, false));
        assert_eq!(outcome("Security"), (RowStatus::Invalid, false));
    }

    #[test]
    fn an_import_is_complete_once_each_row_is_stored() {
        let of = |outcome, written: bool| {
            let answer =
                to_value(ImportResult::of(vec![line(2, outcome)], !written, written)).unwrap();
            (answer["complete"] == true, answer.get("next_line").is_some())
        };
        assert_eq!(of(RowStatus::Created, true), (true, false));
        assert_eq!(of(RowStatus::Updated, true), (true, false));
        assert_eq!(of(RowStatus::Unchanged, true), (true, false));
        for outcome in [RowStatus::Conflict, RowStatus::Failed, RowStatus::Pending] {
            assert_eq!(of(outcome, true), (false, true), "{outcome:?}");
        }
        // What a dry run would do is not done.
        assert_eq!(of(RowStatus::Created, false), (false, false));
        assert_eq!(of(RowStatus::Unchanged, false), (true, false));
        assert_eq!(of(RowStatus::Invalid, false), (false, false));
    }
}
