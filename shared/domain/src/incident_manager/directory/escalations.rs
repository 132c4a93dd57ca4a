//! ESCALATION contacts from escalation plans: one for each plan and severity that it may be for.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::legal::display_name;
use super::people::alias as person_alias;
use super::{Alias, Escalation, Stage};
use crate::roster::contact::Contact;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::roster::team::{Call, People};
use crate::value::availability::Availability;
use crate::value::id::PlanId;
use crate::value::severity::Severity;

/// Longest wait of a stage (Incident Manager API, `Stage.DurationInMinutes`).
const LONGEST_STAGE: u32 = 30;
/// Stands for the account of an incident that has not happened: nobody is its expert.
const NO_ACCOUNT: &str = "";

/// The alias of a plan's escalation for one severity.
#[must_use]
pub fn alias(prefix: &str, plan: &EscalationPlan, severity: Severity) -> Alias {
    format!("{prefix}-plan-{}-{}", plan.id, severity.name())
}

/// The plan whose escalation has this alias, if it is one of ours.
#[must_use]
pub fn plan_of(prefix: &str, alias: &str) -> Option<PlanId> {
    let rest = alias.strip_prefix(prefix)?.strip_prefix("-plan-")?;
    let (plan, severity) = rest.rsplit_once('-')?;
    Severity::ALL.iter().any(|known| known.name() == severity).then(|| plan.parse().ok())?
}

/// What each plan, the compiled-in one among `plans`, comes to for each severity that pages people. A
/// contact on leave at `now` is replaced by their backup contact until the next reconcile. Experts of
/// single accounts are left out, since an escalation there is made before anybody knows the account. Only
/// Critical escalations have contacts with hours, since Incident Manager knows none: Muster pages them.
#[must_use]
pub fn escalations(
    prefix: &str,
    plans: &[EscalationPlan],
    policy: &Policy,
    people: &People,
    now: Timestamp,
) -> BTreeMap<Alias, Escalation> {
    let mut all = BTreeMap::new();
    for plan in plans {
        for severity in Severity::ALL {
            if !policy.min_paging_severity.any(severity) || severity < plan.min_severity {
                continue;
            }
            let call = Call {
                // Made at any hour for any hour, so that the hour it is made at decides nothing.
                severity: Severity::Critical,
                account: NO_ACCOUNT,
                max_escalation_level: policy.highest_level(severity),
                now,
            };
            let woken = severity == Severity::Critical;
            let at_any_hour =
                |contact: &Contact| woken || matches!(contact.availability, Availability::Always);
            let stages = stages(prefix, plan, &call, people, &at_any_hour);
            let name = format!("{} {}", plan.name, severity.name());
            let escalation = Escalation { display_name: display_name(&name), stages };
            all.insert(alias(prefix, plan, severity), escalation);
        }
    }
    all
}

fn stages(
    prefix: &str,
    plan: &EscalationPlan,
    call: &Call<'_>,
    people: &People,
    engaged: &dyn Fn(&Contact) -> bool,
) -> Vec<Stage> {
    let mut stages = Vec::new();
    // The first step's own wait is over when it is engaged, and some runs begin without it.
    for _ in 0..plan.rounds {
        for (index, step) in plan.steps.iter().enumerate() {
            let mut targets: Vec<Alias> = Vec::new();
            let members = step.targets.iter().flat_map(|target| call.target(target, people));
            for member in members.filter(|member| engaged(member.contact)) {
                let alias = person_alias(prefix, &member.contact.id);
                if !targets.contains(&alias) {
                    targets.push(alias);
                }
            }
            let wait = u32::try_from(plan.wait_after(index).as_mins()).unwrap_or(0);
            chain(&mut stages, targets, wait);
        }
    }
    stages
}

/// One stage for the targets, and as many empty ones after it as the wait needs.
fn chain(stages: &mut Vec<Stage>, targets: Vec<Alias>, mut wait: u32) {
    let part = |wait: &mut u32| {
        let minutes = (*wait).min(LONGEST_STAGE);
        *wait -= minutes;
        u8::try_from(minutes).unwrap_or(0)
    };
    let minutes = part(&mut wait);
    // A stage of no minutes must have a target.
    if minutes > 0 || !targets.is_empty() {
        stages.push(Stage { minutes, targets });
    }
    while wait > 0 {
        let minutes = part(&mut wait);
        stages.push(Stage { minutes, targets: Vec::new() });
    }
}
