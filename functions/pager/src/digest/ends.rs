//! How a digest ends: it is sent, its pages are told, and its record goes.

use std::time::Instant;

use jiff::Timestamp;
use muster_domain::incident::digest::Digest;
use muster_domain::incident::send::{Delivery, DeliveryState};
use muster_runtime::figures;
use muster_store::incidents::{HeldPage, PagedChannel};

use super::{few, letter};
use crate::{Failure, Pager};

impl Pager {
    /// Sends a digest that is on record, unless it is after `until`, and notes how that ended. `last` is the mark
    /// of the last page that came to wait there, `others` whether pages that it does not name go on waiting.
    pub(super) async fn send_digest(
        &self,
        channel: &PagedChannel,
        digest: Digest,
        letter: letter::Written,
        (last, others): (&str, bool),
        until: Instant,
    ) -> Result<bool, Failure> {
        let kind = channel.kind.name();
        let state = if Instant::now() < until {
            self.senders.send_once(&digest.mark, letter.letter).await
        } else {
            // Whoever dies while it is sent leaves its pages unconfirmed: better the next look.
            DeliveryState::Failed { error: "Late".to_owned(), retryable: true }
        };
        let at = Timestamp::now();
        tracing::info!(channel = kind, pages = digest.pages.len(), state = state.name(), "digest");
        figures::page(kind, state.name(), false);
        if let DeliveryState::Failed { error, .. } = &state {
            tracing::error!(channel = kind, code = error, "a digest did not go out");
        }
        let digest = Digest { state: state.clone(), at, ..digest };
        // If this cannot be written, its pages are still told, and the record goes with them.
        if let Err(error) = self.incidents.ladders().settle_digest(channel, &digest).await {
            tracing::error!(reason = %error, "the end of a digest is not on record");
        }
        self.tell_pages(channel, &digest, &state, at).await?;
        let passing = matches!(state, DeliveryState::Failed { retryable: true, .. });
        self.leave(channel, last, others || passing).await?;
        Ok(matches!(state, DeliveryState::Sent { .. }))
    }

    /// Writes how a digest ended to the records of its pages, and takes its own away: last, so that whoever
    /// stops in between is followed by the next look. Pages of one that may come through go on waiting.
    pub(super) async fn tell_pages(
        &self,
        channel: &PagedChannel,
        digest: &Digest,
        state: &DeliveryState,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if matches!(state, DeliveryState::Failed { .. } | DeliveryState::Unavailable) {
            self.incidents.ladders().give_back(channel, &digest.mark, now).await?;
        }
        if !matches!(state, DeliveryState::Failed { retryable: true, .. }) {
            if matches!(state, DeliveryState::Unconfirmed) {
                tracing::error!(
                    channel = channel.kind.name(),
                    pages = digest.pages.len(),
                    "a digest may not have gone out; it is not sent again"
                );
            }
            let one = async |name: &String| -> Result<(), Failure> {
                let page = self.incidents.held_pages().held_page(channel, name).await?;
                let Some(page) = page else { return Ok(()) };
                self.settle(&page, state.clone()).await
            };
            few(digest.pages.iter().map(one)).await?;
        }
        Ok(self.incidents.ladders().end_digest(channel, &digest.mark).await?)
    }

    /// Writes how a held page ended. One that may have gone out stays, for the next digest to name it; it remains
    /// unconfirmed, whatever becomes of it, unless that digest goes out.
    pub(super) async fn settle(
        &self,
        page: &HeldPage,
        state: DeliveryState,
    ) -> Result<(), Failure> {
        let now = Timestamp::now();
        let (unconfirmed, sent) =
            (state == DeliveryState::Unconfirmed, matches!(state, DeliveryState::Sent { .. }));
        if !page.unconfirmed || sent {
            let record = Delivery { state, at: now, ..page.record.clone() };
            self.incidents.sends().settle_held(&page.incident, &record).await?;
        }
        if unconfirmed {
            let page = HeldPage { unconfirmed, ..page.clone() };
            return Ok(self.incidents.held_pages().hold(&page, now).await?);
        }
        Ok(self.incidents.held_pages().release(page).await?)
    }
}
