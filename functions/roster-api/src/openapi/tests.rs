//! That the document is what the code does, that what is sent has the shape it describes, and that
//! the stack's policies let through what the scopes do.

use std::collections::BTreeSet;
use std::path::Path;

use muster_domain::value::limits::MAX_NOTE;
use muster_domain::value::text::MAX_TEXT;
use serde_json::Value;

use super::document;
use crate::http::scope::{Allowed, Scope};
use crate::reports::activation::CODE_DIGITS;
use crate::reviews::MOST_SUBJECTS;
use crate::routes::{Route, all, reported};

/// Set to write the document again: `UPDATE_OPENAPI=1 cargo test -p muster-roster-api openapi`.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_document_that_is_served_is_that_of_this_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == now, "openapi.json is outdated; {UPDATE}=1 writes it again");
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                Value::String(text) if name == "$ref" => found.push(text.clone()),
                value => references(value, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn the_document_has_the_parameters_that_the_routes_take() {
    let document = document();
    for route in all() {
        let parameters = &document["paths"][route.path][route.method]["parameters"];
        let queries = parameters.as_array().into_iter().flatten().filter(|p| p["in"] == "query");
        let mut names: Vec<_> = queries.filter_map(|p| p["name"].as_str()).collect();
        let mut known = route.query.to_vec();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known, "{} {}", route.method, route.path);
    }
}

#[test]
fn every_operation_is_described_in_the_same_way() {
    const VERBS: [&str; 29] = [
        "Acknowledge",
        "Activate",
        "Approve",
        "Check",
        "Create",
        "Delete",
        "Download",
        "Erase",
        "Export",
        "Get",
        "Import",
        "List",
        "Offboard",
        "Preview",
        "Record",
        "Reject",
        "Replace",
        "Request",
        "Reset",
        "Resolve",
        "Reveal",
        "Simulate",
        "Start",
        "Submit",
        "Test",
        "Update",
        "Declare",
        "Join",
        "Leave",
    ];
    let document = document();
    let (mut ids, tags) = (BTreeSet::new(), document["tags"].as_array().unwrap());
    for route in all() {
        let operation = &document["paths"][route.path][route.method];
        let (id, summary) = (operation["operationId"].as_str().unwrap(), &operation["summary"]);
        let summary = summary.as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} is there twice");
        assert!(id.starts_with(|c: char| c.is_ascii_lowercase()), "{id}");
        assert!(id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
        assert!(VERBS.iter().any(|verb| summary.starts_with(&format!("{verb} "))), "{summary}");
        assert!(summary.len() <= 80 && !summary.ends_with('.'), "{summary}");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id}");
        assert!(tags.iter().any(|tag| tag["name"] == operation["tags"][0]), "{id}");
        sentence(&operation["description"], id);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            sentence(&parameter["description"], &format!("{id} {}", parameter["name"]));
        }
        for (status, answer) in operation["responses"].as_object().unwrap() {
            sentence(&answer["description"], &format!("{id} {status}"));
            for (media_type, content) in answer["content"].as_object().into_iter().flatten() {
                let example =
                    ["example", "examples"].iter().any(|name| content.get(name).is_some());
                assert!(example, "{id} {status} {media_type}");
            }
        }
    }
}

#[test]
fn the_limits_are_those_of_the_checks() {
    let schemas = &document()["components"]["schemas"];
    let property = |of: &str, name: &str| schemas[of]["properties"][name].clone();
    assert_eq!(property("ReviewRequestInput", "subjects")["maxItems"], MOST_SUBJECTS);
    assert_eq!(property("NotificationRecordInput", "note")["maxLength"], MAX_TEXT);
    assert_eq!(property("ChangeRequest", "note")["maxLength"], MAX_NOTE);
    let (least, most) = (CODE_DIGITS.start(), CODE_DIGITS.end());
    let code = format!("^[0-9]{{{least},{most}}}$");
    assert_eq!(property("ActivationInput", "code")["pattern"], code);
}

fn full_stop<'a>(text: &'a Value, of: &str) -> &'a str {
    let text = text.as_str().unwrap_or_else(|| panic!("{of} is not described"));
    assert!(text.ends_with('.') || text.ends_with(".)"), "{of}: {text}");
    text
}

/// A description is a sentence of three words, or one long word, at least.
fn sentence(text: &Value, of: &str) {
    let text = full_stop(text, of);
    assert!(text.split_whitespace().count() > 2 || text.len() > 6, "{of}: {text}");
}

#[test]
fn every_schema_and_field_is_described_and_every_value_is_a_word() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let fields = || schema["properties"].as_object().into_iter().flatten();
        // The arms of a union, and what is named after a property, are described where they stand.
        if schema["description"].is_string() {
            full_stop(&schema["description"], name);
        } else {
            assert!(fields().next().is_some(), "{name} is not described");
        }
        for (field, property) in fields() {
            let tag = property.get("const").is_some();
            let by_name = property.get("$ref").is_some();
            if !tag && !by_name {
                sentence(&property["description"], &format!("{name}.{field}"));
            }
            assert!(
                field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{name}.{field}"
            );
        }
        for value in schema["enum"].as_array().into_iter().flatten() {
            let value = value.as_str().unwrap();
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            assert!(value == "24/7" || value.bytes().all(plain), "{name}: {value}");
        }
    }
}

/// The patterns of a statement of one of the template's managed policies.
fn patterns<'a>(template: &'a str, kind: &str, statement: &str) -> Vec<&'a str> {
    let (_, policy) = template.split_once(&format!("  {kind}Policy:\n")).unwrap();
    let policy = policy.split("\n\n").next().unwrap();
    let Some((_, rest)) = policy.split_once(&format!("Sid: {statement}\n")) else { return vec![] };
    let rest = rest.split("- Sid:").next().unwrap();
    rest.lines().filter_map(|line| line.split_once("$default/")?.1.strip_suffix('\'')).collect()
}

/// As IAM matches: a wildcard crosses slashes.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|text| {
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|end| matches(rest, end)))
        }),
    }
}

#[test]
fn policies_and_scopes_agree() {
    use Scope::{Admin, Read, Respond, Reveal, Write};
    let template = include_str!("../../../../infra/muster.yaml");
    for (kind, scopes) in [
        ("Reader", &[Read][..]),
        ("Editor", &[Read, Write]),
        ("Revealer", &[Read, Reveal]),
        ("Responder", &[Respond]),
        ("Administrator", &[Admin]),
    ] {
        let (allow, deny) =
            (patterns(template, kind, "InvokeApi"), patterns(template, kind, "DenyReveal"));
        assert!(!allow.is_empty());
        let signed = all().filter(|route| route.allowed != Allowed::Everybody);
        let mut used = vec![false; allow.len()];
        for route in signed {
            let path = route.path.replace("{id}", "some-id").replace("{position}", "2");
            let path = path.replace("{resource}", "some-authority");
            let call = format!("{}{path}", route.method.to_uppercase());
            for (used, pattern) in used.iter_mut().zip(&allow) {
                *used |= matches(pattern, &call);
            }
            let allowed = allow.iter().any(|pattern| matches(pattern, &call))
                && !deny.iter().any(|pattern| matches(pattern, &call));
            assert_eq!(allowed, route.allowed.to(scopes), "{kind}: {call}");
        }
        assert!(used.iter().all(|used| *used), "{kind} has a statement that no route needs");
    }
}

/// The gateway sends each report to the function that serves it; at its path, roster-api knows no method.
#[test]
fn the_stack_sends_reports_to_their_function() {
    let template = include_str!("../../../../infra/muster.yaml");
    let mut sent: Vec<String> = template
        .split("Type: AWS::ApiGatewayV2::Route\n")
        .filter(|route| {
            let target = route.lines().find(|line| line.contains("Target: "));
            target.is_some_and(|target| target.contains("RosterReportsIntegration"))
        })
        .filter_map(|route| Some(route.split("RouteKey: ").nth(1)?.lines().next()?.to_owned()))
        .collect();
    let call = |route: &Route| format!("{} {}", route.method.to_uppercase(), route.path);
    let mut served: Vec<String> = reported().map(call).collect();
    sent.sort();
    served.sort();
    assert_eq!(sent, served);
}
