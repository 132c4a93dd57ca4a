//! Room on the ladder for one page: it goes out, or waits for the digest.

use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident::ladder::{Ask, Ladder, Pass};
use muster_domain::incident::send::{Delivery, DeliveryKey, DeliveryState};
use muster_domain::roster::policy::Policy;
use muster_domain::value::channel::Channel;
use muster_runtime::error::AwsError;
use muster_store::incidents::{HeldPage, PagedChannel};

use crate::Pager;
use crate::claims::{Sending, To};

/// What the ladder says of a page.
pub(crate) enum Room {
    /// No ladder counts it.
    Free,
    /// It goes out and has taken its room.
    Taken(Rung),
    /// It waits for the digest.
    Waits(DeliveryState),
    /// It waits for the digest, for which there is room now.
    Joins(PagedChannel, DeliveryState),
}

/// The room that a page has taken.
pub(crate) struct Rung {
    channel: PagedChannel,
    mark: String,
}

/// Names a send among those to one address: the same for each attempt.
fn mark(incident: &Incident, key: &DeliveryKey) -> String {
    let (cursor, about) = (key.cursor, key.about.as_deref().unwrap_or_default());
    let turn = format!("{}.{}.{}", cursor.run, cursor.round, cursor.step);
    format!("{}#{turn}#{}#{about}", incident.id, key.channel)
}

impl Pager {
    /// Takes the room of a page on its recipient's ladder, or holds the page for the digest.
    pub(crate) async fn room(
        &self,
        incident: &Incident,
        sending: &Sending,
        policy: &Policy,
    ) -> Result<Room, AwsError> {
        let (To::Person(_, channel) | To::External(_, channel)) = &sending.to else {
            return Ok(Room::Free);
        };
        // What somebody asked for takes no room from what really happens.
        if incident.drill().is_some() {
            return Ok(Room::Free);
        }
        self.room_for(incident, &sending.record, channel, policy).await
    }

    /// Takes the room of the page with this record, by this channel of its recipient.
    pub(crate) async fn room_for(
        &self,
        incident: &Incident,
        record: &Delivery,
        channel: &Channel,
        policy: &Policy,
    ) -> Result<Room, AwsError> {
        let paged = PagedChannel::new(&record.key.contact, channel);
        let (mark, now) = (mark(incident, &record.key), Timestamp::now());
        // A Critical incident passes a full ladder to reach our own people. An organization knows from the
        // first that it is needed, so that a storm must not call it a hundred times.
        let passes = !record.key.contact.is_external();
        let pass = |ladder: &Ladder, waiting| {
            let (severity, incident) = (incident.severity, passes.then_some(&incident.id));
            ladder.pass(policy, paged.kind, &Ask { severity, mark: &mark, incident, waiting }, now)
        };
        let (until, joins) = match self
            .incidents
            .ladders()
            .climb(&paged, incident.severity, now, pass)
            .await
        {
            Ok(Pass::Go(_) | Pass::Taken) => return Ok(Room::Taken(Rung { channel: paged, mark })),
            Ok(Pass::Hold(until)) => (until, false),
            Ok(Pass::Join) => (now, true),
            Ok(Pass::Uncounted) => return Ok(Room::Free),
            // Better a page too many than one that is lost.
            Err(error) => {
                tracing::error!(reason = %error, "the ladder cannot be read; the page goes out");
                return Ok(Room::Free);
            }
        };
        let page = HeldPage {
            channel: paged.clone(),
            incident: incident.id.clone(),
            record: record.clone(),
            unconfirmed: false,
        };
        self.incidents.held_pages().hold(&page, now).await?;
        let state = DeliveryState::Held { not_before: until };
        Ok(if joins { Room::Joins(paged, state) } else { Room::Waits(state) })
    }

    /// Gives back the room of a page that did not go out. If that fails, the room is free again when the
    /// window has passed.
    pub(crate) async fn give_back(&self, rung: &Rung, state: &DeliveryState) {
        if !matches!(state, DeliveryState::Failed { .. } | DeliveryState::Unavailable) {
            return;
        }
        let back =
            self.incidents.ladders().give_back(&rung.channel, &rung.mark, Timestamp::now()).await;
        if let Err(error) = back {
            tracing::warn!(reason = %error, "the room of a failed page stays taken");
        }
    }
}
