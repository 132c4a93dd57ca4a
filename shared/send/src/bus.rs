//! The stack's own event bus: what Muster tells other systems, and how a drill reaches the responder.

use aws_types::SdkConfig;
use muster_domain::announcement::SOURCE;
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, Protocol, Service};
use serde::Serialize;
use serde_json::{Value, json};

const EVENTS: Service = Service {
    id: "EventBridge",
    host: "events",
    signing_name: "events",
    protocol: Protocol::Json11("AWSEvents"),
};

/// Most events of one call (EventBridge API, `PutEvents`).
pub const MOST: usize = 10;

/// An event to put.
#[derive(Clone, Debug)]
pub struct Event {
    kind: &'static str,
    detail: String,
}

impl Event {
    /// An event of this detail-type.
    ///
    /// # Errors
    /// The detail cannot be written as JSON.
    pub fn new(kind: &'static str, detail: &impl Serialize) -> Result<Self, AwsError> {
        let detail =
            serde_json::to_string(detail).map_err(|_| AwsError::shape("writing an event"))?;
        Ok(Self { kind, detail })
    }
}

/// The bus.
#[derive(Clone, Debug)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus with this name.
    #[must_use]
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self { client: Client::new(config, EVENTS), name }
    }

    /// Puts up to [`MOST`] events: for each, whether the bus has taken it.
    ///
    /// # Errors
    /// The failed call; then it has taken none that we know of.
    pub async fn put(&self, events: &[Event]) -> Result<Vec<bool>, AwsError> {
        let answer = self.client.call(put_events(&self.name, events)).await?;
        let entries = answer["Entries"].as_array().into_iter().flatten();
        Ok(entries.map(|entry| entry["ErrorCode"].is_null()).collect())
    }
}

fn put_events(bus: &str, events: &[Event]) -> Call {
    let entry = |event: &Event| {
        json!({
            "EventBusName": bus,
            "Source": SOURCE,
            "DetailType": event.kind,
            "Detail": event.detail
        })
    };
    let entries: Vec<Value> = events.iter().map(entry).collect();
    Call::new("events:PutEvents", json!({ "Entries": entries }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_the_bus_and_its_detail_as_text() {
        let event = |kind| Event::new(kind, &json!({ "id": 1 })).unwrap();
        let call = put_events("muster", &[event("A"), event("B")]);
        let entry = |kind| {
            json!({
                "EventBusName": "muster", "Source": SOURCE, "DetailType": kind, "Detail": "{\"id\":1}"
            })
        };
        let expected = json!({ "Entries": [entry("A"), entry("B")] });
        assert_eq!((call.path(), call.body()), ("/", &expected));
    }
}
