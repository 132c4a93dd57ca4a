//! What a run found out of step, what it could not change, and who cannot be reached there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actual, Alias, Change};
use crate::value::channel::ChannelType;

/// How many names a report has at most in each of its lists.
const MOST_TOLD: usize = 1000;

/// A failed change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SyncFailure {
    /// Name of the object in Incident Manager.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "muster-contact-ada-lovelace"))]
    pub alias: Alias,
    /// Operation that failed, such as `create_channel`.
    #[cfg_attr(feature = "schema", schema(example = "create_channel"))]
    pub operation: String,
    /// Error code of the service, `Skipped`, or `Unreadable` for an entry that could not be parsed.
    #[cfg_attr(feature = "schema", schema(example = "ThrottlingException"))]
    pub code: String,
    /// Whether a retry might succeed.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub retryable: bool,
}

/// A channel that is not activated and therefore not engaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChannelNotActivated {
    /// Name of the contact in Incident Manager.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "muster-contact-ada-lovelace"))]
    pub alias: Alias,
    /// Type of the channel.
    pub r#type: ChannelType,
    /// Name of the channel in Incident Manager.
    #[cfg_attr(feature = "schema", schema(example = "SMS 1"))]
    pub name: String,
}

/// Result of a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SyncReport {
    /// Time of the sync.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Digest of the stack settings that apply to Incident Manager.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true, example = "9f86d081884c7d65"))]
    pub settings_digest: String,
    /// Whether the account uses Incident Manager.
    pub enabled: bool,
    /// Whether the sync only reported changes.
    pub dry_run: bool,
    /// Changes that were needed for each contact or escalation plan. Maximum: 1,000 names.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Vec<String>>, example = json!({"muster-contact-ada-lovelace": ["create_channel"]})))]
    pub drift: BTreeMap<Alias, Vec<String>>,
    /// Names of objects that were edited in Incident Manager and left unchanged.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeSet<String>, required = true, example = json!(["muster-contact-ada-lovelace"])))]
    pub manual_edits: BTreeSet<Alias>,
    /// Failed changes.
    pub failures: Vec<SyncFailure>,
    /// Channels that are not activated, before the changes. Maximum: 1,000.
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
