//! restJson: the operation is in method and path, its input in path, query, headers and body.
//!
//! A timestamp in path, query or header stays a text, which the check refuses: no model of ours has one.

use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::check::Wrong;
use super::fault::Fault;
use super::model::Model;
use super::protocol::json_body;
use super::shape::{Member, Operation, Shape};

/// The labels of a path, with their values.
pub(super) type Labels = Vec<(String, String)>;

/// The operation that a request is for: of those that fit, the one with the fewest labels, so that
/// `/detector/{DetectorId}/findings/get` is not taken for a finding called `get`.
pub(super) fn find<'a>(model: &'a Model, parts: &Parts) -> Option<(Operation<'a>, Labels)> {
    let path = parts.uri.path();
    let fitting = model.operations().filter(|operation| parts.method == operation.method());
    let fitting =
        fitting.filter_map(|operation| Some((operation, labels(operation.path(), path)?)));
    fitting.min_by_key(|(_, labels)| labels.len())
}

/// The labels of a path of this form; `{Label+}` takes whatever is left.
fn labels(form: &str, path: &str) -> Option<Labels> {
    let mut labels = Vec::new();
    let mut rest = Some(path.strip_prefix('/')?);
    for part in form.strip_prefix('/')?.split('/') {
        let left = rest.take()?;
        let label = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let greedy = label.and_then(|label| label.strip_suffix('+'));
        let (value, after) = match left.split_once('/') {
            Some((value, after)) if greedy.is_none() => (value, Some(after)),
            _ => (left, None),
        };
        match greedy.or(label) {
            Some(label) if !value.is_empty() => labels.push((label.to_owned(), decoded(value)?)),
            None if part == value => {}
            _ => return None,
        }
        rest = after;
    }
    rest.is_none().then_some(labels)
}

/// The input by the names on the wire, and what is in the request that has no place there.
pub(super) fn input(
    operation: Operation<'_>,
    labels: Labels,
    parts: &Parts,
    body: &[u8],
) -> Result<(Value, Vec<Wrong>), Fault> {
    let Some(shape) = operation.input() else { return Ok((json_body(body)?, Vec::new())) };
    let (mut input, mut wrongs) = (Map::new(), Vec::new());
    let at = |location: &str, name: &str| {
        shape.members().find(|member| member.location == Some(location) && member.wire == name)
    };
    for (name, value) in labels {
        if let Some(member) = at("uri", &name) {
            input.insert(name, typed(member.shape, &value));
        }
    }
    for (name, value) in query(parts)? {
        match at("querystring", &name) {
            Some(member) => asked(&mut input, member, &value),
            None => wrongs.push(stray(shape, &name, &value.into(), "query")),
        }
    }
    for member in shape.members().filter(|member| member.location == Some("header")) {
        let value = parts.headers.get(member.wire).and_then(|value| value.to_str().ok());
        if let Some(value) = value {
            input.insert(member.wire.to_owned(), typed(member.shape, value));
        }
    }
    let whole = shape.payload().and_then(|name| shape.members().find(|one| one.name == name));
    match whole {
        Some(_) if body.is_empty() => {}
        Some(member) => {
            let value = match member.shape.kind() {
                "blob" => STANDARD.encode(body).into(),
                "string" => String::from_utf8_lossy(body).into(),
                _ => json_body(body)?,
            };
            input.insert(member.wire.to_owned(), value);
        }
        None => {
            let Value::Object(given) = json_body(body)? else {
                return Err(Fault::new("SerializationException", "the body is no JSON object"));
            };
            for (name, value) in given {
                let elsewhere =
                    shape.members().any(|one| one.location.is_some() && one.wire == name);
                if elsewhere {
                    wrongs.push(stray(shape, &name, &value, "body"));
                } else {
                    input.insert(name, value);
                }
            }
        }
    }
    Ok((Value::Object(input), wrongs))
}

fn stray(shape: Shape<'_>, name: &str, value: &Value, place: &str) -> Wrong {
    let what = format!("{} has no such member in the {place}", shape.name);
    Wrong::new(&format!("input.{name}"), value, what)
}

/// A parameter of the query; one that is given again makes a list.
fn asked(input: &mut Map<String, Value>, member: Member<'_>, value: &str) {
    let list = (member.shape.kind() == "list").then(|| member.shape.part("member")).flatten();
    let value = typed(list.unwrap_or(member.shape), value);
    match input.get_mut(member.wire) {
        Some(Value::Array(values)) => values.push(value),
        // Two where one is asked for: the check sees a list.
        Some(other) => *other = Value::Array(vec![other.take(), value]),
        None => {
            let value = if list.is_some() { Value::Array(vec![value]) } else { value };
            input.insert(member.wire.to_owned(), value);
        }
    }
}

/// A text as its shape has it; one that is no such thing stays a text, which the check refuses.
fn typed(shape: Shape<'_>, text: &str) -> Value {
    let value = match shape.kind() {
        "integer" | "long" => text.parse::<i64>().ok().map(Value::from),
        "float" | "double" => text.parse::<f64>().ok().map(Value::from),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

fn query(parts: &Parts) -> Result<Labels, Fault> {
    let pairs = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        decoded(name).zip(decoded(value))
    };
    let pairs = pairs.map(read).collect::<Option<_>>();
    pairs.ok_or_else(|| Fault::new("SerializationException", "the query is badly encoded"))
}

/// Without percent encoding; a `+` is a plus, as AWS has it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}
