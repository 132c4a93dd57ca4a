//! What an import answers: what became of each row, and whether the file is stored.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use muster_domain::draft::fault::FieldError;
use muster_domain::value::id::ContactId;
use serde::Serialize;

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
    #[cfg_attr(test, schema(minimum = 1))]
    pub(super) line: usize,
    /// The contact ID. Omitted if the row has none that is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    pub(super) id: Option<ContactId>,
    /// Status of the row.
    pub(super) status: RowStatus,
    /// Fields that change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, schema(example = json!(["department"])))]
    pub(super) changed_fields: Vec<String>,
    /// Errors of the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<FieldError>,
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
    pub(super) counts: ImportCounts,
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
    pub(super) fn of(rows: Vec<RowResult>, dry_run: bool, written: bool) -> Self {
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
