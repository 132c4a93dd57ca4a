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
use crate::value::words::words;

/// What stands before everything that a drill says.
pub const MARK: &str = "DRILL";
/// The product that a drill's finding says it comes from.
const PRODUCT: &str = "muster/drill";
/// The wait between two steps of a dry drill: nobody is given time to answer.
pub const DRY_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// How long the people of a drill have to answer before the emergency topic is told.
const ROUND_MINUTES: u32 = 10;

words! {
    /// `live` sends messages, `dry_run` does not.
    pub enum DrillMode default Live {
        /// Sends all messages, marked as a drill.
        Live = "live",
        /// Decides and records everything, and sends nothing.
        DryRun = "dry_run",
    }
}

/// Drill settings of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Drill {
    /// Mode of the drill.
    pub mode: DrillMode,
    /// Contacts of the drill. Default: the contacts of the escalation plan.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeSet<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    pub contacts: BTreeSet<ContactId>,
    /// New contacts added to the drill. Omitted if there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeSet<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    pub new_contacts: BTreeSet<ContactId>,
    /// IAM ARN or token subject of the caller who started the drill. Omitted for sample findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(nullable = false, example = "arn:aws:iam::111122223333:user/ada")
    )]
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

/// The `detail` of a `Muster Drill Requested` event: what somebody asked for, on the way to the responder.
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
