//! That the document is what the code does, that what is sent has the shape it describes, and that
//! the stack's policies let through what the scopes do.

use std::path::Path;

use serde_json::Value;

use super::document;
use crate::routes::{Route, all, reported};
use crate::scope::{Allowed, Scope};

/// Set to write the document again: `UPDATE_OPENAPI=1 cargo test -p muster-roster-api openapi`.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_document_that_is_served_is_that_of_this_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == now, "openapi.json is outdated; {UPDATE}=1 writes it anew");
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
    let document = serde_json::to_value(document()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn the_document_has_the_parameters_that_the_routes_take() {
    let document = serde_json::to_value(document()).unwrap();
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
fn the_document_names_what_the_domain_names() {
    let document = serde_json::to_value(document()).unwrap();
    let check = |schema: &str, names: &[&str]| {
        let values = document["components"]["schemas"][schema]["enum"].as_array().unwrap();
        let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        assert_eq!(values, names, "{schema}");
    };
    check(
        "Role",
        &muster_domain::roster::role::Role::ALL.map(muster_domain::roster::role::Role::name),
    );
    check(
        "IncidentType",
        &muster_domain::value::incident_type::IncidentType::ALL
            .map(muster_domain::value::incident_type::IncidentType::name),
    );
    check(
        "Severity",
        &muster_domain::value::severity::Severity::ALL
            .map(muster_domain::value::severity::Severity::name),
    );
    check(
        "ResourceKind",
        &muster_domain::roster::external::ExternalResourceType::ALL
            .map(muster_domain::roster::external::ExternalResourceType::name),
    );
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
            (patterns(template, kind, "Call"), patterns(template, kind, "NeverReveal"));
        assert!(!allow.is_empty());
        let signed = all().filter(|route| route.allowed != Allowed::Everybody);
        let mut used = vec![false; allow.len()];
        for route in signed {
            let path = route.path.replace("{id}", "some-id").replace("{n}", "2");
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
