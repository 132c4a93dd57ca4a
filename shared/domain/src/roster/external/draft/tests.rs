//! What a draft is refused for, and that what is accepted round-trips.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::draft::checks::ZONE;
use crate::roster::external::ExternalResourceType;
use crate::samples::now;

const FIELDS: [&str; 18] = [
    "id",
    "organization",
    "type",
    "contact_name",
    "role",
    "service_type",
    "contract_number",
    "support_level",
    "contact_email",
    "contact_phone",
    "escalation_email",
    "escalation_phone",
    "portal_url",
    "availability",
    "time_zone",
    "response_sla_minutes",
    "expertise_areas",
    "notification_obligations",
];

fn good() -> Value {
    json!({
        "organization": "Data Protection Authority", "type": "regulator",
        "contact_email": "breach@example.org"
    })
}

fn good_with(key: &str, field: Value) -> Value {
    let mut value = good();
    value[key] = field;
    value
}

fn stamp() -> Stamp {
    Stamp { by: "test".into(), at: now() }
}

fn draft(value: Value) -> ExternalResourceInput {
    serde_json::from_value(value).unwrap()
}

fn check(value: Value) -> Result<ExternalResource, Vec<FieldError>> {
    draft(value).check(None, None, &stamp())
}

/// The faults as lines; empty if there are none.
fn faults(value: Value) -> String {
    let faults = check(value).err().unwrap_or_default();
    faults.iter().map(|f| format!("{} {}", f.field, f.message)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_short_draft_gets_the_defaults() {
    let resource = check(good()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&resource).unwrap(), @r#"
    {
      "id": "data-protection-authority",
      "organization": "Data Protection Authority",
      "type": "regulator",
      "contact_email": "breach@example.org",
      "availability": "24/7",
      "expertise_areas": [],
      "notification_obligations": [],
      "created_at": "2026-11-23T03:00:00Z",
      "created_by": "test",
      "updated_at": "2026-11-23T03:00:00Z",
      "updated_by": "test",
      "version": 1
    }
    "#);
}

#[test]
fn every_field_is_kept() {
    let value = json!({
        "id": "dpa", "organization": "Data Protection Authority", "type": "regulator",
        "contact_name": "Grace Hopper", "role": "Case officer", "service_type": "Breach reports",
        "contract_number": "DPA-17", "support_level": "None",
        "contact_email": "breach@example.org", "contact_phone": "+14255550101",
        "escalation_email": "head@example.org", "escalation_phone": "+14255550102",
        "portal_url": "https://breach.example.org/report",
        "availability": [{"days": ["mon", "fri"], "from": "09:00", "to": "16:00"}],
        "time_zone": "Europe/Berlin", "response_sla_minutes": 480, "expertise_areas": ["privacy law"],
        "notification_obligations": [{"incident_types": ["malware", "data_exposure"], "within_hours": 72}]
    });
    let resource = serde_json::to_value(check(value.clone()).unwrap()).unwrap();
    for key in FIELDS {
        assert_eq!(resource[key], value[key], "{key}");
    }
    // What was read can be sent back.
    assert!(check(resource).is_ok());
}

#[test]
fn all_faults_come_together() {
    let bad = json!({
        "id": "The Authority", "organization": " ", "type": "police", "contact_name": 7,
        "role": "Case\u{202E}officer", "contact_email": "Ada <ada@example.com>",
        "escalation_phone": "555-0101", "portal_url": "http://example.org",
        "availability": [{"days": ["mon"], "from": "09:00", "to": "16:00"}],
        "response_sla_minutes": 0.5, "expertise_areas": ["", 1], "emial": "x",
        "notification_obligations": [
            {"incident_types": ["breach"], "within_hours": 0, "law": "GDPR"},
            {"incident_types": [], "within_hours": 9000}, {}, "72 hours"
        ]
    });
    insta::assert_snapshot!(faults(bad), @r#"
    emial is not a field of an external resource
    organization must not be empty
    id must have 1 to 64 characters: a-z, 0-9, and hyphens
    type must be one of: aws_support, aws_cirt, aws_shield, aws_managed_services, forensics, legal, insurer, regulator, law_enforcement, vendor, isv, msp, other
    contact_name must be a string
    role must not contain U+202E, which changes the text direction
    contact_email must be a single email address without a display name
    escalation_phone must be a valid phone number in E.164 format: +, country code, and number, without spaces
    portal_url must be a URL that starts with https://
    time_zone is required for weekly windows
    response_sla_minutes must be an integer from 1 to 525600 (minutes in a year)
    expertise_areas[1] must be a string
    expertise_areas[0] must not be empty
    notification_obligations[3] must be an object with incident_types and within_hours
    notification_obligations[0].law is not a field of a notification obligation
    notification_obligations[0].incident_types[0] must be one of: account_compromise, malware, data_exposure, service_disruption, logging_tampering, suspicious_activity, vulnerability, misconfiguration, penetration_test, other
    notification_obligations[0].within_hours must be an integer from 1 to 8760 (hours in a year)
    notification_obligations[1].incident_types must contain at least one incident type
    notification_obligations[1].within_hours must be an integer from 1 to 8760 (hours in a year)
    notification_obligations[2].incident_types must contain at least one incident type
    notification_obligations[2].within_hours is required
    "#);
}

/// Sends each field in a wrong type or form, then the example that the fault gave.
#[test]
fn examples_pass() {
    for key in FIELDS {
        for wrong in [json!({"a": {}}), json!(-1), json!("\u{202E}"), json!([[]])] {
            let faults = check(good_with(key, wrong)).unwrap_err();
            let fault = faults.iter().find(|fault| fault.field.starts_with(key)).unwrap();
            let example = fault.example.split(" or ").last().unwrap();
            let value = serde_json::from_str(example).unwrap_or_else(|_| json!(example));
            let in_list = fault.field.ends_with("[0]") && !value.is_array();
            let mut fixed = good_with(key, if in_list { json!([value]) } else { value });
            fixed["time_zone"] = json!(ZONE);
            assert_eq!(self::faults(fixed), "", "{key} {fault:?}");
        }
    }
}

#[test]
fn somebody_must_be_reachable() {
    let check = |kind: &str, way: &str, value: &str, expected: &str| {
        let draft = json!({"organization": "Helpers", "type": kind, way: value});
        assert_eq!(faults(draft), expected, "{kind} {way}");
    };
    let none = "contact_email is required unless contact_phone is set";
    let none_aws = "contact_email is required unless contact_phone or portal_url is set";
    for kind in ExternalResourceType::ALL {
        check(kind.name(), "contact_email", "help@example.com", "");
        check(kind.name(), "contact_phone", "+14255550101", "");
        check(kind.name(), "portal_url", PORTAL, if kind.is_aws() { "" } else { none });
        let expected = if kind.is_aws() { none_aws } else { none };
        check(kind.name(), "escalation_email", "help@example.com", expected);
    }
    let https = "portal_url must be a URL that starts with https://";
    check("aws_support", "portal_url", "http://console.aws.amazon.com/support/home", https);
    // A wrong way is one fault, not two.
    check(
        "vendor",
        "contact_email",
        "help",
        "contact_email must be a single email address without a display name",
    );
}

#[test]
fn only_some_kinds_have_duties() {
    for kind in ExternalResourceType::ALL {
        let mut value = good_with("type", json!(kind.name()));
        value["notification_obligations"] = json!([]);
        assert_eq!(faults(value.clone()), "", "{kind:?}");
        value["notification_obligations"] =
            json!([{"incident_types": ["data_exposure"], "within_hours": 72}]);
        let may = ["regulator", "law_enforcement", "legal", "insurer"].contains(&kind.name());
        let no = "notification_obligations are supported only for the types regulator, law_enforcement, legal, and insurer";
        assert_eq!(faults(value), if may { "" } else { no }, "{kind:?}");
    }
}

#[test]
fn windows_need_a_time_zone() {
    let mut value = good();
    value["availability"] = json!([{"days": ["mon"], "from": "09:00", "to": "17:00"}]);
    assert_eq!(faults(value.clone()), "time_zone is required for weekly windows");
    value["time_zone"] = json!("America/New_York");
    let resource = check(value).unwrap();
    // `now` is 03:00 UTC on a Monday: still Sunday in New York.
    assert!(!resource.in_hours(now()));
    assert!(resource.in_hours("2026-11-23T14:00:00Z".parse().unwrap()));
    assert!(check(good()).unwrap().in_hours(now()));
}

#[test]
fn numbers_have_bounds() {
    for (minutes, passes) in
        [(-1, false), (0, false), (1, true), (525_600, true), (525_601, false), (i64::MAX, false)]
    {
        assert_eq!(check(good_with("response_sla_minutes", json!(minutes))).is_ok(), passes);
    }
    for (hours, passes) in [(0, false), (1, true), (8760, true), (8761, false)] {
        let duty = json!([{"incident_types": ["malware"], "within_hours": hours}]);
        assert_eq!(check(good_with("notification_obligations", duty)).is_ok(), passes, "{hours}");
    }
    let types = |count| json!(vec!["triage"; count]);
    assert_eq!(faults(good_with("expertise_areas", types(100))), "");
    let many = "expertise_areas must have at most 100 items";
    assert_eq!(faults(good_with("expertise_areas", types(101))), many);
}

#[test]
fn a_change_keeps_what_came_before() {
    let mut before = check(good()).unwrap();
    before.confirmed_at = Some(now());
    let later = Stamp { by: "grace".into(), at: "2026-12-01T00:00:00Z".parse().unwrap() };
    let sent = serde_json::to_value(&before).unwrap();
    assert_eq!(draft(sent.clone()).version(), Some(1));
    let after = draft(sent).check(Some(&before.id), Some(&before), &later).unwrap();
    assert_eq!((&after.created_by, after.created_at), (&before.created_by, before.created_at));
    assert_eq!((after.updated_by.as_str(), after.updated_at), ("grace", later.at));
    assert_eq!((after.confirmed_at, after.version), (before.confirmed_at, 2));

    let other = "other".parse().unwrap();
    let moved = draft(json!({"id": "dpa"})).check(Some(&other), None, &later).unwrap_err();
    let fault = moved.iter().find(|fault| fault.field == "id").unwrap();
    assert_eq!(fault.message, "must match the ID in the path");
    assert_eq!(fault.example, "other");
}

#[test]
fn a_fault_never_repeats_what_was_sent() {
    let mut value = good_with("contact_phone", json!("1-800-SECRET"));
    value["portal_url"] = json!("https://secret:secret@example.com");
    value["secret@example.com"] = json!(1);
    let text = serde_json::to_string(&check(value).unwrap_err()).unwrap();
    assert!(!text.to_lowercase().contains("secret"), "{text}");
}

#[test]
fn starters_are_valid() {
    let resources =
        ExternalResourceInput::starters().map(|draft| draft.check(None, None, &stamp()).unwrap());
    let lines = resources.map(|resource| {
        let id = resource.id.as_str().to_owned();
        let texts = [resource.role, resource.service_type, resource.support_level];
        let portal = resource.portal_url.map(String::from);
        let texts = texts.into_iter().chain([portal]).flatten();
        [id, resource.r#type.name().to_owned()]
            .into_iter()
            .chain(texts)
            .collect::<Vec<_>>()
            .join("\n  ")
    });
    insta::assert_snapshot!(lines.join("\n"), @r#"
    aws-support
      aws_support
      Support engineers for AWS services
      Support cases, opened in the AWS Support Center
      https://console.aws.amazon.com/support/home
    aws-customer-incident-response-team
      aws_cirt
      Helps customers during an active security event in their own accounts
      No line of its own: reached by opening an AWS Support case
      https://console.aws.amazon.com/support/home
    aws-shield-response-team
      aws_shield
      Helps Shield Advanced customers against distributed denial of service
      Reached by opening an AWS Support case; needs AWS Shield Advanced
      AWS Shield Advanced plus Business or Enterprise Support
      https://console.aws.amazon.com/support/home
    aws-managed-services
      aws_managed_services
      Operates the accounts of its customers
      Incidents and service requests in the AMS console or AWS Support Center
      https://console.aws.amazon.com/support/home
    "#);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0i64..10_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(&["regulator", "aws_cirt", "24/7", "malware", "UTC", PHONE, EMAIL])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let keys = prop::sample::select(&["incident_types", "within_hours", "days", "x"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    /// Any values in any fields are either refused by name or accepted and round-trip.
    #[test]
    fn nothing_panics(fields in prop::collection::vec((0..FIELDS.len(), any_json()), 0..4)) {
        let mut value = good();
        for (field, sent) in fields {
            value[FIELDS[field]] = sent;
        }
        match check(value) {
            Ok(resource) => {
                let text = serde_json::to_string(&resource).unwrap();
                prop_assert_eq!(&serde_json::from_str::<ExternalResource>(&text).unwrap(), &resource);
                let again = check(serde_json::from_str(&text).unwrap());
                prop_assert_eq!(again.unwrap(), resource);
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|f| !f.message.is_empty() && !f.example.is_empty()));
            }
        }
    }
}
