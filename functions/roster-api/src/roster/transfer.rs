//! Import of a contact file: every row is checked before the first is written.

mod result;
mod write;

use std::collections::BTreeSet;

use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::team::People;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::{ChangeSource, Replacement, Why, changed_fields};
use serde::Deserialize;
use tokio::time::Instant;

pub(crate) use self::result::{ImportResult, Imported};
use self::result::{RowResult, RowStatus};
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
    let mut why = Why { source: ChangeSource::Import, ..caller.why() };
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
    use serde_json::json;

    use super::*;

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
}
