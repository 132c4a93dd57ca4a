//! The columns a sheet may have, by the names that contact sheets give them.

use std::collections::BTreeSet;

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::fields::{ContactField, FIELDS};
use muster_domain::value::channel::ChannelType;

/// A header row that is enough.
pub(super) const HEADER: &str = "name,role,sms,email,time zone";
/// Most faults that are told at once.
pub(super) const MOST_FAULTS: usize = 100;

/// A column of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Single {
    /// Type of the channel.
    pub(super) kind: ChannelType,
    names: &'static [&'static str],
}

/// The columns of one channel each, in order of preference: what rings in a pocket comes before mail.
pub(super) const SINGLE: [Single; 5] = [
    Single {
        kind: ChannelType::Sms,
        names: &["sms", "smsnumber", "mobile", "mobilephone", "mobilenumber"],
    },
    Single {
        kind: ChannelType::Voice,
        names: &["phone", "primaryphone", "phonenumber", "telephone", "voice"],
    },
    Single { kind: ChannelType::Voice, names: &["secondaryphone", "alternatephone"] },
    Single { kind: ChannelType::Email, names: &["email", "primaryemail", "emailaddress"] },
    Single { kind: ChannelType::Email, names: &["secondaryemail", "alternateemail"] },
];

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// A field of the contact.
    Field(&'static ContactField),
    /// One channel.
    Channel(&'static Single),
}

impl Column {
    /// The field of a contact that it fills.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Field(field) => field.name,
            Self::Channel(_) => "channels",
        }
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Field(field) => field.columns,
            Self::Channel(single) => single.names,
        }
    }
}

/// Two columns are the same if they have the same names.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

/// The column with this name, however it is spelled.
pub(super) fn named(name: &str) -> Option<Column> {
    let plain = letters(name);
    let mut all = FIELDS.iter().map(Column::Field).chain(SINGLE.iter().map(Column::Channel));
    all.find(|column| column.names().contains(&plain.as_str()))
}

/// The letters and digits of a text, in lower case.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns that a header row names, or everything that is wrong with it.
pub(super) fn header(line: usize, cells: &[&str]) -> Result<Vec<Column>, Vec<FieldError>> {
    let place = format!("line {line}");
    let fault = |fault: String| FieldError::new(place.as_str(), fault, HEADER);
    let last = cells.iter().rposition(|cell| !cell.trim().is_empty());
    let cells = last.and_then(|last| cells.get(..=last)).unwrap_or_default();
    // Without any known name this is no header row but perhaps somebody's entry: nothing of it may
    // be repeated.
    if cells.iter().all(|cell| named(cell).is_none()) {
        return Err(vec![fault("must start with a header row".into())]);
    }
    let (mut columns, mut faults) = (Vec::new(), Vec::new());
    for (index, cell) in cells.iter().enumerate() {
        let shown = shown(index + 1, cell);
        match named(cell) {
            None => faults.push(fault(format!("{shown} is not a supported column"))),
            Some(column) if columns.contains(&column) => {
                faults.push(fault(format!("{shown} appears twice")));
            }
            Some(column) => columns.push(column),
        }
    }
    for (field, name) in [("name", "name"), ("roles", "role"), ("time_zone", "time zone")] {
        if !columns.iter().any(|column| column.field() == field) {
            faults.push(fault(format!("has no {name} column")));
        }
    }
    let given: BTreeSet<ChannelType> = columns
        .iter()
        .filter_map(|column| match column {
            Column::Channel(single) => Some(single.kind),
            Column::Field(_) => None,
        })
        .collect();
    let listed =
        columns.iter().any(|column| matches!(column, Column::Field(f) if f.name == "channels"));
    if !listed && given.len() < 2 {
        let text =
            "must have columns for at least two of sms, phone, and email, or a channels column";
        faults.push(fault(text.to_owned()));
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

/// A column for an error message, by its name only if that cannot be a number or an address.
fn shown(number: usize, name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-".contains(c);
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    let harmless = name.chars().count() <= 40 && digits <= 2 && name.chars().all(plain);
    match name.trim() {
        name if harmless && !name.is_empty() => format!("column {number} ({name})"),
        _ => format!("column {number}"),
    }
}
