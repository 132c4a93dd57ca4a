//! An example of each answer, made from its schema.

use muster_domain::roster::contact::Contact;
use muster_domain::value::stamps::Stamp;
use serde_json::{Map, Value, json};

use crate::roster::sheet::{read_csv, write_csv, write_vcards};

const SCHEMAS: &str = "#/components/schemas/";
/// How deep an example goes.
const DEEP: usize = 12;

/// A contact file, as somebody may send it.
pub(super) const SHEET: &str = "name,role,sms number,primary email,time zone\r\n\
    Ada Lovelace,incident_commander,+14255550101,ada@example.com,Europe/London\r\n";
const HTML: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Muster</title></head>\
    <body><h1>Muster</h1></body></html>";
const MARKDOWN: &str = "# Muster\n\nGenerated on 2026-11-27 at 14:11 UTC.\n";
/// How each file of this format begins.
const ZIP: &str = "PK\u{3}\u{4}";

/// The contacts of the contact file, as they are stored.
fn contacts() -> Vec<Contact> {
    let stamp = Stamp { by: "import".to_owned(), at: "2026-11-27T14:11:00Z".parse().unwrap() };
    let rows = read_csv(SHEET.as_bytes()).unwrap();
    rows.iter().map(|row| row.check(None, &stamp).unwrap()).collect()
}

/// Returns an example of a media type that is not JSON.
fn file(media_type: &str) -> String {
    match media_type.split(';').next().unwrap_or_default() {
        "text/html" => HTML.to_owned(),
        "text/markdown" => MARKDOWN.to_owned(),
        "text/csv" => write_csv(&contacts()),
        "text/vcard" => write_vcards(&contacts(), "muster@example.com"),
        "application/zip" => ZIP.to_owned(),
        other => panic!("{other} has no example"),
    }
}

/// Adds an example to each content of an answer that has none.
pub(super) fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten()) {
        let answers = operation.1["responses"].as_object_mut().into_iter().flatten();
        for content in answers.filter_map(|(_, answer)| answer.get_mut("content")) {
            for (media_type, content) in content.as_object_mut().into_iter().flatten() {
                if content.get("example").is_none() && content.get("examples").is_none() {
                    let json = media_type == "application/json";
                    let example = || of(&content["schema"], &schemas, DEEP);
                    content["example"] = if json { example() } else { file(media_type).into() };
                }
            }
        }
    }
}

fn of(schema: &Value, schemas: &Value, deep: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.strip_prefix(SCHEMAS)) {
        return of(&schemas[name], schemas, deep.saturating_sub(1));
    }
    let listed = |name: &str| schema[name].as_array().and_then(|list| list.first()).cloned();
    let given = schema.get("example").or_else(|| schema.get("const")).cloned();
    if let Some(value) = given.or_else(|| listed("examples")).or_else(|| listed("enum")) {
        return value;
    }
    if let Some(arm) = listed("oneOf").or_else(|| listed("anyOf")) {
        return of(&arm, schemas, deep);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "object" => object(schema, schemas, deep),
        "array" if deep == 0 => json!([]),
        "array" => json!([of(&schema["items"], schemas, deep.saturating_sub(1))]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "string" => text(schema),
        _ => json!({}),
    }
}

fn object(schema: &Value, schemas: &Value, deep: usize) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut made = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if deep > 0 || required.iter().any(|needed| needed == name) {
            made.insert(name.clone(), of(property, schemas, deep.saturating_sub(1)));
        }
    }
    if made.is_empty() && schema["additionalProperties"].is_object() {
        let name = schema.get("propertyNames").map(|names| of(names, schemas, deep));
        let name = name.as_ref().and_then(Value::as_str).unwrap_or("ada-lovelace");
        made.insert(name.to_owned(), of(&schema["additionalProperties"], schemas, deep));
    }
    Value::Object(made)
}

fn text(schema: &Value) -> Value {
    let format = schema["format"].as_str().unwrap_or_default();
    json!(match (format, schema["pattern"].as_str()) {
        ("date-time", _) => "2026-11-27T14:11:00Z",
        ("date", _) => "2026-11-27",
        ("uri", _) => "https://example.com/",
        ("email", _) => "ada@example.com",
        (_, Some("^[a-z0-9-]{1,64}$")) => "ada-lovelace",
        (_, Some("^[0-9]{12}$")) => "111122223333",
        _ => panic!("no example: {schema}"),
    })
}
