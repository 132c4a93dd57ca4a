//! An escalation plan: whom to page after how long, by which channels, and how often again.

mod channels;
pub mod draft;
mod target;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use self::channels::StepChannels;
pub(crate) use self::channels::voice_first;
pub use self::target::{Target, TargetError};

use crate::value::id::{ContactId, PlanId, ResourceId};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;

/// A step of an escalation plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Step {
    /// Minutes after the start of the round.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1440))]
    pub after_minutes: u32,
    /// Targets: `severity_team`, `backups`, `next_level`, `role:<role>`, `level:<1-4>`,
    /// `contact:<id>`, or `external:<id>`.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 100, example = json!(["severity_team", "role:technical_lead"])))]
    pub targets: Vec<Target>,
    /// Channels used by the step.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub channels: StepChannels,
}

impl Step {
    /// Whether it is for external organizations alone.
    #[must_use]
    pub fn only_externals(&self) -> bool {
        self.targets.iter().all(|target| matches!(target, Target::External(_)))
    }

    /// The organisations that it names.
    pub fn externals(&self) -> impl Iterator<Item = &ResourceId> {
        self.targets.iter().filter_map(|target| match target {
            Target::External(id) => Some(id),
            _ => None,
        })
    }
}

/// Defines which contacts Muster pages, when, and how often. Muster uses the most specific plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EscalationPlan {
    /// Escalation plan ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "default"))]
    pub id: PlanId,
    /// Name of the plan.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Malware in production")
    )]
    pub name: String,
    /// Incident types the plan applies to. Empty: all types.
    pub incident_types: BTreeSet<IncidentType>,
    /// Minimum severity of the incidents the plan applies to.
    pub min_severity: Severity,
    /// Steps, ordered by time.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 20))]
    pub steps: Vec<Step>,
    /// Number of passes through the steps.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 10))]
    pub rounds: u32,
    /// Minutes between the start of two rounds. Greater than `after_minutes` of the last step.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1440))]
    pub round_interval_minutes: u32,
    /// Number of contacts who must acknowledge before paging stops.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub required_acknowledgments: u16,
    /// Minutes after the last acknowledgment before an unresolved incident pages again. Omitted:
    /// never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1440, nullable = false))]
    pub acknowledgment_timeout_minutes: Option<u32>,
    /// Version of the plan, and who created and updated it.
    #[serde(flatten)]
    pub stamps: Stamps,
}

impl Default for EscalationPlan {
    /// The plan that is compiled in: the team at once; everybody who has not answered, and the
    /// backups, after 10 minutes; the next level after 20; three rounds half an hour apart. An acknowledged
    /// incident that is not resolved within four hours pages again.
    fn default() -> Self {
        use Target::{Backups, NextLevel, SeverityTeam};
        let step = |after_minutes, targets: &[Target]| Step {
            after_minutes,
            targets: targets.to_vec(),
            channels: StepChannels::All,
        };
        Self {
            id: PlanId::default_plan(),
            name: PlanId::DEFAULT.to_owned(),
            incident_types: BTreeSet::new(),
            min_severity: Severity::Informational,
            steps: vec![
                step(0, &[SeverityTeam]),
                step(10, &[SeverityTeam, Backups]),
                step(20, &[NextLevel]),
            ],
            rounds: 3,
            round_interval_minutes: 30,
            required_acknowledgments: 1,
            acknowledgment_timeout_minutes: Some(240),
            stamps: Stamps::built_in(),
        }
    }
}

impl EscalationPlan {
    /// The most specific of `plans` for such an incident: one that names the type before one for
    /// any; then the one for the most severe incidents; then the one for the fewest types; then by id.
    /// The compiled-in plan if none is for it.
    #[must_use]
    pub fn choose(plans: Vec<Self>, r#type: IncidentType, severity: Severity) -> Self {
        let fits = |plan: &Self| {
            severity >= plan.min_severity
                && (plan.incident_types.is_empty() || plan.incident_types.contains(&r#type))
        };
        let rank = |plan: &Self| {
            let any = plan.incident_types.is_empty();
            let severity = std::cmp::Reverse(plan.min_severity);
            (any, severity, plan.incident_types.len(), plan.id.clone())
        };
        plans.into_iter().filter(fits).min_by_key(rank).unwrap_or_default()
    }

    /// The wait after the step at `index`, until the next step or the next round's first.
    #[must_use]
    pub fn wait_after(&self, index: usize) -> SignedDuration {
        let minutes = |i: usize| self.steps.get(i).map(|step| step.after_minutes);
        let first = minutes(0).unwrap_or(0);
        let now = minutes(index).unwrap_or(0);
        let next = minutes(index + 1).unwrap_or(self.round_interval_minutes + first);
        SignedDuration::from_mins(i64::from(next.saturating_sub(now)))
    }

    /// How many minutes after the incident opens the first step pages.
    #[must_use]
    pub fn first_minutes(&self) -> u32 {
        self.steps.first().map_or(0, |step| step.after_minutes)
    }

    /// The step with this number, from 0.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number).ok()?)
    }

    /// Everybody whom a step names.
    pub fn named(&self) -> impl Iterator<Item = &ContactId> {
        let targets = self.steps.iter().flat_map(|step| &step.targets);
        targets.filter_map(|target| match target {
            Target::Contact(id) => Some(id),
            _ => None,
        })
    }

    /// Every organisation that a step names.
    pub fn externals(&self) -> impl Iterator<Item = &ResourceId> {
        self.steps.iter().flat_map(Step::externals)
    }

    /// The plan with `successor` wherever it names `leaver`; `None` if it does not.
    #[must_use]
    pub fn with_successor(&self, leaver: &ContactId, successor: &ContactId) -> Option<Self> {
        self.named().find(|id| *id == leaver)?;
        let mut plan = self.clone();
        for step in &mut plan.steps {
            let (old, new) = (Target::Contact(leaver.clone()), Target::Contact(successor.clone()));
            let known = step.targets.contains(&new);
            step.targets.retain(|target| !known || *target != old);
            for target in &mut step.targets {
                if *target == old {
                    *target = new.clone();
                }
            }
        }
        Some(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_plan_is_chosen() {
        use IncidentType::{DataExposure, Malware, Other};
        let plan = |id: &str, types: &[IncidentType], least_severity| EscalationPlan {
            id: id.parse().unwrap(),
            incident_types: types.iter().copied().collect(),
            min_severity: least_severity,
            ..EscalationPlan::default()
        };
        let plans = vec![
            plan("any", &[], Severity::Informational),
            plan("grave", &[], Severity::Critical),
            plan("both", &[Malware, DataExposure], Severity::Medium),
            plan("malware", &[Malware], Severity::Medium),
            plan("malware-2", &[Malware], Severity::Medium),
        ];
        let check = |r#type, severity, expected: &str| {
            let chosen = EscalationPlan::choose(plans.clone(), r#type, severity);
            assert_eq!(chosen.id.as_str(), expected);
        };
        check(Malware, Severity::Critical, "malware");
        check(DataExposure, Severity::High, "both");
        check(DataExposure, Severity::Low, "any");
        check(Other, Severity::Critical, "grave");
        let none = EscalationPlan::choose(vec![], Other, Severity::High);
        assert_eq!((none.id.as_str(), none.stamps.version), (PlanId::DEFAULT, 0));
    }

    #[test]
    fn a_leaver_is_replaced_once_in_each_step() {
        let (ada, bob): (ContactId, ContactId) = ("ada".parse().unwrap(), "bob".parse().unwrap());
        let step = |ids: &[&ContactId]| Step {
            after_minutes: 0,
            targets: ids.iter().map(|id| Target::Contact((*id).clone())).collect(),
            channels: StepChannels::All,
        };
        let steps = vec![step(&[&ada]), step(&[&ada, &bob]), step(&[&bob])];
        let plan = EscalationPlan { steps, ..EscalationPlan::default() };
        let mended = plan.with_successor(&ada, &bob).unwrap();
        assert_eq!(mended.steps, [step(&[&bob]), step(&[&bob]), step(&[&bob])]);
        assert_eq!(mended.with_successor(&ada, &bob), None);
    }
}
