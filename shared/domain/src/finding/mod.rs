//! A finding: what a detector reported, in one form whatever route brought it.

mod asff;
pub mod classify;
pub mod drill;
mod guardduty;
mod identity;
mod ocsf;
mod scan;

mod clean;
mod console;
mod kind;
mod lines;
mod place;
mod tree;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use asff::AsffFinding;
pub(crate) use clean::cleaned_type;
pub(crate) use console::console;
pub use guardduty::GuardDutyFinding;
pub use identity::FindingIdentity;
pub use ocsf::OcsfFinding;
pub use scan::ObjectScan;

use crate::finding::drill::Drill;
use crate::roster::policy::Policy;
use crate::value::category::Category;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use console::UNKNOWN_REGION;

/// The way a finding came to us; the same finding comes by several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingSource {
    /// `GuardDuty Finding`, and GuardDuty's scans of objects.
    #[serde(rename = "guardduty")]
    GuardDuty,
    /// `Security Hub Findings - Imported` (ASFF).
    SecurityHub,
    /// `Findings Imported V2` (OCSF).
    #[serde(rename = "security_hub_v2")]
    SecurityHubV2,
    /// `Security Hub Findings - Custom Action` (ASFF): somebody asks for people.
    CustomAction,
    /// `Muster Drill`: somebody practises.
    Drill,
}

impl FindingSource {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GuardDuty => "guardduty",
            Self::SecurityHub => "security_hub",
            Self::SecurityHubV2 => "security_hub_v2",
            Self::CustomAction => "custom_action",
            Self::Drill => "drill",
        }
    }
}

/// Why a finding does not stand for something to act on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveReason {
    /// Made by "generate sample findings".
    Sample,
    /// Archived at its source.
    Archived,
    /// Suppressed in Security Hub.
    Suppressed,
    /// Marked as resolved in Security Hub.
    Resolved,
    /// Marked in Security Hub as handed on (`NOTIFIED`).
    Notified,
    /// A control that passed.
    Passed,
    /// A control that could not be checked (`WARNING`, `NOT_AVAILABLE`).
    Inconclusive,
}

impl InactiveReason {
    /// Returns the reason of a finding for which people have `decided` one thing and a check has found another. That it
    /// passed says more than that it was handed on, or resolved because it passed.
    pub(crate) fn first(decided: Option<Self>, checked: Option<Self>) -> Option<Self> {
        match (decided, checked) {
            (Some(Self::Resolved | Self::Notified), Some(Self::Passed)) => checked,
            _ => decided.or(checked),
        }
    }

    /// Whether its source says that it is dealt with, or was never real.
    #[must_use]
    pub const fn closed(self) -> bool {
        !matches!(self, Self::Notified | Self::Inconclusive)
    }
}

/// One line about a finding: where it is, or who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The label, in sentence case: `Container image`.
    pub label: String,
    /// The value: one line of text.
    pub value: String,
}

/// A Security Hub custom action that a person chose for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomAction {
    /// The action's name.
    pub action: String,
    /// The action's ARN; empty if the event names none.
    pub action_arn: String,
    /// The account in which the action was chosen.
    pub account: String,
    /// The id of the event: the same event delivered again asks for nothing new.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub event: String,
}

/// A finding, in one form for all routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which finding it is, the same by every route.
    pub identity: FindingIdentity,
    /// The route that brought it this time.
    pub source: FindingSource,
    /// How serious it is.
    pub severity: Severity,
    /// What kind of incident it would be.
    pub incident_type: IncidentType,
    /// The product's own type: `CryptoCurrency:EC2/BitcoinTool.B!DNS`.
    pub finding_type: String,
    /// The AWS account it is about: 12 digits.
    pub account: String,
    /// The AWS Region it is about.
    pub region: String,
    /// One line.
    pub title: String,
    /// A paragraph, possibly empty.
    pub description: String,
    /// What it is about, in a few words, if known: `Instance i-0c10c2c7863d1a356`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Where a person looks at it.
    pub console_url: String,
    /// Why it is nothing to act on now, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive_reason: Option<InactiveReason>,
    /// When what it reports was last seen to happen, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// When its source reported it, if its event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Timestamp>,
    /// The attack sequence it is part of, or the findings that a sequence is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_findings: Vec<FindingIdentity>,
    /// What kind of source reports it.
    #[serde(default)]
    pub category: Category,
    /// Whether an exploit for the vulnerability is known.
    #[serde(default)]
    pub exploited: bool,
    /// Where it is and who acted, in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// When its source first saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen_at: Option<Timestamp>,
    /// When its source last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// How often its source has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The custom action by which a person asked for the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_action: Option<CustomAction>,
    /// Set if it is no real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
}

impl Finding {
    /// Returns whether it pages, by the policy's threshold for its kind of source.
    #[must_use]
    pub fn pages(&self, policy: &Policy) -> bool {
        policy.min_paging_severity.of(self.category, self.exploited).pages(self.severity)
    }

    /// This finding with no text longer than people read: an incident holds it, and DynamoDB takes 400 KB
    /// an item.
    #[must_use]
    pub fn shortened(self) -> Self {
        let short = |text: String, most: usize| match text.char_indices().nth(most) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        };
        Self {
            title: short(self.title, MOST_TITLE),
            description: short(self.description, MOST_DESCRIPTION),
            finding_type: short(self.finding_type, MOST_TITLE),
            resource: self.resource.map(|text| short(text, MOST_TITLE)),
            console_url: short(self.console_url, MOST_DESCRIPTION),
            ..self
        }
    }

    /// Whether its source says with this copy that it is active.
    #[must_use]
    pub const fn active(&self) -> bool {
        self.drill.is_none()
            && matches!(self.inactive_reason, None | Some(InactiveReason::Notified))
    }

    /// Whether a person asks for the team with it.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.source == FindingSource::CustomAction
    }

    /// This finding, taken for a drill if it is one of those that "generate sample findings" makes.
    #[must_use]
    pub fn sample_as_drill(self) -> Self {
        if self.inactive_reason == Some(InactiveReason::Sample) {
            return Self { inactive_reason: None, drill: Some(Drill::default()), ..self };
        }
        self
    }

    /// A finding that nobody reported: to ask what would come of one.
    #[must_use]
    pub fn assumed(severity: Severity, incident_type: IncidentType, account: String) -> Self {
        Self {
            identity: FindingIdentity::product(&account, "muster", "assumed"),
            source: FindingSource::GuardDuty,
            severity,
            incident_type,
            finding_type: String::new(),
            account,
            region: UNKNOWN_REGION.to_owned(),
            title: String::new(),
            description: String::new(),
            resource: None,
            console_url: console(UNKNOWN_REGION, ""),
            inactive_reason: None,
            last_seen_at: None,
            reported_at: None,
            related_findings: Vec::new(),
            drill: None,
            category: Category::of(incident_type),
            exploited: false,
            details: Vec::new(),
            first_seen_at: None,
            updated_at: None,
            count: None,
            custom_action: None,
        }
    }
}

/// Longest title and longest description that are kept, in characters.
const MOST_TITLE: usize = 500;
const MOST_DESCRIPTION: usize = 4000;

#[cfg(test)]
mod tests;
