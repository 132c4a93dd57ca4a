//! What a run found out of step, what it could not change, and who cannot be reached there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actual, Alias, Change};
use crate::value::channel::ChannelType;

/// How many names a report has at most in each of its lists.
const MOST_TOLD: usize = 1000;

/// A change that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFailure {
    /// Of what.
    pub alias: Alias,
    /// What was to be done.
    pub operation: String,
    /// The service's error code; `Skipped` if an earlier change of the same contact failed.
    pub code: String,
    /// Whether it may work later.
    #[serde(default)]
    pub retryable: bool,
}

/// A channel that is never engaged: its owner has not activated it, or has unsubscribed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelNotActivated {
    /// Whose.
    pub alias: Alias,
    /// Its kind.
    pub r#type: ChannelType,
    /// Its name there.
    pub name: String,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// When.
    pub at: Timestamp,
    /// A digest of what the stack asked for.
    #[serde(default)]
    pub settings_digest: String,
    /// Whether the account uses Incident Manager.
    pub enabled: bool,
    /// Whether it only looked.
    pub dry_run: bool,
    /// How many changes each contact or escalation needed to be in step: the drift.
    pub drift: BTreeMap<Alias, Vec<String>>,
    /// Names where somebody has changed something by hand, which was left as it is.
    #[serde(default)]
    pub manual_edits: BTreeSet<Alias>,
    /// What failed, and why.
    pub failures: Vec<SyncFailure>,
    /// Channels that are never engaged, as they stood before the changes.
    pub channels_not_activated: Vec<ChannelNotActivated>,
}

impl SyncReport {
    /// The result in an account without Incident Manager.
    #[must_use]
    pub fn not_in_use(at: Timestamp) -> Self {
        Self {
            at,
            settings_digest: String::new(),
            enabled: false,
            dry_run: false,
            drift: BTreeMap::new(),
            manual_edits: BTreeSet::new(),
            failures: Vec::new(),
            channels_not_activated: Vec::new(),
        }
    }

    /// The result of a run that found these changes to be made.
    #[must_use]
    pub fn of(
        at: Timestamp,
        dry_run: bool,
        todo: &[Change],
        inactive: Vec<ChannelNotActivated>,
    ) -> Self {
        let mut drift = BTreeMap::<Alias, Vec<String>>::new();
        for change in todo {
            drift.entry(change.alias().clone()).or_default().push(change.name().to_owned());
        }
        let (failed, left) = (Vec::new(), BTreeSet::new());
        // Far more than anybody reads, and less than an item holds.
        let inactive = inactive.into_iter().take(MOST_TOLD).collect();
        let drift = drift.into_iter().take(MOST_TOLD).collect();
        Self {
            at,
            settings_digest: String::new(),
            enabled: true,
            dry_run,
            drift,
            manual_edits: left,
            failures: failed,
            channels_not_activated: inactive,
        }
    }
}

impl Actual {
    /// The channels that are never engaged.
    #[must_use]
    pub fn inactive(&self) -> Vec<ChannelNotActivated> {
        let people = self.people.iter();
        let channels = people.flat_map(|(alias, p)| p.channels.iter().map(move |c| (alias, c)));
        let inactive = channels.filter(|(_, channel)| !channel.activated);
        inactive
            .map(|(alias, channel)| ChannelNotActivated {
                alias: alias.clone(),
                r#type: channel.line.kind,
                name: channel.line.name.clone(),
            })
            .collect()
    }
}
