//! What a draft is refused for, and that what is accepted round-trips.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::samples::now;
use crate::value::channel::{Email, Phone};

fn good() -> Value {
    json!({
        "name": "Ada Lovelace", "roles": ["incident_commander"],
        "channels": [
            {"type": "sms", "address": "+14255550101"},
            {"type": "email", "address": "ada@example.com"}
        ],
        "time_zone": "Europe/London"
    })
}

fn check(value: Value) -> Result<Contact, Vec<FieldError>> {
    let draft: ContactInput = serde_json::from_value(value).unwrap();
    draft.check(None, None, &Stamp { by: "test".into(), at: now() })
}

fn faults(value: Value) -> String {
    let faults = check(value).unwrap_err();
    faults.iter().map(|f| format!("{} {}", f.field, f.message)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_short_draft_gets_the_defaults() {
    let contact = check(good()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&contact).unwrap());
}

#[test]
fn every_field_is_kept() {
    let mut value = good();
    for (key, field) in [
        ("id", json!("ada")),
        ("department", json!("Security")),
        ("manager", json!("Grace Hopper")),
        ("backup_contact", json!("grace")),
        ("availability", json!([{"days": ["mon"], "from": "22:00", "to": "06:00"}])),
        ("escalation_level", json!(3)),
        ("skills", json!(["leadership"])),
        ("certifications", json!(["CISSP"])),
        ("accounts", json!(["111122223333"])),
        ("status", json!({"on_leave": {"until": "2026-12-31"}})),
    ] {
        value[key] = field;
    }
    let contact = serde_json::to_value(check(value.clone()).unwrap()).unwrap();
    for (key, field) in value.as_object().unwrap() {
        assert_eq!(&contact[key], field, "{key}");
    }
    // What was read can be sent back.
    assert!(check(contact).is_ok());
}

#[test]
fn all_faults_come_together() {
    let bad = json!({
        "roles": ["boss"],
        "channels": [{"type": "sms", "address": "555-0101"}, {"type": "fax"}],
        "time_zone": "Mars/Olympus", "escalation_level": 9, "accounts": ["12"], "emial": "x",
        "availability": [{"days": [], "from": "08:00", "to": "18:00"}, {"days": ["mon"], "from": "8", "to": "9"}],
        "status": "gone", "skills": "forensics", "backup_contact": "Bob B"
    });
    insta::assert_snapshot!(faults(bad), @r#"
    emial is not a field of a contact
    name is required
    roles[0] must be one of: incident_commander, incident_manager, technical_lead, security_analyst, communications_lead, subject_matter_expert, legal_counsel
    channels[0].address must be a valid phone number in E.164 format: +, country code, and number, without spaces
    channels[1].type must be one of: email, sms, voice, webhook
    channels[1].address is required
    backup_contact must be a contact ID (a-z, 0-9, and hyphens)
    availability[1] must have days (mon to sun), from, and to (00:00 to 24:00)
    availability[0].days must contain at least one day
    time_zone must be an IANA time zone name
    escalation_level must be an integer from 1 to 4
    skills must be an array
    accounts[0] must be a 12-digit AWS account ID, as a string
    status must be "active", "departed", or {"on_leave": {"until": "YYYY-MM-DD"}}
    "#);
}

#[test]
fn two_types_of_channel() {
    let two = "channels must contain at least two channel types";
    let mut value = good();
    value["channels"] = json!([{"type": "sms", "address": "+14255550101"}, {"type": "sms", "address": "+14255550102"}]);
    assert_eq!(faults(value.clone()), two);
    value["channels"] = json!([]);
    assert_eq!(faults(value.clone()), two);
    value["channels"] = json!([{"type": "sms", "address": "+14255550101"}, {"type": "voice", "address": "+14255550101"}]);
    assert!(check(value).is_ok());
}

#[test]
fn no_text_hides_a_character() {
    for (key, field) in [
        ("name", json!("Ada\u{202E}ecalevoL")),
        ("department", json!("\u{2066}Security")),
        ("manager", json!("Grace\u{200B}Hopper")),
        ("skills", json!(["forensics", "\u{FEFF}triage"])),
        ("certifications", json!(["GC\u{AD}FA"])),
    ] {
        let mut value = good();
        value[key] = field;
        let refused = faults(value);
        assert!(refused.starts_with(key) && refused.contains(" must not contain "), "{refused}");
    }
}

#[test]
fn a_fault_never_repeats_what_was_sent() {
    let mut value = good();
    value["channels"][0]["address"] = json!("1-800-SECRET");
    value["secret@example.com"] = json!(1);
    let text = serde_json::to_string(&check(value).unwrap_err()).unwrap();
    assert!(!text.to_lowercase().contains("secret"), "{text}");
}

proptest! {
    /// Any value in any field is either refused by name or accepted and round-trips.
    #[test]
    fn nothing_panics(field in 0usize..14, text in ".{0,40}", number in any::<i64>(), pick in 0u8..4) {
        const FIELDS: [&str; 14] = [
            "id", "name", "roles", "channels", "department", "manager", "backup_contact", "availability",
            "time_zone", "escalation_level", "skills", "certifications", "accounts", "status",
        ];
        let mut value = good();
        value[FIELDS[field]] = match pick {
            0 => json!(text),
            1 => json!(number),
            2 => json!([text, number]),
            _ => json!({ text: number }),
        };
        match check(value) {
            Ok(contact) => {
                let text = serde_json::to_string(&contact).unwrap();
                prop_assert_eq!(serde_json::from_str::<Contact>(&text).unwrap(), contact);
            }
            Err(faults) => prop_assert!(faults.iter().all(|f| !f.example.is_empty())),
        }
    }

    /// What the phone and e-mail readers accept, they accept again, unchanged.
    #[test]
    fn addresses_round_trip(phone in r"\+[0-9]{5,16}", email in "[a-z.@+]{1,24}") {
        if let Ok(parsed) = phone.parse::<Phone>() {
            prop_assert_eq!(String::from(parsed), phone);
        }
        if let Ok(parsed) = email.parse::<Email>() {
            prop_assert_eq!(String::from(parsed), email);
        }
    }
}
