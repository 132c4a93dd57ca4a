//! How a request says its operation and input, and how an answer or an error goes back.

use anyhow::{Result, ensure};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::{Value, json};

use super::check::{Wrong, check, told};
use super::fault::Fault;
use super::model::{Model, Protocol};
use super::rest;
use super::shape::Operation;

/// What goes back.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub content_type: String,
    /// The code of an error, for the header that restJson has for it.
    pub error: Option<String>,
    pub body: String,
}

/// A request that is not what its service's model asks for.
#[derive(Debug)]
pub(super) struct Refused<'a> {
    pub operation: Option<Operation<'a>>,
    pub fault: Fault,
}

/// The operation and the input of a request, which the model allows.
pub(super) fn read<'a>(
    model: &'a Model,
    parts: &Parts,
    body: &[u8],
) -> Result<(Operation<'a>, Value), Refused<'a>> {
    let unknown = || Refused {
        operation: None,
        fault: Fault::new(
            "UnknownOperationException",
            format!("{} {} is no operation of {}", parts.method, parts.uri.path(), model.name),
        ),
    };
    let (operation, read) = match model.protocol() {
        Protocol::Json { prefix, version } => {
            let operation = target(model, parts, prefix, version).ok_or_else(unknown)?;
            (operation, json_body(body).map(|input| (input, Vec::new())))
        }
        Protocol::Rest => {
            let (operation, labels) = rest::find(model, parts).ok_or_else(unknown)?;
            (operation, rest::input(operation, labels, parts, body))
        }
    };
    let refused = |fault| Refused { operation: Some(operation), fault };
    let (input, mut wrongs) = read.map_err(refused)?;
    match operation.input() {
        Some(shape) => wrongs.extend(check(shape, &input, "input")),
        None if input == json!({}) => {}
        None => wrongs.push(Wrong::new("input", &input, format!("{} has none", operation.name))),
    }
    if wrongs.is_empty() {
        return Ok((operation, input));
    }
    Err(refused(Fault::invalid(model, operation, &wrongs)))
}

fn target<'a>(
    model: &'a Model,
    parts: &Parts,
    prefix: &str,
    version: &str,
) -> Option<Operation<'a>> {
    let header = |name: &str| parts.headers.get(name)?.to_str().ok();
    let kind = header(CONTENT_TYPE.as_str())?.split(';').next()?.trim();
    let named = header("x-amz-target")?.strip_prefix(prefix)?.strip_prefix('.')?;
    let operation = model.operation(named)?;
    let right = kind == content_type(version) && parts.uri.path() == operation.path();
    (right && parts.method == operation.method()).then_some(operation)
}

/// A body in JSON; none is an empty one.
pub(super) fn json_body(body: &[u8]) -> Result<Value, Fault> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body)
        .map_err(|error| Fault::new("SerializationException", format!("no JSON: {error}")))
}

fn content_type(version: &str) -> String {
    format!("application/x-amz-json-{version}")
}

/// What the service does with a call.
///
/// # Errors
/// AWS would never say so.
pub(super) fn answer(model: &Model, operation: Operation<'_>, value: &Value) -> Result<Reply> {
    let mut body = value;
    if let Some(shape) = operation.output() {
        let wrongs = check(shape, value, "output");
        ensure!(wrongs.is_empty(), "{}", told(&wrongs));
        let outside = shape.members().find(|member| member.location.is_some());
        ensure!(outside.is_none(), "{} has members outside its body", shape.name);
        let whole = shape.payload().and_then(|name| shape.members().find(|one| one.name == name));
        let json = whole.is_none_or(|member| member.shape.kind() == "structure");
        ensure!(json, "{} has a body that is not JSON", shape.name);
        body = whole.map_or(value, |member| &value[member.wire]);
    } else {
        ensure!(*value == json!({}), "{} answers nothing, not {value}", operation.name);
    }
    let status = operation.status();
    let body = if status == 204 { String::new() } else { body.to_string() };
    Ok(Reply { status, content_type: kind(model), error: None, body })
}

/// That the service does not do it.
///
/// # Errors
/// AWS would never say so.
pub(super) fn fault(
    model: &Model,
    operation: Option<Operation<'_>>,
    fault: &Fault,
) -> Result<Reply> {
    let (mut status, mut body) = fault.on_the_wire(model, operation)?;
    let code = fault.code.clone();
    let mut error = Some(code.clone());
    if model.protocol() != Protocol::Rest {
        if code == "UnknownOperationException" {
            status = 400;
        }
        body.insert("__type".to_owned(), code.into());
        error = None;
    }
    Ok(Reply { status, content_type: kind(model), error, body: Value::Object(body).to_string() })
}

fn kind(model: &Model) -> String {
    match model.protocol() {
        Protocol::Json { version, .. } => content_type(version),
        Protocol::Rest => "application/json".to_owned(),
    }
}
