//! What is written is read back unchanged, and nothing that is read makes the reader panic.

use muster_domain::roster::role::Role;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::*;

/// Texts with everything that means something in a sheet, beside other people's letters.
fn text() -> impl Strategy<Value = String> {
    let shown = prop_oneof![r#"['=+@;:,"\\ a-cß-]{1,12}"#, r"\PC{1,40}"];
    let plain = |text: &String| muster_domain::value::text::line(text).is_ok();
    shown.prop_map(|text| text.trim().to_owned()).prop_filter("refused in any contact", plain)
}

fn clock() -> impl Strategy<Value = String> {
    (0..=1440).prop_map(|minutes| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

fn availability() -> impl Strategy<Value = Value> {
    let days = vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let window = (subsequence(days, 1..=7).prop_shuffle(), clock(), clock());
    let window = window.prop_map(|(days, from, to)| json!({"days": days, "from": from, "to": to}));
    prop_oneof![Just(json!("24/7")), prop::collection::vec(window, 1..4).prop_map(Value::Array)]
}

fn status() -> impl Strategy<Value = Value> {
    let leave = ("20[0-9]{2}-0[1-9]-[12][0-9]")
        .prop_filter("no day", |day| day.parse::<jiff::civil::Date>().is_ok());
    let leave = leave.prop_map(|day| json!({"on_leave": {"until": day}}));
    prop_oneof![Just(json!("active")), Just(json!("departed")), leave]
}

/// Two of different types and any others, in any order.
fn channels() -> impl Strategy<Value = Vec<Value>> {
    let others = [
        ("sms", "+442079460958"),
        ("sms", "+390612345678"),
        ("voice", "+14255550101"),
        ("voice", "+4930123456"),
        ("email", "ada+pager@example.com"),
        ("email", "\"a;b,c:\"@example.com"),
    ];
    let channel = |(kind, address)| json!({"type": kind, "address": address});
    subsequence(others.to_vec(), 0..=6)
        .prop_map(move |others| {
            let two = [("sms", "+14255550101"), ("email", "ada@example.com")];
            two.into_iter().chain(others).map(channel).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn contact() -> impl Strategy<Value = Contact> {
    let who = ("a[a-z0-9-]{0,62}", text(), prop::option::of(text()), prop::option::of(text()));
    let roles = subsequence(Role::ALL.map(Role::name).to_vec(), 1..4).prop_shuffle().boxed();
    let list = || prop::collection::vec(text(), 0..4);
    let what = (roles, list(), list(), prop::collection::vec("[0-9]{12}", 0..3), 1..=4);
    let backup = prop::option::of("b[a-z0-9-]{0,63}");
    let zone = select(vec!["UTC", "Europe/London", "America/Argentina/Buenos_Aires"]);
    (who, what, channels(), availability(), status(), backup, zone).prop_map(
        |(who, what, channels, availability, status, backup, zone)| {
            let mut contact = json!({
                "id": who.0, "name": who.1, "roles": what.0, "channels": channels,
                "availability": availability, "time_zone": zone, "escalation_level": what.4,
                "skills": what.1, "certifications": what.2, "accounts": what.3, "status": status,
            });
            for (field, value) in
                [("department", who.2), ("manager", who.3), ("backup_contact", backup)]
            {
                if let Some(value) = value {
                    contact[field] = json!(value);
                }
            }
            let row = Row { line: 0, contact, faults: Vec::new(), covered: None };
            row.check(None, &stamp()).unwrap()
        },
    )
}

fn checked(rows: &[Row]) -> Vec<Contact> {
    rows.iter().map(|row| row.check(None, &stamp()).unwrap()).collect()
}

proptest! {
    #[test]
    fn sheets(contacts in prop::collection::vec(contact(), 0..6)) {
        let sheet = write_csv(&contacts);
        prop_assert_eq!(&checked(&read_csv(sheet.as_bytes()).unwrap()), &contacts);
        // And as a spreadsheet with another separator would save it.
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(sheet.as_bytes());
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        for record in reader.records() {
            writer.write_record(&record.unwrap()).unwrap();
        }
        let saved = writer.into_inner().unwrap();
        prop_assert_eq!(&checked(&read_csv(&saved).unwrap()), &contacts);
    }

    #[test]
    fn no_cell_is_a_formula(contacts in prop::collection::vec(contact(), 0..6)) {
        let sheet = write_csv(&contacts);
        for record in csv::Reader::from_reader(sheet.as_bytes()).records() {
            for cell in &record.unwrap() {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", cell);
            }
        }
    }

    #[test]
    fn json_texts(contacts in prop::collection::vec(contact(), 0..6)) {
        let list = serde_json::to_vec(&contacts).unwrap();
        prop_assert_eq!(&checked(&read_json(&list).unwrap()), &contacts);
        let object = serde_json::to_vec(&json!({ "contacts": contacts })).unwrap();
        prop_assert_eq!(&checked(&read_json(&object).unwrap()), &contacts);
    }

    #[test]
    fn cards(contacts in prop::collection::vec(contact(), 0..6)) {
        let cards = write_vcards(&contacts, "muster@example.com");
        prop_assert!(cards.is_empty() || cards.ends_with("END:VCARD\r\n"));
        prop_assert!(cards.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        let unfolded = cards.replace("\r\n ", "");
        let there = contacts.iter().filter(|contact| !contact.departed());
        prop_assert_eq!(unfolded.matches("\r\nUID:urn:muster:contact:").count(), there.count());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_csv(&bytes);
        let _ = read_json(&bytes);
    }

    #[test]
    fn no_cells_panic(
        rows in r#"(\PC|[\t\r\n,;:"'\\=-]|sms|24/7|mon|until|08:00){0,60}"#,
        column in select(vec!["id", "channels", "phone", "availability", "escalation_level", "status", "skills"]),
    ) {
        let sheet = format!("name,role,sms,email,time zone,{column}\nAda,,,,,{rows}");
        for row in read_csv(sheet.as_bytes()).unwrap_or_default() {
            let _ = row.check(None, &stamp());
        }
    }
}

#[test]
fn the_longest_cell_comes_back() {
    let skills: Vec<String> = (0..100).map(|n| format!("{n:03}{}", ";".repeat(197))).collect();
    let contact = json!({
        "name": "Ada", "roles": ["legal_counsel"], "time_zone": "UTC", "skills": skills,
        "channels": [
            {"type": "sms", "address": "+14255550101"}, {"type": "email", "address": "ada@example.com"}
        ]
    });
    let row = Row { line: 0, contact, faults: Vec::new(), covered: None };
    let contacts = [row.check(None, &stamp()).unwrap()];
    assert_eq!(checked(&read_csv(write_csv(&contacts).as_bytes()).unwrap()), contacts);
}
