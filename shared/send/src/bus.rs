//! The stack's own event bus: what Muster tells other systems, and how a drill reaches the responder.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use muster_domain::announcement::SOURCE;
use muster_runtime::error::AwsError;
use serde::Serialize;

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
        Self { client: Client::new(config), name }
    }

    /// Puts up to [`MOST`] events: for each, whether the bus has taken it.
    ///
    /// # Errors
    /// The failed call; then it has taken none that we know of.
    pub async fn put(&self, events: &[Event]) -> Result<Vec<bool>, AwsError> {
        let entry = |event: &Event| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(event.kind)
                .detail(&event.detail)
                .build()
        };
        let put = self.client.put_events().set_entries(Some(events.iter().map(entry).collect()));
        let answer = put.send().await.map_err(|e| AwsError::of("events:PutEvents", &e))?;
        let taken = answer.entries().iter().map(|entry| entry.error_code().is_none());
        Ok(taken.collect())
    }
}
