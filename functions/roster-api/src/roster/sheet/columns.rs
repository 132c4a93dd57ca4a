//! The columns a sheet may have, by the names that contact sheets give them.

use Column::{
    Accounts, Availability, Backup, Certifications, Channels, Department, Email, Id, Level,
    Manager, Name, Phone, Roles, SecondEmail, SecondPhone, Skills, Sms, Status, TimeZone,
};
use muster_domain::draft::fault::FieldError;

/// A header row that is enough.
pub(super) const HEADER: &str = "name,role,sms,email,time zone";
/// Most faults that are told at once.
pub(super) const MOST_FAULTS: usize = 100;

/// What a column holds. Those of one channel each are in order of preference: what rings in a
/// pocket comes before mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Id,
    Name,
    Roles,
    Channels,
    Sms,
    Phone,
    SecondPhone,
    Email,
    SecondEmail,
    Department,
    Manager,
    Backup,
    Availability,
    TimeZone,
    Level,
    Skills,
    Certifications,
    Accounts,
    Status,
}

/// Each column's names by their letters and digits alone, in lower case.
const NAMES: [(Column, &[&str]); 19] = [
    (Id, &["id", "contactid"]),
    (Name, &["name", "fullname", "contactname"]),
    (Roles, &["roles", "role"]),
    (Channels, &["channels"]),
    (Sms, &["sms", "smsnumber", "mobile", "mobilephone", "mobilenumber"]),
    (Phone, &["phone", "primaryphone", "phonenumber", "telephone", "voice"]),
    (SecondPhone, &["secondaryphone", "alternatephone"]),
    (Email, &["email", "primaryemail", "emailaddress"]),
    (SecondEmail, &["secondaryemail", "alternateemail"]),
    (Department, &["department"]),
    (Manager, &["manager"]),
    (Backup, &["backup", "backupcontact"]),
    (Availability, &["availability"]),
    (TimeZone, &["timezone"]),
    (Level, &["level", "escalationlevel"]),
    (Skills, &["skills", "skill"]),
    (Certifications, &["certifications", "certification"]),
    (Accounts, &["accounts", "account", "awsaccounts", "awsaccount"]),
    (Status, &["status"]),
];

impl Column {
    /// The field of a contact that it fills.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Id => "id",
            Name => "name",
            Roles => "roles",
            Channels | Sms | Phone | SecondPhone | Email | SecondEmail => "channels",
            Department => "department",
            Manager => "manager",
            Backup => "backup_contact",
            Availability => "availability",
            TimeZone => "time_zone",
            Level => "escalation_level",
            Skills => "skills",
            Certifications => "certifications",
            Accounts => "accounts",
            Status => "status",
        }
    }
}

/// The column with this name, however it is spelled.
pub(super) fn named(name: &str) -> Option<Column> {
    let plain = letters(name);
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
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
    for (column, name) in [(Name, "name"), (Roles, "role"), (TimeZone, "time zone")] {
        if !columns.contains(&column) {
            faults.push(fault(format!("has no {name} column")));
        }
    }
    let types: [&[Column]; 3] = [&[Sms], &[Phone, SecondPhone], &[Email, SecondEmail]];
    let given = types.iter().filter(|any| any.iter().any(|column| columns.contains(column)));
    if !columns.contains(&Channels) && given.count() < 2 {
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
