//! Reading an EventBridge event: which route it came by and the findings in it.

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use jiff::Timestamp;
use muster::drill::DrillFinding;
use muster::finding::{AsffFinding, Finding, GuardDutyFinding, OcsfFinding};
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
#[error("cannot read the event: {path}: {fault}")]
pub struct Unreadable {
    /// The path into the JSON: `detail.severity`.
    pub path: String,
    /// What is wrong there.
    pub fault: String,
}

/// Reads an event.
///
/// # Errors
/// [`Unreadable`] if it is no event, or of a kind that has no findings.
pub fn read(event: Value) -> Result<Delivery, Unreadable> {
    // An envelope's time is when the source handed it over; one that cannot be read is no reason to
    // lose a finding.
    let reported_at = event["time"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    let envelope: EventBridgeEvent<Value> = parse(event, "")?;
    let findings = match envelope.detail_type.as_str() {
        "GuardDuty Finding" => {
            vec![parse::<GuardDutyFinding>(envelope.detail, "detail").map(Finding::from)]
        }
        "Security Hub Findings - Imported" => {
            list(envelope.detail, <Finding as From<AsffFinding>>::from)?
        }
        "Security Hub Findings - Custom Action" => list(envelope.detail, AsffFinding::asked_for)?,
        "Findings Imported V2" => list(envelope.detail, <Finding as From<OcsfFinding>>::from)?,
        "Muster Drill" => {
            vec![parse::<DrillFinding>(envelope.detail, "detail").map(Finding::from)]
        }
        _ => {
            return Err(Unreadable {
                path: "detail-type".to_owned(),
                fault: "expected \"GuardDuty Finding\", \"Security Hub Findings - Imported\", \
                        \"Security Hub Findings - Custom Action\", \"Findings Imported V2\" or \
                        \"Muster Drill\""
                    .to_owned(),
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
