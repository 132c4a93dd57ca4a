//! Reading a sheet: separator, header, rows and their lines.

use std::io::Read as _;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use muster_domain::draft::fault::FieldError;

use super::columns::{HEADER, MOST_FAULTS, header, named};
use super::{MAX_ROWS, Row, row, too_many_rows, within_size};

/// Longest cell, in characters: a list of 100 entries of 200 characters, each of which may need a
/// backslash, with its separators. What may be exported must come back.
const MAX_CELL: usize = 100 * (2 * 200 + 2);
/// Set behind the file as a last row: an unclosed quote swallows it.
const END: &str = "\n\u{1}";
/// The comma last: of equals, the last wins.
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

/// The contacts of a sheet: UTF-8, a header row, cells separated by commas, semicolons or tabs.
///
/// # Errors
/// What is wrong with the file, by line. Faults of single contacts are told by [`Row::check`].
pub(crate) fn read_csv(bytes: &[u8]) -> Result<Vec<Row>, Vec<FieldError>> {
    within_size(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let place = format!("line {}", breaks(before) + 1);
        vec![FieldError::new(place, "must be UTF-8 encoded", "save as \"CSV UTF-8\"")]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text, separator(text))?.into_iter();
    let Some((line, first)) = records.next() else {
        return Err(vec![FieldError::new("file", "must not be empty", HEADER)]);
    };
    let columns = header(line, &first.iter().collect::<Vec<_>>())?;
    let covered = columns.iter().map(|column| column.field()).collect();
    let covered = Some(Arc::new(covered));
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (line, record) in records {
        let cells: Vec<&str> = record.iter().collect();
        if let Some(fault) = shape(line, columns.len(), &cells) {
            faults.push(fault);
            continue;
        }
        let (contact, faults) = row::contact(&columns, &cells);
        rows.push(Row { line, contact, faults, covered: covered.clone() });
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The separator by which the first row names most columns.
fn separator(text: &str) -> u8 {
    let columns = |separator: &u8| {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .delimiter(*separator)
            .from_reader(text.as_bytes());
        let mut first = StringRecord::new();
        // What cannot be read names no column.
        let read = reader.read_record(&mut first).unwrap_or(false);
        first.iter().filter(|cell| read && named(cell).is_some()).count()
    };
    SEPARATORS.into_iter().max_by_key(columns).unwrap_or(b',')
}

/// Every row that is not blank, with the line on which it begins.
fn records(text: &str, separator: u8) -> Result<Vec<(usize, StringRecord)>, Vec<FieldError>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes().chain(END.as_bytes()));
    let (mut records, mut lines, mut line) = (Vec::new(), Lines { text, at: 0, line: 1 }, 1);
    let mut record = StringRecord::new();
    let unreadable =
        |line| vec![FieldError::new(format!("line {line}"), "could not be parsed", HEADER)];
    let mut closed = false;
    while reader.read_record(&mut record).map_err(|_| unreadable(line))? {
        line = lines.of(record.position().map_or(0, csv::Position::byte));
        closed = record.iter().eq([END.trim_start()]);
        if closed || record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        records.push((line, std::mem::take(&mut record)));
        // The header comes on top.
        if records.len() > MAX_ROWS + 1 {
            return Err(too_many_rows());
        }
    }
    if !closed {
        let wrong = "has an unclosed quotation mark";
        return Err(vec![FieldError::new(format!("line {line}"), wrong, "\"Lovelace, Ada\"")]);
    }
    Ok(records)
}

/// What is wrong with a row before anybody reads what is in it.
fn shape(line: usize, columns: usize, cells: &[&str]) -> Option<FieldError> {
    let fault =
        |wrong: &str, example| Some(FieldError::new(format!("line {line}"), wrong, example));
    if cells.iter().skip(columns).any(|cell| !cell.trim().is_empty()) {
        return fault("has more cells than the header row", "\"Lovelace, Ada\"");
    }
    let long = |cell: &&str| cell.len() > MAX_CELL && cell.chars().count() > MAX_CELL;
    if cells.iter().any(long) {
        return fault("must not contain cells longer than 40,200 characters", "one line of text");
    }
    None
}

/// Counts lines as it goes. The reader's own count is of line feeds it has consumed, which is one
/// too few behind CRLF and blank lines.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first row at or after this byte; the bytes must ascend.
    fn of(&mut self, byte: u64) -> usize {
        let bytes = self.text.as_bytes();
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        let rest = bytes.get(from..).unwrap_or_default();
        let start = from + rest.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        self.line += breaks(bytes.get(self.at..start).unwrap_or_default());
        self.at = start;
        self.line
    }
}

/// How many line breaks there are: LF, CRLF or a lone CR.
fn breaks(bytes: &[u8]) -> usize {
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    let ends = |(byte, next): (&u8, Option<&u8>)| {
        *byte == b'\n' || (*byte == b'\r' && next != Some(&b'\n'))
    };
    bytes.iter().zip(next).filter(|pair| ends(*pair)).count()
}
