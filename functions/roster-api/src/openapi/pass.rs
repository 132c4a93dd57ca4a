//! What makes the document one that generators of clients handle: named arms of unions, closed objects, no null that
//! never comes, patches, and examples.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::example;

const SCHEMAS: &str = "#/components/schemas/";

/// Returns the schema of a JSON Merge Patch (RFC 7396) of an object: nothing is required, and null removes what can be
/// removed.
pub(super) fn patch(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap();
    let required = names(&value["required"]);
    let object = value.as_object_mut().unwrap();
    object.remove("required");
    object.insert(
        "description".to_owned(),
        "Fields to change. Set a field to `null` to remove it.".into(),
    );
    for (name, property) in object["properties"].as_object_mut().unwrap() {
        if !required.contains(name) {
            nullable(property);
        }
    }
    value
}

/// Returns the schema of a contact whose numbers and addresses are shown in full.
pub(super) fn unmasked(schema: &RefOr<Schema>) -> Value {
    let text = serde_json::to_string(schema).unwrap().replace("/MaskedChannel\"", "/Channel\"");
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value["description"] = "A contact with full phone numbers and email addresses.".into();
    // The example is masked; that of `Channel` takes its place.
    if let Some(channels) = value["properties"]["channels"].as_object_mut() {
        channels.remove("example");
    }
    value
}

fn names(list: &Value) -> BTreeSet<String> {
    let names = list.as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn nullable(property: &mut Value) {
    if property["readOnly"] == true {
        return;
    }
    if let Some(one) = property["type"].as_str().map(str::to_owned) {
        property["type"] = json!([one, "null"]);
    } else if let Some(reference) = property.get("$ref").cloned() {
        let mut new = json!({ "oneOf": [{ "$ref": reference }, { "type": "null" }] });
        if let Some(about) = property.get("description") {
            new["description"] = about.clone();
        }
        *property = new;
    } else if let Some(arms) = property.get_mut("oneOf").and_then(Value::as_array_mut)
        && arms.iter().all(|arm| arm["type"] != "null")
    {
        arms.push(json!({ "type": "null" }));
    }
}

/// The document with all of that.
pub(super) fn finished(mut document: Value, mut schemas: Map<String, Value>) -> Value {
    for (name, schema) in &mut schemas {
        if !name.ends_with("Input") && !name.ends_with("Patch") {
            never_null(schema);
        }
    }
    for schema in schemas.values_mut() {
        describe(schema);
    }
    flatten(&mut schemas);
    hoist(&mut schemas);
    lift(&mut schemas);
    for schema in schemas.values_mut() {
        close(schema);
    }
    document["components"]["schemas"] = Value::Object(schemas);
    example::add(&mut document);
    unused(&mut document);
    document
}

/// Moves the description of a property that can be null from the arm to the property.
fn describe(schema: &mut Value) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        if property.get("description").is_some() {
            continue;
        }
        let arms = property.get_mut("oneOf").and_then(Value::as_array_mut);
        let mut arms = arms.into_iter().flatten().filter_map(Value::as_object_mut);
        if let Some(about) = arms.find_map(|arm| arm.remove("description")) {
            property["description"] = about;
        }
    }
}

/// Takes null from what is left out where there is nothing.
fn never_null(schema: &mut Value) {
    for arm in arms(schema) {
        never_null(arm);
    }
    let required = names(&schema["required"]);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if required.contains(name) {
            continue;
        }
        if let Some(kinds) = property.get("type").and_then(Value::as_array) {
            let mut kinds: Vec<_> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
            property["type"] = if kinds.len() == 1 { kinds.remove(0) } else { kinds.into() };
        }
        let Some(arms) = property.get_mut("oneOf").and_then(Value::as_array_mut) else { continue };
        arms.retain(|arm| arm["type"] != "null");
        if let [Value::Object(only)] = arms.as_slice() {
            let mut only = only.clone();
            if let Some(about) = property.get("description") {
                only.insert("description".to_owned(), about.clone());
            }
            *property = Value::Object(only);
        }
    }
}

/// The objects that an `oneOf` or an `allOf` consists of.
fn arms(schema: &mut Value) -> Vec<&mut Value> {
    let Some(object) = schema.as_object_mut() else { return Vec::new() };
    let lists = object.iter_mut().filter(|(name, _)| matches!(name.as_str(), "oneOf" | "allOf"));
    lists.filter_map(|(_, list)| list.as_array_mut()).flatten().collect()
}

/// Makes one object of one that is put together from others.
fn flatten(schemas: &mut Map<String, Value>) {
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let mut whole = json!({ "type": "object", "properties": {}, "required": [] });
            for part in parts {
                merge(&mut whole, part, &known);
            }
            if let Some(about) = schema.get("description") {
                whole["description"] = about.clone();
            }
            *schema = whole;
        }
    }
}

fn merge(whole: &mut Value, part: &Value, known: &Map<String, Value>) {
    if let Some(name) = part["$ref"].as_str().and_then(|text| text.strip_prefix(SCHEMAS)) {
        return merge(whole, &known[name], known);
    }
    for part in part["allOf"].as_array().into_iter().flatten() {
        merge(whole, part, known);
    }
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        whole["properties"][name] = property.clone();
    }
    let required = part["required"].as_array().cloned().unwrap_or_default();
    whole["required"].as_array_mut().unwrap().extend(required);
}

/// Names each arm of a union whose arms are told apart by one word, and says by which.
fn hoist(schemas: &mut Map<String, Value>) {
    let mut named = Map::new();
    for (name, schema) in schemas.iter_mut() {
        let Some(list) = schema.get("oneOf").and_then(Value::as_array).cloned() else { continue };
        let Some(tag) = list.iter().find_map(tag) else { continue };
        let mut mapping = Map::new();
        let mut new = Vec::new();
        for mut arm in list {
            let Some(word) = word(&arm, &tag) else {
                new.push(arm);
                continue;
            };
            let arm_name = format!("{name}{}", camel(&word));
            arm["properties"][&tag] = json!({ "type": "string", "const": word });
            let reference = format!("{SCHEMAS}{arm_name}");
            mapping.insert(word, reference.clone().into());
            new.push(json!({ "$ref": reference }));
            assert!(named.insert(arm_name, arm).is_none(), "two arms of {name} have one name");
        }
        schema["oneOf"] = new.into();
        schema["discriminator"] = json!({ "propertyName": tag, "mapping": mapping });
    }
    for (name, arm) in named {
        assert!(schemas.insert(name.clone(), arm).is_none(), "{name} is an arm and a schema");
    }
}

/// Names each object within another, after the property that has it.
fn lift(schemas: &mut Map<String, Value>) {
    let mut waiting: Vec<String> = schemas.keys().cloned().collect();
    while let Some(name) = waiting.pop() {
        let Some(mut schema) = schemas.remove(&name) else { continue };
        let mut found = Vec::new();
        let arms = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        for arm in arms.into_iter().flatten() {
            let Some(all) = arm["properties"].as_object() else { continue };
            let sole = all.keys().next().filter(|_| all.len() == 1);
            let arm_name = sole.map_or_else(|| format!("{name}Each"), |sole| camel(sole));
            found.push((arm_name.clone(), std::mem::replace(arm, reference(&arm_name))));
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (property, value) in properties.into_iter().flatten() {
            if value["properties"].is_object() {
                let inner = match camel(property) {
                    same if same == name => format!("{name}Details"),
                    other => format!("{name}{other}"),
                };
                found.push((inner.clone(), std::mem::replace(value, reference(&inner))));
            }
        }
        schemas.insert(name, schema);
        for (name, schema) in found {
            assert!(schemas.insert(name.clone(), schema).is_none(), "{name} is there twice");
            waiting.push(name);
        }
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// The property of an arm that has one value only.
fn tag(arm: &Value) -> Option<String> {
    let properties = arm["properties"].as_object()?;
    properties.keys().find(|name| word(arm, name).is_some()).cloned()
}

fn word(arm: &Value, tag: &str) -> Option<String> {
    match arm["properties"][tag]["enum"].as_array()?.as_slice() {
        [Value::String(word)] => Some(word.clone()),
        _ => None,
    }
}

fn camel(word: &str) -> String {
    let capitalized = |part: &str| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_uppercase() + rest
    };
    word.split('_').map(capitalized).collect()
}

/// Closes an object: what it does not list is not sent.
fn close(schema: &mut Value) {
    for arm in arms(schema) {
        close(arm);
    }
    let Some(object) = schema.as_object_mut() else { return };
    for property in
        object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
    {
        close(property.1);
    }
    if object.get("type") == Some(&json!("object")) && !object.contains_key("additionalProperties")
    {
        let open = !object.contains_key("properties");
        object.insert("additionalProperties".to_owned(), open.into());
    }
}

/// Removes the schemas that nothing refers to.
fn unused(document: &mut Value) {
    loop {
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let before = schemas.len();
        schemas.retain(|name, _| text.contains(&format!("\"{SCHEMAS}{name}\"")));
        if schemas.len() == before {
            return;
        }
    }
}
