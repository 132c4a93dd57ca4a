//! One message: claimed, sent, and its end on record.

use muster_domain::incident::send::{Delivery, DeliveryState};
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::Channel;
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use muster_runtime::error::AwsError;
use muster_send::senders::Letter;
use muster_store::incidents::{Claimed, Notice};

use crate::{Reviewer, Run};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// The provider has it, now or from before.
    Sent,
    /// It went nowhere, for good.
    Refused,
    /// Another try may send it.
    Later,
}

impl Posted {
    fn of(state: &DeliveryState) -> Self {
        match state {
            DeliveryState::Sent { .. } => Self::Sent,
            _ => Self::Refused,
        }
    }
}

/// What a claim has come to.
pub(crate) enum Turn {
    /// Send it.
    Ours(Delivery),
    /// There is nothing to do.
    Over(Posted),
}

/// The way by which letters reach somebody: mail, or a text if there is none. A call cannot bring a link.
pub(crate) fn way(contact: &Contact) -> Option<&Channel> {
    let written = contact.channels.iter().filter(|channel| channel.is_written());
    written.min_by_key(|channel| channel.kind().kind().form)
}

impl Reviewer {
    /// Claims a message, so that nobody else sends it.
    pub(crate) async fn claim(&self, notice: &Notice, run: &Run) -> Result<Turn, AwsError> {
        Ok(match self.incidents.notices().claim_notice(notice, &run.owner, run.now).await? {
            Claimed::Ours(record) => Turn::Ours(record),
            Claimed::Ended(state) => Turn::Over(Posted::of(&state)),
            Claimed::Later => Turn::Over(Posted::Later),
        })
    }

    /// Sends a claimed message and writes how it ended.
    pub(crate) async fn send(
        &self,
        notice: &Notice,
        record: Delivery,
        letter: Letter,
    ) -> Result<Posted, AwsError> {
        let state = self.senders.send(&notice.delivery(), letter).await;
        let record = Delivery { state, at: jiff::Timestamp::now(), ..record };
        self.incidents.notices().settle_notice(notice, &record).await?;
        tracing::info!(channel = %notice.channel, state = record.state.name(), "notice settled");
        if record.may_try_again() { Ok(Posted::Later) } else { Ok(Posted::of(&record.state)) }
    }

    /// Tells the owner's topic something, once.
    pub(crate) async fn tell_owner(
        &self,
        about: String,
        (subject, text): (String, String),
        run: &Run,
    ) -> Result<Posted, AwsError> {
        let notice = Notice { about, whom: Recipient::OwnerTopic, channel: SendChannel::Topic };
        match self.claim(&notice, run).await? {
            Turn::Over(posted) => Ok(posted),
            Turn::Ours(record) => self.send(&notice, record, Letter::Topic(subject, text)).await,
        }
    }
}
