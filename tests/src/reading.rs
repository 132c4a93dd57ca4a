//! What Muster reads in a file: events and exported findings, alone, in lists, or inside messages of SNS and SQS.

mod names;
mod opened;
#[cfg(test)]
mod tests;

use muster_domain::finding::Finding;
use muster_runtime::event::{Unreadable, read};
use serde_json::{Deserializer, Value, json};

use self::names::on_the_wire;
use self::opened::{Opened, opened};

/// Most layers that are unwrapped: SNS in SQS in a record of a failed event is four.
const MOST_LAYERS: usize = 8;

/// The findings in a text, in its order: JSON, in one value or several. What is not read is a sentence that
/// says what it is and why not, without its values.
#[must_use]
pub fn findings(text: &str) -> Vec<Result<Finding, String>> {
    let mut found = Vec::new();
    // PowerShell begins a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let mut number = 0;
    for value in Deserializer::from_str(text).into_iter::<Value>() {
        number += 1;
        match value {
            Ok(value) => collect(value, MOST_LAYERS, &mut found),
            Err(error) => {
                found.push(Err(format!("value {number} is not JSON: {error}")));
                break;
            }
        }
    }
    if number == 0 {
        found.push(Err("the file is empty".to_owned()));
    }
    found
}

fn collect(value: Value, layers: usize, found: &mut Vec<Result<Finding, String>>) {
    let Some(left) = layers.checked_sub(1) else {
        found.push(Err(format!("a message wrapped more than {MOST_LAYERS} times")));
        return;
    };
    match opened(value) {
        Opened::Event(event) => match read(event) {
            Ok(delivery) => {
                let findings = delivery.findings.into_iter();
                found.extend(findings.map(|one| one.map_err(|error| error.to_string())));
            }
            Err(unreadable) => found.push(Err(unreadable.to_string())),
        },
        Opened::GuardDuty(finding) => {
            found.push(bare("GuardDuty Finding", "aws.guardduty", &finding));
        }
        Opened::PrintedGuardDuty(finding) => {
            found.push(bare("GuardDuty Finding", "aws.guardduty", &on_the_wire(finding)));
        }
        Opened::Asff(finding) => {
            let detail = json!({ "findings": [finding] });
            found.push(bare("Security Hub Findings - Imported", "aws.securityhub", &detail));
        }
        Opened::Ocsf(finding) => {
            let detail = json!({ "findings": [finding] });
            found.push(bare("Findings Imported V2", "aws.securityhub", &detail));
        }
        Opened::Values(values) => values.into_iter().for_each(|value| collect(value, left, found)),
        Opened::Text(what, text) => match serde_json::from_str(&text) {
            Ok(value) => collect(value, left, found),
            Err(_) => found.push(Err(format!("{what} whose text is not JSON"))),
        },
        Opened::Unknown(sentence) => found.push(Err(sentence)),
    }
}

/// The finding of a detail without an envelope.
fn bare(detail_type: &str, source: &str, detail: &Value) -> Result<Finding, String> {
    let event = json!({
        "version": "0", "id": "none", "account": "000000000000", "region": "us-east-1",
        "time": "2026-01-01T00:00:00Z", "resources": [], "detail-type": detail_type,
        "source": source, "detail": detail
    });
    let one = read(event).and_then(|delivery| {
        let none = || Unreadable { path: "detail".to_owned(), fault: "no finding".to_owned() };
        delivery.findings.into_iter().next().unwrap_or_else(|| Err(none()))
    });
    one.map_err(|Unreadable { path, fault }| {
        // The envelope is not in the file, so its part of the path is not either.
        let path = path.trim_start_matches("detail").trim_start_matches(".findings[0]");
        let path = path.trim_start_matches('.');
        let path = if path.is_empty() { "the finding" } else { path };
        format!("cannot read the finding: {path}: {fault}")
    })
}
