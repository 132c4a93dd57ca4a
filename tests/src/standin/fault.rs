//! What a service answers if it does not do what it was asked.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::check::{Wrong, check, told};
use super::model::Model;
use super::shape::{Operation, Shape};

/// Errors that any service may give, with their status (AWS API references, "Common Errors").
const COMMON: [(&str, u16); 14] = [
    ("AccessDeniedException", 403),
    ("ExpiredTokenException", 403),
    ("IncompleteSignature", 403),
    ("InternalFailure", 500),
    ("InvalidSignatureException", 403),
    ("MissingAuthenticationToken", 403),
    ("OptInRequired", 403),
    ("RequestExpired", 400),
    ("SerializationException", 400),
    ("ServiceUnavailable", 503),
    ("ThrottlingException", 400),
    ("UnknownOperationException", 404),
    ("UnrecognizedClientException", 403),
    ("ValidationException", 400),
];

/// What services call an input that is not what they ask for; the first that an operation lists.
const INVALID: [&str; 4] = [
    "ValidationException",
    "BadRequestException",
    "InvalidInputException",
    "InvalidParameterException",
];

/// The `Reason` of such an error, at services that give one.
const FIELD: &str = "FIELD_VALIDATION_FAILED";

/// An error of a service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    /// One of the operation's errors, or one that any service may give.
    pub code: String,
    /// What people are told.
    pub message: String,
    /// What its shape has besides the message.
    more: Map<String, Value>,
}

impl Fault {
    /// An error with nothing but a message.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), more: Map::new() }
    }

    /// Something that AWS knows and this stand-in does not: no error of AWS, so the answer is a 500
    /// that says so.
    pub(crate) fn unsupported(what: &str) -> Self {
        Self::new("Unsupported", format!("this stand-in does not know {what}"))
    }

    /// With another member of its shape, such as `Reason`.
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.more.insert(member.to_owned(), value.into());
        self
    }

    /// That an operation's input is not what its model asks for.
    pub(super) fn invalid(model: &Model, operation: Operation<'_>, wrongs: &[Wrong]) -> Self {
        let listed = |code: &&&str| operation.errors().any(|error| error == **code);
        let code = INVALID.iter().find(listed).unwrap_or(&INVALID[0]);
        let (count, plural) = (wrongs.len(), if wrongs.len() == 1 { "" } else { "s" });
        let message = format!("{count} validation error{plural} detected: {}", told(wrongs));
        let mut fault = Self::new(code, message);
        // Newer services name the fields once more.
        let reason = model.shape(code).and_then(|shape| member(shape, "Reason"));
        if reason.is_some_and(|shape| shape.values().contains(&FIELD)) {
            let field = |wrong: &Wrong| json!({ "Name": wrong.path, "Message": wrong.what });
            let fields: Vec<Value> = wrongs.iter().map(field).collect();
            fault = fault.with("Reason", FIELD).with("Fields", fields);
        }
        fault
    }

    /// The same with something in every member that its shape requires.
    ///
    /// # Errors
    /// The operation has no such error.
    pub(super) fn filled(mut self, model: &Model, operation: Operation<'_>) -> Result<Self> {
        if let Some(shape) = model.shape(&self.code) {
            for member in shape.members().filter(|member| member.required) {
                if is_message(member.wire) || self.more.contains_key(member.wire) {
                    continue;
                }
                let value = match member.shape.kind() {
                    "string" => Value::from(*member.shape.values().first().unwrap_or(&"stand-in")),
                    "integer" | "long" => Value::from(1),
                    kind => bail!("no {kind} for {}", member.wire),
                };
                self.more.insert(member.wire.to_owned(), value);
            }
        }
        self.on_the_wire(model, Some(operation))?;
        Ok(self)
    }

    /// Its status and its body.
    ///
    /// # Errors
    /// AWS would never say so.
    pub(super) fn on_the_wire(
        &self,
        model: &Model,
        operation: Option<Operation<'_>>,
    ) -> Result<(u16, Map<String, Value>)> {
        let Self { code, message, .. } = self;
        let own = operation.is_some_and(|operation| operation.errors().any(|error| error == code));
        let common = COMMON.iter().find(|(name, _)| name == code);
        let name = operation.map_or("no operation", |operation| operation.name);
        ensure!(own || common.is_some(), "{name} has no error {code} ({message})");
        let mut body = self.more.clone();
        // A common error has the shape that the service gives it elsewhere, if it does.
        let Some(shape) = model.shape(code) else {
            body.insert("message".to_owned(), message.as_str().into());
            let (_, status) = common.context("no shape")?;
            return Ok((*status, body));
        };
        ensure!(
            shape.members().all(|member| member.location.is_none()),
            "{code} has members outside its body"
        );
        let named = shape.members().find(|member| is_message(member.wire));
        let named = named.map_or("message", |member| member.wire);
        body.insert(named.to_owned(), message.as_str().into());
        let wrongs = check(shape, &Value::Object(body.clone()), code);
        ensure!(wrongs.is_empty(), "{}", told(&wrongs));
        Ok((shape.error_status(), body))
    }
}

fn member<'a>(shape: Shape<'a>, name: &str) -> Option<Shape<'a>> {
    shape.members().find(|member| member.name == name).map(|member| member.shape)
}

fn is_message(name: &str) -> bool {
    name.eq_ignore_ascii_case("message")
}
