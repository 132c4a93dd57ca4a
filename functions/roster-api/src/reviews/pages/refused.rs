//! Links that lead nowhere: one plain page for all of them, and an entry on the audit trail.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::{Timestamp, Unit};
use muster_store::incidents::ReviewToken;
use muster_store::roster::{Action, Change, ChangeSource, EntryType};

use crate::App;
use crate::http::html;

/// Why a link leads nowhere.
pub(crate) struct Why {
    whose: Option<String>,
    reason: &'static str,
    /// Tells the entries of one minute apart.
    number: u64,
}

impl Why {
    /// A link that nobody was given, or that somebody has altered.
    pub(crate) fn unknown() -> Self {
        Self { whose: None, reason: "nobody was given this link", number: 0 }
    }

    /// A link that was used, or has ended.
    pub(crate) fn over(token: &ReviewToken) -> Self {
        let (reason, number) = match token.used_at {
            Some(_) => ("the link was used before", 1),
            None => ("the link has expired", 2),
        };
        Self { whose: Some(token.contact.to_string()), reason, number }
    }

    /// A link whose entry is gone, or belongs to somebody else now.
    pub(crate) fn gone(token: &ReviewToken) -> Self {
        let reason = "the entry is gone, or somebody else's";
        Self { whose: Some(token.contact.to_string()), reason, number: 3 }
    }
}

/// The one page for every such link. It says nothing that whoever came with it does not know.
pub(crate) async fn refuse(app: &App, why: Why) -> Response {
    let entry = Change {
        entry_type: EntryType::Link,
        entry_id: why.whose.unwrap_or_else(|| "unknown".to_owned()),
        action: Action::LinkRejected,
        by: "anybody".to_owned(),
        // One entry a minute for each reason and person: strangers must not fill the table.
        at: Timestamp::now().round(Unit::Minute).unwrap_or(Timestamp::UNIX_EPOCH),
        source: ChangeSource::Review,
        reason: Some(why.reason.to_owned()),
        version: why.number,
        fields: Vec::new(),
        erased_at: None,
    };
    if let Err(error) = app.roster.record(&entry).await {
        tracing::error!(reason = %error, "a refused link is not on the audit trail");
    }
    let body = "<p>It may have been used, or be too old. Open the newest message you got, or ask \
                your team for another.</p>";
    html::page(StatusCode::NOT_FOUND, "Muster: this link cannot be used", body)
}
