//! Which records of the stream have something to tell: timeline events, and deliveries that have come to an end.

use aws_lambda_events::event::dynamodb::EventRecord;
use muster_domain::incident::send::Delivery;
use muster_domain::value::id::IncidentId;
use muster_store::incidents::TimelineEvent;
use muster_store::stream::{Changed, Operation, Record};

/// What a record tells, and of which incident.
pub(crate) struct Told {
    pub(crate) id: IncidentId,
    pub(crate) what: Toldness,
}

/// What a record tells.
pub(crate) enum Toldness {
    Event { name: String, event: TimelineEvent },
    Page(Delivery),
}

/// What a record tells, if it does. A record that cannot be read is logged and skipped: it would be no more
/// readable the next time.
pub(crate) fn read(record: EventRecord) -> Option<Told> {
    let Record { operation, changed, .. } = Record::from(&record);
    // An item that expired is not published.
    if operation == Operation::Removed {
        return None;
    }
    let told = changed.and_then(|changed| told(changed, record.change.new_image));
    if told.is_none() {
        tracing::error!("a record of the stream cannot be read; it is skipped");
    }
    told
}

fn told(changed: Changed, image: serde_dynamo::Item) -> Option<Told> {
    let (id, what) = match changed {
        Changed::TimelineEvent(id, name) => {
            (id, Toldness::Event { name, event: serde_dynamo::from_item(image).ok()? })
        }
        Changed::Delivery(id) => (id, Toldness::Page(serde_dynamo::from_item(image).ok()?)),
        Changed::Contact(_) | Changed::EscalationPlan(_) | Changed::Policy => return None,
    };
    Some(Told { id, what })
}
