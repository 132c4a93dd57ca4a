//! What one JSON value is: an event, a finding, or something that holds others.

use serde_json::{Map, Value};

/// A JSON value by what it is.
pub(super) enum Opened {
    /// An EventBridge event.
    Event(Value),
    /// A finding as GuardDuty exports it.
    GuardDuty(Value),
    /// A finding as `aws guardduty get-findings` prints it.
    PrintedGuardDuty(Value),
    /// A finding as Security Hub CSPM has it.
    Asff(Value),
    /// A finding as Security Hub has it.
    Ocsf(Value),
    /// What holds other values: a list, or the answer of a call.
    Values(Vec<Value>),
    /// A message by its name, and the text that it carries.
    Text(&'static str, String),
    /// Nothing that Muster reads: a sentence that says what it is.
    Unknown(String),
}

/// Names under which the answers of calls and the events of Lambda hold lists: `get-findings` of both services,
/// `get-findings-v2`, Lambda's events for SNS and SQS, and `aws sqs receive-message`.
const LISTS: [&str; 4] = ["Findings", "findings", "Records", "Messages"];
/// Names under which one value holds another: Lambda's event for SNS, and its record of a failed event.
const WRAPPERS: [&str; 2] = ["Sns", "requestPayload"];
/// Names under which a message has its text.
const TEXTS: [(&str, &str); 3] =
    [("Message", "an SNS message"), ("body", "an SQS message"), ("Body", "an SQS message")];
/// Most names of fields in a sentence.
const MOST_NAMES: usize = 6;

/// Tells what a value is, by the fields that each form must have.
pub(super) fn opened(value: Value) -> Opened {
    let mut fields = match value {
        Value::Object(fields) => fields,
        Value::Array(values) => return Opened::Values(values),
        Value::String(_) => return Opened::Unknown("a JSON string, not an object".to_owned()),
        Value::Number(_) => return Opened::Unknown("a JSON number, not an object".to_owned()),
        Value::Bool(_) | Value::Null => {
            return Opened::Unknown("a JSON literal, not an object".to_owned());
        }
    };
    let has = |name: &str| fields.contains_key(name);
    if has("detail-type") {
        return event(fields);
    }
    if has("SchemaVersion") && has("ProductArn") {
        return Opened::Asff(Value::Object(fields));
    }
    if has("class_uid") {
        return Opened::Ocsf(Value::Object(fields));
    }
    if has("schemaVersion") && has("arn") {
        return Opened::GuardDuty(Value::Object(fields));
    }
    if has("SchemaVersion") && has("Arn") {
        return Opened::PrintedGuardDuty(Value::Object(fields));
    }
    // The answers of two calls may have been put into one object.
    let list = |name: &str| match fields.get_mut(name) {
        Some(Value::Array(values)) => Some(std::mem::take(values)),
        _ => None,
    };
    let lists: Vec<Vec<Value>> = LISTS.into_iter().filter_map(list).collect();
    if !lists.is_empty() {
        return Opened::Values(lists.into_iter().flatten().collect());
    }
    for name in WRAPPERS {
        if let Some(inner @ Value::Object(_)) = fields.get_mut(name) {
            return Opened::Values(vec![inner.take()]);
        }
    }
    for (name, what) in TEXTS {
        if let Some(Value::String(text)) = fields.get_mut(name) {
            return Opened::Text(what, std::mem::take(text));
        }
    }
    Opened::Unknown(unknown(&fields))
}

fn event(fields: Map<String, Value>) -> Opened {
    let detail = fields.get("detail");
    let has = |name: &str| detail.is_some_and(|detail| detail.get(name).is_some());
    let guardduty = fields.get("detail-type").is_some_and(|kind| kind == "GuardDuty Finding");
    if guardduty && has("SchemaVersion") && !has("schemaVersion") {
        let sentence = "an event whose detail has the names that the AWS CLI prints (SchemaVersion); \
                        GuardDuty sends schemaVersion, so Muster does not read such an event";
        return Opened::Unknown(sentence.to_owned());
    }
    Opened::Event(Value::Object(fields))
}

/// Names a few of its fields: these are the sender's, while the values are the customer's.
fn unknown(fields: &Map<String, Value>) -> String {
    if fields.is_empty() {
        return "an empty JSON object".to_owned();
    }
    if fields.contains_key("detail") {
        return "an event without detail-type".to_owned();
    }
    if fields.contains_key("s3") {
        return "a notification about an S3 object, which has no finding: read the object itself"
            .to_owned();
    }
    let name = |name: &String| name.escape_debug().take(40).collect::<String>();
    let mut names: Vec<_> = fields.keys().take(MOST_NAMES).map(name).collect();
    if fields.len() > MOST_NAMES {
        names.push("others".to_owned());
    }
    let names = names.join(", ");
    format!("neither an event nor a finding: a JSON object with the fields {names}")
}
