//! Sheets that people send: what is understood, what is refused, and with which words.

mod cards;
mod round_trip;

use jiff::Timestamp;
use serde_json::json;

use super::*;

fn stamp() -> Stamp {
    Stamp { by: "test".into(), at: Timestamp::constant(1_795_402_800, 0) }
}

fn told(faults: &[FieldError]) -> String {
    faults.iter().map(|f| format!("{} {}", f.field, f.message)).collect::<Vec<_>>().join("\n")
}

/// Why the sheet as a whole is refused.
fn refused(sheet: impl AsRef<[u8]>) -> String {
    told(&read_csv(sheet.as_ref()).unwrap_err())
}

/// The only row of a sheet.
fn only(sheet: &str) -> Row {
    let mut rows = read_csv(sheet.as_bytes()).unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// A sheet of one good row with one cell more.
fn with(column: &str, cell: &str) -> Row {
    let ada = "Ada Lovelace,Incident Commander,+14255550101,ada@example.com,Europe/London";
    let cell = cell.replace('"', "\"\"");
    only(&format!("name,role,sms,email,time zone,{column}\n{ada},\"{cell}\"\n"))
}

#[test]
fn a_common_contact_sheet() {
    let sheet = "Full Name;Role;Primary E-Mail;Secondary_Email;PRIMARY PHONE;Secondary-Phone;SMS Number;Department;Manager;Backup;Availability;Time Zone;Escalation Level;Skills;Certifications\r\n\
        Ada Lovelace;Incident Commander;ada@example.com;ada@example.org;+1 (425) 555-0101;+14255550102;'+14255550103;Cloud, Security;Grace Hopper;grace;24/7;Europe/London;2;\"forensics; mathematics\";\r\n";
    let row = only(sheet);
    assert_eq!(row.line, 2);
    let expected = json!({
        "name": "Ada Lovelace", "roles": ["incident_commander"],
        "channels": [
            {"type": "sms", "address": "+14255550103"},
            {"type": "voice", "address": "+14255550101"},
            {"type": "voice", "address": "+14255550102"},
            {"type": "email", "address": "ada@example.com"},
            {"type": "email", "address": "ada@example.org"}
        ],
        "department": "Cloud, Security", "manager": "Grace Hopper", "backup_contact": "grace",
        "availability": "24/7", "time_zone": "Europe/London", "escalation_level": 2,
        "skills": ["forensics", "mathematics"]
    });
    assert_eq!(row.contact, expected);
    assert!(row.check(None, &stamp()).is_ok());
}

#[test]
fn separators_marks_and_blank_rows() {
    for separator in [",", ";", "\t"] {
        for end in ["\n", "\r\n", "\r"] {
            let lines = [
                "name,role,mobile,e-mail,timezone,,",
                "",
                ",,,,",
                "Ada,incident_commander,+14255550101,ada@example.com,UTC,,,,",
                "\"Grace\",Technical-Lead,+14255550102,grace@example.com,UTC",
            ];
            let sheet = lines.join(end).replace(',', separator);
            for sheet in [format!("\u{feff}{sheet}"), format!("{end}{sheet}{end}")] {
                let rows = read_csv(sheet.as_bytes()).unwrap();
                let first = usize::from(!sheet.starts_with('\u{feff}'));
                let lines: Vec<usize> = rows.iter().map(|row| row.line - first).collect();
                assert_eq!(lines, [4, 5], "{separator:?} {end:?}");
                assert!(rows.iter().all(|row| row.check(None, &stamp()).is_ok()));
            }
        }
    }
}

#[test]
fn a_row_after_a_cell_of_several_lines_keeps_its_line() {
    let sheet = "name,role,sms,email,time zone\r\n\"A\r\nB\",,,,\r\nC,,,,\r\n";
    let rows = read_csv(sheet.as_bytes()).unwrap();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn headers() {
    let check = |header: &str, expected: &str| assert_eq!(refused(header), expected, "{header}");
    let none = "line 1 must start with a header row";
    check("", "file must not be empty");
    check("\n\n", "file must not be empty");
    check(",,,\n", "file must not be empty");
    check("Ada Lovelace,+14255550101", none);
    check(
        "name,role,sms,email,time zone,Fax,fax@example.com,+14255550101,,Mobile",
        "line 1 column 6 (Fax) is not a supported column\n\
         line 1 column 7 is not a supported column\n\
         line 1 column 8 is not a supported column\n\
         line 1 column 9 is not a supported column\n\
         line 1 column 10 (Mobile) appears twice",
    );
    check(
        "id,email,secondary email",
        "line 1 has no name column\nline 1 has no role column\nline 1 has no time zone column\n\
         line 1 must have columns for at least two of sms, phone, and email, or a channels column",
    );
    assert!(read_csv(b"name,role,channels,time zone").unwrap().is_empty());
    assert!(read_csv("Name,Roles,Phone,Mobile,TimeZone".as_bytes()).unwrap().is_empty());
}

#[test]
fn files_that_are_no_sheet() {
    const HEADER: &str = "name,role,sms,email,time zone\r\n";
    let check = |rows: &[u8], expected: &str| {
        assert_eq!(refused([HEADER.as_bytes(), rows].concat()), expected);
    };
    check(b"Ada\r\nM\xfcller", "line 3 must be UTF-8 encoded");
    check(b"Ada\r\n\"Grace\r\nBob\r\n", "line 3 has an unclosed quotation mark");
    check(b"Ada\r\nGrace,\"", "line 3 has an unclosed quotation mark");
    check(
        b"Ada,,,,,,x\r\nGrace\r\n,,,,,x",
        "line 2 has more cells than the header row\nline 4 has more cells than the header row",
    );
    let long = format!("Ada\r\n{}", "ü".repeat(40_201));
    check(long.as_bytes(), "line 3 must not contain cells longer than 40,200 characters");
    check(&b"A\n".repeat(10_001), "file must contain at most 10,000 contacts");
    assert_eq!(
        read_csv(&[HEADER.as_bytes(), &b"A\n".repeat(10_000)].concat()).unwrap().len(),
        10_000
    );
    assert_eq!(refused(vec![b' '; MAX_BYTES + 1]), "file must be at most 5 MB");
    assert_eq!(refused("\u{feff}\"name"), "line 1 has an unclosed quotation mark");
    assert_eq!(refused(b"\xff\xfen\0a\0"), "line 1 must be UTF-8 encoded");
    let many = read_csv(&[HEADER.as_bytes(), &b",,,,,x\n".repeat(500)].concat()).unwrap_err();
    assert_eq!(many.len(), 100);
}

#[test]
fn hours_and_status() {
    let check = |column: &str, cell: &str, expected: Value| {
        assert_eq!(with(column, cell).contact[column], expected, "{cell}");
    };
    check("availability", "24x7", json!("24/7"));
    check(
        "availability",
        "Mon-Wed, sat 08:00 - 18:00; sun-monday 22:00–06:00;",
        json!([
            {"days": ["mon", "tue", "wed", "sat"], "from": "08:00", "to": "18:00"},
            {"days": ["sun", "mon"], "from": "22:00", "to": "06:00"}
        ]),
    );
    check("status", "Departed", json!("departed"));
    check("status", "On leave until 2026-12-31", json!({"on_leave": {"until": "2026-12-31"}}));
    for cell in ["mon", "8:00-9:00", "mon 8:00-9:00", "mo 08:00-09:00", "mon 08:00", "office hours"]
    {
        let faults = with("availability", cell).check(None, &stamp()).unwrap_err();
        let expected = "availability must be 24/7 or days and hours, separated by semicolons";
        assert_eq!(told(&faults), expected, "{cell}");
    }
    for cell in ["gone", "on_leave", "on_leave until Friday", "active until 2026-12-31"] {
        let faults = with("status", cell).check(None, &stamp()).unwrap_err();
        let expected = "status must be active, departed, or \"on_leave until YYYY-MM-DD\"";
        assert_eq!(told(&faults), expected, "{cell}");
    }
}

#[test]
fn lists_and_quotes() {
    let check = |cell: &str, expected: &[&str]| {
        assert_eq!(with("skills", cell).contact["skills"], json!(expected), "{cell}");
    };
    check("forensics", &["forensics"]);
    check(" a ;b;; c,d; ", &["a", "b", "c,d"]);
    check(r"a\;b; c\\; \d\", &["a;b", r"c\", r"\d\"]);
    check("'=1+1; '=2", &["=1+1", "'=2"]);
    check("''@a", &["'@a"]);
    check("'tis; \"so\"", &["'tis", "\"so\""]);
}

#[test]
fn faults_of_a_row_come_together_and_repeat_nothing() {
    let sheet = "name,role,channels,phone,time zone,level,status,skills\n\
        SECRET,Boss,sms:SECRET,+1SECRET,Secret/City,SECRET,SECRET,\"SECRET;\nSECRET\"\n";
    let faults = only(sheet).check(None, &stamp()).unwrap_err();
    insta::assert_snapshot!(told(&faults), @r#"
    skills must not contain line breaks or control characters
    status must be active, departed, or "on_leave until YYYY-MM-DD"
    channels must be empty if a single-channel column is filled
    roles[0] must be one of: incident_commander, incident_manager, technical_lead, security_analyst, communications_lead, subject_matter_expert, legal_counsel
    channels[0].address must be a valid phone number in E.164 format: +, country code, and number, without spaces
    channels must contain at least two channel types
    time_zone must be an IANA time zone name
    escalation_level must be an integer from 1 to 4
    "#);
    assert!(!format!("{faults:?} {:?}", only(sheet)).to_uppercase().contains("SECRET"));
}

#[test]
fn channels_of_either_kind() {
    let row = only(
        "name,role,channels,phone,time zone\nAda,Legal Counsel,Email:ada@example.com; sms: +1 425 555 0101,,UTC\n",
    );
    let channels = row.check(None, &stamp()).unwrap().channels;
    assert_eq!(channels.iter().map(|c| c.kind().name()).collect::<Vec<_>>(), ["email", "sms"]);
    let faults = with("channels", "ada@example.com").check(None, &stamp()).unwrap_err();
    assert_eq!(
        told(&faults),
        "channels must be a list of type:address pairs in order of preference"
    );
    let none = only("name,role,sms,email,time zone\nAda,Legal Counsel,,,UTC\n");
    let faults = none.check(None, &stamp()).unwrap_err();
    assert_eq!(told(&faults), "channels must contain at least two channel types");
}

#[test]
fn json_files() {
    let check = |text: &str, expected: &str| {
        assert_eq!(told(&read_json(text.as_bytes()).unwrap_err()), expected, "{text}");
    };
    check("[{]", "line 1, column 3 is not valid JSON");
    check("", "line 1, column 0 is not valid JSON");
    check("7", "file must be an array of contacts");
    check("{}", "file must have an array of contacts in contacts");
    check("{\"contacts\": {}}", "file must have an array of contacts in contacts");
    check("{\"contacts\": [], \"x\": 1}", "file must not contain fields other than contacts");
    check(&format!("[{}0]", "0,".repeat(10_000)), "file must contain at most 10,000 contacts");
    check(&" ".repeat(MAX_BYTES + 1), "file must be at most 5 MB");
    let rows = read_json("\u{feff}{\"contacts\": [{}, 7]}".as_bytes()).unwrap();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2]);
    let faults = rows[1].check(None, &stamp()).unwrap_err();
    assert_eq!(told(&faults), "contact must be a JSON object");
}
