//! The names of a GuardDuty finding as the AWS CLI prints them, and as GuardDuty writes them.

use serde_json::Value;

/// Names that differ by more than the first letter. Source: botocore's model of GuardDuty, `locationName`.
const OTHERS: [(&str, &str); 7] = [
    ("Code", "productCodeId"),
    ("KubernetesResourcesTypes", "type"),
    ("Latitude", "lat"),
    ("LoginAttributes", "LoginAttributes"),
    ("Longitude", "lon"),
    ("SourceIps", "sourceIPs"),
    ("TaskCreatedAt", "createdAt"),
];

/// The finding with the names that GuardDuty writes in its events: the CLI prints those of the API's model, which
/// begin with a capital.
pub(super) fn on_the_wire(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (wired(&name), on_the_wire(value)));
            Value::Object(fields.collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(on_the_wire).collect()),
        other => other,
    }
}

fn wired(name: &str) -> String {
    if let Some((_, other)) = OTHERS.iter().find(|(printed, _)| *printed == name) {
        return (*other).to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
