//! Which records of the stream have something to tell: facts, and pages that have come to an end.

use aws_lambda_events::event::dynamodb::EventRecord;
use muster_domain::incident::send::Delivery;
use muster_domain::value::id::IncidentId;
use muster_store::incidents::TimelineEvent;
use muster_store::stream::{Keys, keys};

/// What a record tells, and of which incident.
pub(crate) struct Told {
    pub(crate) id: IncidentId,
    pub(crate) what: Toldness,
}

/// What a record tells.
pub(crate) enum Toldness {
    Fact { name: String, fact: TimelineEvent },
    Page(Delivery),
}

/// What a record tells, if it does. What cannot be read is logged and passed over: it would be no more
/// readable the next time.
pub(crate) fn read(record: EventRecord) -> Option<Told> {
    let keys = keys(&record);
    let image = record.change.new_image;
    // Removed: the table's expiry tells nobody anything.
    if image.is_empty() {
        return None;
    }
    let told = keys.and_then(|keys| told(&keys, image));
    if told.is_none() {
        tracing::error!("a record of the stream cannot be read; it is passed over");
    }
    told
}

fn told(keys: &Keys, image: serde_dynamo::Item) -> Option<Told> {
    let id = keys.pk.strip_prefix("incident#")?.parse().ok()?;
    let what = if let Some(name) = keys.sk.strip_prefix("fact#") {
        Toldness::Fact { name: name.to_owned(), fact: serde_dynamo::from_item(image).ok()? }
    } else {
        keys.sk.strip_prefix("send#")?;
        Toldness::Page(serde_dynamo::from_item(image).ok()?)
    };
    Some(Told { id, what })
}
