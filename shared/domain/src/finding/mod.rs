//! A finding: what a detector reported, in one form whatever route brought it.

mod asff;
mod guardduty;
mod identity;
mod ocsf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::drill::Drill;
use crate::given::{Given, known};
use crate::incident_type::IncidentType;
use crate::severity::Severity;

pub use asff::AsffFinding;
pub use guardduty::GuardDutyFinding;
pub use identity::FindingIdentity;
pub use ocsf::OcsfFinding;

/// The way a finding came to us; the same finding comes by several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// `GuardDuty Finding`.
    GuardDuty,
    /// `Security Hub Findings - Imported` (ASFF).
    SecurityHub,
    /// `Findings Imported V2` (OCSF).
    SecurityHubV2,
    /// `Security Hub Findings - Custom Action` (ASFF): somebody asks for people.
    CustomAction,
    /// `Muster Drill`: somebody practises.
    Drill,
}

impl Route {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GuardDuty => "guardduty",
            Self::SecurityHub => "securityhub",
            Self::SecurityHubV2 => "securityhubv2",
            Self::CustomAction => "customaction",
            Self::Drill => "drill",
        }
    }
}

/// Why a finding does not stand for something to act on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
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
}

/// A finding, in one form for all routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which finding it is, the same by every route.
    pub identity: FindingIdentity,
    /// The route that brought it this time.
    pub route: Route,
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
    pub console_link: String,
    /// Why it is nothing to act on now, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// When what it reports was last seen to happen, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// When its source reported it, if its event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Timestamp>,
    /// The attack sequence it is part of, or the findings that a sequence is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<FindingIdentity>,
    /// Set if it is no real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
}

impl Finding {
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
            console_link: short(self.console_link, MOST_DESCRIPTION),
            ..self
        }
    }

    /// This finding, taken for a drill if it is one of those that "generate sample findings" makes.
    #[must_use]
    pub fn sample_as_drill(self) -> Self {
        if self.quiet == Some(Quiet::Sample) {
            return Self { quiet: None, drill: Some(Drill::default()), ..self };
        }
        self
    }

    /// A finding that nobody reported: to ask what would come of one.
    #[must_use]
    pub fn assumed(severity: Severity, incident_type: IncidentType, account: String) -> Self {
        Self {
            identity: FindingIdentity::product("muster", "assumed"),
            route: Route::GuardDuty,
            severity,
            incident_type,
            finding_type: String::new(),
            account,
            region: UNKNOWN_REGION.to_owned(),
            title: String::new(),
            description: String::new(),
            resource: None,
            console_link: console(UNKNOWN_REGION, ""),
            quiet: None,
            last_seen: None,
            reported_at: None,
            related: Vec::new(),
            drill: None,
        }
    }
}

/// The first of these texts that is a time. GuardDuty has written times with a blank instead of the
/// `T`, and without a zone.
fn moment(texts: &[&Option<Given<String>>]) -> Option<Timestamp> {
    texts.iter().filter_map(|text| known(text.as_ref())).find_map(|text| {
        let dense = text.trim().replacen(' ', "T", 1);
        dense.parse().ok().or_else(|| format!("{dense}Z").parse().ok())
    })
}

/// Longest title and longest description that are kept, in characters.
const MOST_TITLE: usize = 500;
const MOST_DESCRIPTION: usize = 4000;

/// Stands for a Region that a finding does not name.
const UNKNOWN_REGION: &str = "unknown";

/// Where findings are looked at in `region`'s console. `GovCloud` and China have hosts of their own.
pub(crate) fn console(region: &str, path: &str) -> String {
    if region == UNKNOWN_REGION {
        return "https://console.aws.amazon.com/".to_owned();
    }
    let host = match region {
        r if r.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        r if r.starts_with("cn-") => "console.amazonaws.cn",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{host}/{path}")
}

#[cfg(test)]
mod tests;
