//! Word of a change of channels, to where somebody was reached before: a stolen link must not go unnoticed.

use muster_domain::message::review as words;
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::Channel;
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::id::ContactId;
use muster_domain::value::recipient::Recipient;
use muster_send::senders::Letter;
use muster_store::incidents::Notice;
use muster_store::roster::Change;

use crate::post::{Posted, Turn};
use crate::{Failure, Reviewer, Run};

/// The channels before a change, as its record has them; none if their values were erased.
fn before(change: &Change) -> Vec<Channel> {
    let field = change.fields.iter().find(|field| field.field == "channels");
    let value = field.and_then(|field| field.before.clone());
    value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

impl Reviewer {
    /// Tells somebody, by mail and text where they were reached before the change with this version.
    pub(crate) async fn tell_of_move(
        &self,
        contact: &ContactId,
        version: u64,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let changes = self.roster.changes_of::<Contact>(contact).await?;
        let change = changes.iter().rev().find(|change| change.version == version);
        let (Some(change), Some(now)) = (change, self.roster.entry::<Contact>(contact).await?)
        else {
            return Ok(Posted::Refused);
        };
        let mut worst = Posted::Sent;
        let before = before(change);
        for channel in &before {
            if !channel.is_written() {
                continue;
            }
            let notice = Notice {
                about: format!("moved#{contact}#{version}"),
                whom: Recipient::from(contact),
                channel: SendChannel::of(&before, channel),
            };
            let posted = match self.claim(&notice, run).await? {
                Turn::Over(posted) => posted,
                Turn::Ours(record) => {
                    let mail = || words::moved_mail(&now, change.at);
                    let letter = Letter::to(channel, mail, words::moved_text, String::new);
                    self.send(&notice, record, letter).await?
                }
            };
            if posted == Posted::Later {
                worst = Posted::Later;
            }
        }
        Ok(worst)
    }
}
