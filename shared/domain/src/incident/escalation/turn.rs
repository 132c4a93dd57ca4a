//! What one turn of an escalation does, and what comes after it.

use jiff::SignedDuration;

use super::{Cursor, Emergency};
use crate::roster::contact::Contact;
use crate::roster::external::ExternalResource;
use crate::roster::team::PageReason;
use crate::value::channel::Channel;

/// One person to page by these channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPage {
    /// The person.
    pub contact: Contact,
    /// Why this person.
    pub reason: PageReason,
    /// By which channels, in order; all go out together.
    pub channels: Vec<Channel>,
    /// Whether an earlier escalation run reached this person: the message says what is new, and is
    /// the only one of the turn.
    pub update: bool,
}

/// One external organization to notify by these channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalPage {
    /// The organization.
    pub resource: ExternalResource,
    /// By which channels; all go out together. Never none.
    pub channels: Vec<Channel>,
}

/// What comes after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another turn, or the same one again when its time has come.
    Turn {
        /// After this long.
        wait: SignedDuration,
        /// Which.
        cursor: Cursor,
    },
    /// Nothing: the escalation is over.
    End,
}

/// What a turn does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// People to page.
    pub pages: Vec<PersonPage>,
    /// Organizations to notify.
    pub externals: Vec<ExternalPage>,
    /// Whether its step is for organizations alone, so that no page is missing where it has none.
    pub only_externals: bool,
    /// Whether it found nobody where it looked and fell back on the commanders, who may be of any level:
    /// it has to be planned again from the whole roster.
    pub fell_back: bool,
    /// The emergency topic's turn, if it is.
    pub emergency: Option<Emergency>,
    /// What comes after.
    pub next: Next,
}

impl Turn {
    /// The turn of an escalation that is over: it does nothing, and none comes after it.
    pub(super) const OVER: Self = Self {
        pages: Vec::new(),
        externals: Vec::new(),
        only_externals: false,
        fell_back: false,
        emergency: None,
        next: Next::End,
    };

    /// A turn that does nothing but wait for that one.
    pub(super) fn wait(wait: SignedDuration, cursor: Cursor) -> Self {
        Self { next: Next::Turn { wait, cursor }, ..Self::OVER }
    }
}
