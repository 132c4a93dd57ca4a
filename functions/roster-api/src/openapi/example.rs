//! An example of each answer, made from its schema.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";
/// How deep an example goes.
const DEEP: usize = 12;

/// Adds an example to each JSON answer that has none.
pub(super) fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten()) {
        let answers = operation.1["responses"].as_object_mut().into_iter().flatten();
        for content in answers.filter_map(|(_, answer)| answer.get_mut("content")) {
            let Some(json) = content.get_mut("application/json") else { continue };
            if json.get("example").is_none() && json.get("examples").is_none() {
                json["example"] = of(&json["schema"], &schemas, DEEP);
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
        _ => "Example",
    })
}
