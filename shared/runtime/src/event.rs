//! Reading an EventBridge event: which route it came by and the findings in it.

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use jiff::Timestamp;
use muster_domain::finding::drill::DrillFinding;
use muster_domain::finding::{
    AsffFinding, CustomAction, Finding, GuardDutyFinding, ObjectScan, OcsfFinding,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An event that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// EventBridge's id of the event; a finding that comes again has a new one.
    pub event_id: String,
    /// The findings in it, each read by itself: one that cannot be read holds up no other.
    pub findings: Vec<Result<Finding, Unreadable>>,
}

/// Why an event cannot be read. It names the place and what belongs there, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Cannot read the event: {path}: {fault}")]
pub struct Unreadable {
    /// The path into the JSON: `detail.severity`.
    pub path: String,
    /// What is wrong there.
    pub fault: String,
}

/// Names of the events that are read, by their `detail-type`.
const GUARDDUTY: &str = "GuardDuty Finding";
const OBJECT_SCAN: &str = "GuardDuty Malware Protection Object Scan Result";
const SECURITY_HUB: &str = "Security Hub Findings - Imported";
const CUSTOM_ACTION: &str = "Security Hub Findings - Custom Action";
const SECURITY_HUB_V2: &str = "Findings Imported V2";
const DRILL: &str = "Muster Drill Requested";

/// Reads an event.
///
/// # Errors
/// [`Unreadable`] if it is no event, or of a kind that has no findings.
pub fn read(event: Value) -> Result<Delivery, Unreadable> {
    if let Some(fault) = wrapped(&event) {
        return Err(Unreadable { path: "the event".to_owned(), fault: fault.to_owned() });
    }
    // An envelope's time is when the source handed it over; one that cannot be read is no reason to
    // lose a finding.
    let reported_at = event["time"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    let envelope: EventBridgeEvent<Value> = parse(event, "")?;
    let findings = match envelope.detail_type.as_str() {
        GUARDDUTY => {
            vec![parse::<GuardDutyFinding>(envelope.detail, "detail").map(Finding::from)]
        }
        OBJECT_SCAN => {
            let scan: ObjectScan = parse(envelope.detail, "detail")?;
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            let (account, region) = (text(&envelope.account), text(&envelope.region));
            let finding = scan.finding(&account, &region, reported_at);
            finding.into_iter().map(Ok).collect()
        }
        SECURITY_HUB => list(envelope.detail, <Finding as From<AsffFinding>>::from)?,
        CUSTOM_ACTION => {
            let asked = CustomAction {
                action: envelope.detail["actionName"].as_str().unwrap_or_default().to_owned(),
                action_arn: envelope.resources.iter().flatten().next().cloned().unwrap_or_default(),
                account: envelope.account.clone().unwrap_or_default(),
                event: envelope.id.clone().unwrap_or_default(),
            };
            list(envelope.detail, |finding: AsffFinding| finding.asked_for(asked.clone()))?
        }
        SECURITY_HUB_V2 => list(envelope.detail, <Finding as From<OcsfFinding>>::from)?,
        DRILL => {
            vec![parse::<DrillFinding>(envelope.detail, "detail").map(Finding::from)]
        }
        _ => {
            let known = [GUARDDUTY, OBJECT_SCAN, SECURITY_HUB, CUSTOM_ACTION, SECURITY_HUB_V2];
            let known = known.map(|name| format!("\"{name}\"")).join(", ");
            return Err(Unreadable {
                path: "detail-type".to_owned(),
                fault: format!("expected {known} or \"{DRILL}\""),
            });
        }
    };
    let findings = findings.into_iter().map(|finding| {
        let finding: Finding = finding?;
        let reported_at = finding.reported_at.or(reported_at);
        Ok(Finding { reported_at, ..finding.shortened() })
    });
    let findings = findings.collect();
    Ok(Delivery { event_id: envelope.id.unwrap_or_default(), findings })
}

/// Says what a value is that holds events and is none. Another target's wrapping means that a rule or
/// subscription is set up in a way that this function does not read.
fn wrapped(event: &Value) -> Option<&'static str> {
    let record = &event["Records"][0];
    if event.is_array() {
        Some("expected one event, and this is a list")
    } else if record.get("Sns").is_some() {
        Some("expected an event from EventBridge, and this is one that SNS has wrapped")
    } else if record["eventSource"] == "aws:sqs" {
        Some("expected an event from EventBridge, and this is one that SQS has wrapped")
    } else {
        None
    }
}

/// Security Hub sends one finding an event; the format allows several.
fn list<T: DeserializeOwned>(
    mut detail: Value,
    finding: impl Fn(T) -> Finding,
) -> Result<Vec<Result<Finding, Unreadable>>, Unreadable> {
    let Some(Value::Array(list)) = detail.get_mut("findings").map(Value::take) else {
        return Err(Unreadable {
            path: "detail.findings".to_owned(),
            fault: "expected a list of findings".to_owned(),
        });
    };
    let one =
        |(index, value)| parse::<T>(value, &format!("detail.findings[{index}]")).map(&finding);
    Ok(list.into_iter().enumerate().map(one).collect())
}

pub(crate) fn parse<T: DeserializeOwned>(value: Value, at: &str) -> Result<T, Unreadable> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let path = match (at, inner.as_str()) {
            ("", "." | "?") => "the event".to_owned(),
            ("", inner) => inner.to_owned(),
            (at, "." | "?") => at.to_owned(),
            (at, inner) => format!("{at}.{inner}"),
        };
        Unreadable { path, fault: without_value(&error.inner().to_string()) }
    })
}

/// A serde message without the value it repeats, which may be anything: what was expected stays.
fn without_value(message: &str) -> String {
    if message.starts_with("missing field") {
        return message.to_owned();
    }
    match message.rfind(", expected ") {
        Some(at) => message[at + 2..].to_owned(),
        None => "expected another value".to_owned(),
    }
}

#[cfg(test)]
mod tests;
