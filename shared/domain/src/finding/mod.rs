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
use crate::value::words::words;
use console::UNKNOWN_REGION;

words! {
    /// Source that delivered a finding. Several sources can deliver the same finding.
    pub enum FindingSource {
        /// A GuardDuty finding, or the result of a GuardDuty malware scan.
        GuardDuty = "guardduty",
        /// A Security Hub finding (ASFF).
        SecurityHub = "security_hub",
        /// A Security Hub finding (OCSF).
        SecurityHubV2 = "security_hub_v2",
        /// A Security Hub custom action: a person requested the team.
        CustomAction = "custom_action",
        /// A drill.
        Drill = "drill",
    }
}

impl FindingSource {
    /// Returns whether it reports the state of findings, and does not hand on what a person requests.
    #[must_use]
    pub const fn reports(self) -> bool {
        match self {
            Self::GuardDuty | Self::SecurityHub | Self::SecurityHubV2 => true,
            Self::CustomAction | Self::Drill => false,
        }
    }
}

words! {
    /// Reason why a finding requires no action now.
    pub enum InactiveReason {
        /// A sample finding, generated in GuardDuty.
        Sample = "sample",
        /// Archived at its source.
        Archived = "archived",
        /// Suppressed in Security Hub.
        Suppressed = "suppressed",
        /// Marked as resolved in Security Hub.
        Resolved = "resolved",
        /// Marked as forwarded in Security Hub (`NOTIFIED`).
        Notified = "notified",
        /// The control passed.
        Passed = "passed",
        /// The control could not be evaluated (`WARNING`, `NOT_AVAILABLE`).
        Inconclusive = "inconclusive",
    }
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

/// A detail of a finding, such as its location or the actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Detail {
    /// Label in sentence case, such as `Container image`.
    #[cfg_attr(feature = "schema", schema(example = "Container image"))]
    pub label: String,
    /// Value, in one line.
    #[cfg_attr(feature = "schema", schema(example = "example/app:1.4.2"))]
    pub value: String,
}

/// A Security Hub custom action that a person chose for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomAction {
    /// Name of the custom action.
    #[cfg_attr(feature = "schema", schema(example = "Page the response team"))]
    pub action: String,
    /// ARN of the custom action. Empty if the event contains none.
    #[cfg_attr(
        feature = "schema",
        schema(example = "arn:aws:securityhub:eu-central-1:111122223333:action/custom/Muster")
    )]
    pub action_arn: String,
    /// AWS account ID in which the action was chosen.
    #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
    pub account: String,
    /// ID of the event. Another delivery of the same event requests nothing new. Omitted if
    /// unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(example = "8e2f0c0e-8a55-4f4e-9c1b-1f0c0e8a554f"))]
    pub event: String,
}

/// A security finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Identity of the finding, independent of its source.
    pub identity: FindingIdentity,
    /// Source that delivered the finding.
    pub source: FindingSource,
    /// Severity of the finding.
    pub severity: Severity,
    /// Type of the incident that the finding opens.
    pub incident_type: IncidentType,
    /// Finding type of the product, such as `CryptoCurrency:EC2/BitcoinTool.B!DNS`. Maximum: 500
    /// characters.
    #[cfg_attr(feature = "schema", schema(example = "Backdoor:EC2/C&CActivity.B"))]
    pub finding_type: String,
    /// AWS account ID of the finding.
    #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
    pub account: String,
    /// AWS Region of the finding.
    #[cfg_attr(feature = "schema", schema(example = "eu-central-1"))]
    pub region: String,
    /// Title, in one line. Maximum: 500 characters.
    #[cfg_attr(feature = "schema", schema(example = "Command and control activity"))]
    pub title: String,
    /// Description. Can be empty. Maximum: 4,000 characters.
    #[cfg_attr(
        feature = "schema",
        schema(
            example = "EC2 instance i-0c10c2c7863d1a356 queries a domain name of a known command and control server."
        )
    )]
    pub description: String,
    /// Affected resource, such as `Instance i-0c10c2c7863d1a356`. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(nullable = false, example = "Instance i-0c10c2c7863d1a356")
    )]
    pub resource: Option<String>,
    /// URL of the finding in the AWS console.
    #[cfg_attr(
        feature = "schema",
        schema(example = "https://console.aws.amazon.com/securityhub/home")
    )]
    pub console_url: String,
    /// Reason why the finding requires no action now. Omitted for an active finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub inactive_reason: Option<InactiveReason>,
    /// Time when the reported activity was last seen. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub last_seen_at: Option<Timestamp>,
    /// Time when the source reported the finding. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub reported_at: Option<Timestamp>,
    /// Attack sequence that contains the finding, or findings of the sequence. Omitted if there are
    /// none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_findings: Vec<FindingIdentity>,
    /// Category of the finding.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub category: Category,
    /// Whether an exploit for the vulnerability is known.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub exploited: bool,
    /// Location of the finding and its actors, in reading order. Omitted if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Time when the source first saw the finding. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub first_seen_at: Option<Timestamp>,
    /// Time when the source last updated the finding. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = "date-time", nullable = false))]
    pub updated_at: Option<Timestamp>,
    /// Number of times that the source saw the finding. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub count: Option<u64>,
    /// Custom action by which a person requested the team. Omitted otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub custom_action: Option<CustomAction>,
    /// Drill settings. Omitted for real findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
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
