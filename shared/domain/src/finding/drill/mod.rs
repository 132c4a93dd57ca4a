//! Drills: a synthetic finding that takes the real path, marked in every message and kept apart.

mod draft;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use draft::DrillInput;

use crate::finding::{Finding, FindingIdentity, FindingSource, console};
use crate::roster::plan::{EscalationPlan, Step, StepChannels, Target};
use crate::value::category::Category;
use crate::value::id::{ContactId, PlanId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;

/// What stands before everything that a drill says.
pub const MARK: &str = "DRILL";
/// The product that a drill's finding says it comes from.
const PRODUCT: &str = "muster/drill";
/// The wait between two steps of a dry drill: nobody is given time to answer.
pub const DRY_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// How long the people of a drill have to answer before the emergency topic is told.
const ROUND_MINUTES: u32 = 10;

/// Whether a drill sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillMode {
    /// Every message goes out, marked as a drill.
    #[default]
    Live,
    /// Everything is decided and recorded, and nothing is sent.
    DryRun,
}

impl DrillMode {
    /// The mode with this name in JSON.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Live, Self::DryRun].into_iter().find(|mode| mode.name() == name)
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::DryRun => "dry_run",
        }
    }
}

/// What makes a finding, and the incident it opens, a drill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// Whether it sends.
    pub mode: DrillMode,
    /// Whom it is for; those of the incident's own plan, if nobody is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub contacts: BTreeSet<ContactId>,
    /// Whom it is for besides: new people, who are to be in their first drill.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub new_contacts: BTreeSet<ContactId>,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
}

impl Drill {
    /// The plan of the drill's incident: with the new people in its first step too.
    #[must_use]
    pub fn with_newcomers(&self, mut plan: EscalationPlan) -> EscalationPlan {
        if let (true, Some(first)) = (self.contacts.is_empty(), plan.steps.first_mut()) {
            let new = self.new_contacts.iter().cloned().map(Target::Contact);
            let new: Vec<_> = new.filter(|target| !first.targets.contains(target)).collect();
            first.targets.extend(new);
        }
        plan
    }

    /// The plan of a drill for named people: each of them at once, by every channel.
    #[must_use]
    pub fn plan(&self) -> Option<EscalationPlan> {
        if self.contacts.is_empty() {
            return None;
        }
        let people: BTreeSet<_> = self.contacts.union(&self.new_contacts).cloned().collect();
        let number = people.len();
        let targets = people.into_iter().map(Target::Contact).collect();
        Some(EscalationPlan {
            id: PlanId::from_name("drill")?,
            name: "Drill".to_owned(),
            incident_types: BTreeSet::new(),
            min_severity: Severity::Informational,
            steps: vec![Step { after_minutes: 0, targets, channels: StepChannels::All }],
            rounds: 1,
            round_interval_minutes: ROUND_MINUTES,
            // Everybody whom it is for is to show that they can be reached.
            required_acknowledgments: u16::try_from(number).unwrap_or(u16::MAX),
            acknowledgment_timeout_minutes: None,
            stamps: Stamps::built_in(),
        })
    }
}

/// The `detail` of a `Muster Drill` event: what somebody asked for, on the way to the responder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a drill")]
pub struct DrillFinding {
    /// Which drill; a second delivery of it opens nothing.
    pub id: String,
    /// Whether it sends, whom it is for and who asked for it.
    pub drill: Drill,
    /// How serious the finding is.
    pub severity: Severity,
    /// What kind of incident it opens.
    pub incident_type: IncidentType,
    /// The AWS account it is about: 12 digits.
    pub account: String,
    /// The AWS Region it is about.
    pub region: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

impl DrillFinding {
    /// The identity of the drill with this id.
    #[must_use]
    pub fn identity(id: &str) -> FindingIdentity {
        FindingIdentity::product("", PRODUCT, id)
    }
}

impl From<DrillFinding> for Finding {
    fn from(given: DrillFinding) -> Self {
        let words = given.incident_type.words();
        Self {
            identity: DrillFinding::identity(&given.id),
            source: FindingSource::Drill,
            severity: given.severity,
            incident_type: given.incident_type,
            finding_type: format!("Drill:{}", given.incident_type.name()),
            account: given.account,
            console_url: console(&given.region, "guardduty/home"),
            region: given.region,
            title: format!("Drill: {words}"),
            description: "This is a drill. Nothing has happened; answer as if it had.".to_owned(),
            resource: None,
            inactive_reason: None,
            last_seen_at: Some(given.requested_at),
            reported_at: Some(given.requested_at),
            category: Category::Threat,
            exploited: false,
            details: Vec::new(),
            first_seen_at: None,
            updated_at: None,
            count: None,
            custom_action: None,
            related_findings: Vec::new(),
            drill: Some(given.drill),
        }
        .cleaned()
    }
}

#[cfg(test)]
mod tests;
