//! What plans and external resources lack, and what waits for the owner.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{About, CoverageFinding, Kind, Sources};
use crate::roster::external::{ExternalResource, ResourceKind};
use crate::roster::hole::{Hole, Snapshot};
use crate::value::id::{PlanId, ResourceId};
use crate::value::severity::Severity::{High, Low, Medium};

const NAMES_NOBODY: Kind = Kind {
    code: "plan_names_nobody",
    severity: High,
    why: "That step of the plan pages somebody else, or nobody.",
    todo: "Name somebody who is there.",
};
const NEVER_DRILLED: Kind = Kind {
    code: "plan_not_drilled",
    severity: Medium,
    why: "A plan that was never tried is a hope.",
    todo: "Hold a drill: POST /drills.",
};
const NO_WAY: Kind = Kind {
    code: "resource_without_contact",
    severity: High,
    why: "In the night nobody will look for the number.",
    todo: "Enter an e-mail address, a telephone number or a portal.",
};
const NO_OWNER: Kind = Kind {
    code: "resource_without_owner",
    severity: Medium,
    why: "Nobody keeps the entry true, and nobody sees to its notification duties.",
    todo: "Name an owner who is in the roster.",
};
const NO_CONTRACT: Kind = Kind {
    code: "resource_without_contract",
    severity: Low,
    why: "They will ask for it before they help.",
    todo: "Enter the number of the contract or policy.",
};
const UNCONFIRMED: Kind = Kind {
    code: "resource_unconfirmed",
    severity: Medium,
    why: "Reminders went unanswered: the entry may be old.",
    todo: "Ask its owner, or name another.",
};
const DUE: Kind = Kind {
    code: "resource_due_for_review",
    severity: Low,
    why: "Contracts end and desks move.",
    todo: "Wait for the answer to the reminder, or send one: POST /reviews.",
};
const WAITING: Kind = Kind {
    code: "corrections_wait",
    severity: Low,
    why: "People have said what is wrong, and it is still so.",
    todo: "Decide: GET /corrections.",
};

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageFinding> {
    let mut findings = named(sources);
    findings.extend(drilled(sources));
    for resource in sources.resources {
        findings.extend(of(sources, resource));
    }
    if sources.waiting > 0 {
        let what = format!("{} corrections wait.", sources.waiting);
        findings.push(WAITING.of(About::Roster, what));
    }
    findings
}

/// Plans that name somebody or something that is not there.
fn named(sources: &Sources<'_>) -> Vec<CoverageFinding> {
    let resources: BTreeSet<ResourceId> = sources.resources.iter().map(|r| r.id.clone()).collect();
    let snapshot = Snapshot { people: sources.people, plans: sources.plans, resources: &resources };
    let of = |hole| match hole {
        Hole::PlanNamesNobody { plan, contact } => {
            let what = format!("Names {contact}, who is not in the roster or has left.");
            Some(NAMES_NOBODY.of(About::Plan { plan }, what))
        }
        Hole::PlanNamesNothing { plan, resource } => {
            let what = format!("Names the external resource {resource}, which there is not.");
            Some(NAMES_NOBODY.of(About::Plan { plan }, what))
        }
        // These have findings of their own.
        Hole::NoBackup { .. } | Hole::NobodyInRole { .. } | Hole::OneChannelType { .. } => None,
    };
    snapshot.holes().into_iter().filter_map(of).collect()
}

/// Plans that were not drilled lately. The one that is built in applies to what no other is for.
fn drilled(sources: &Sources<'_>) -> Vec<CoverageFinding> {
    let mut plans: BTreeSet<PlanId> = sources.plans.iter().map(|plan| plan.id.clone()).collect();
    plans.insert(PlanId::default_plan());
    let last = |plan: &PlanId| {
        let drills = sources.exercises.iter().filter(|drill| drill.plan.as_ref() == Some(plan));
        drills.map(|drill| drill.at).max()
    };
    let recent = |at: Timestamp| sources.now.duration_since(at) <= sources.limits.drill;
    let finding = |plan: PlanId| {
        let last = last(&plan);
        if last.is_some_and(recent) {
            return None;
        }
        let what = last.map_or_else(
            || "Never drilled.".to_owned(),
            |at| format!("Last drilled on {}.", at.strftime("%Y-%m-%d")),
        );
        Some(NEVER_DRILLED.of(About::Plan { plan }, what))
    };
    plans.into_iter().filter_map(finding).collect()
}

fn of(sources: &Sources<'_>, resource: &ExternalResource) -> Vec<CoverageFinding> {
    let about = || About::Resource { resource: resource.id.clone() };
    let mut findings = Vec::new();
    let reachable = resource.contact_email.is_some()
        || resource.contact_phone.is_some()
        || resource.portal.is_some();
    if !reachable {
        findings.push(NO_WAY.of(about(), "Has neither an address nor a number nor a portal."));
    }
    match &resource.owner {
        None => findings.push(NO_OWNER.of(about(), "Has no owner.")),
        Some(id) if sources.here(id).is_none() => {
            let what = format!("The owner, {id}, is not in the roster or has left.");
            findings.push(NO_OWNER.of(about(), what));
        }
        Some(_) => {}
    }
    let contract = matches!(
        resource.kind,
        ResourceKind::Forensics | ResourceKind::Legal | ResourceKind::Insurer
    );
    if contract && resource.contract_number.is_none() {
        findings.push(NO_CONTRACT.of(about(), "Has no contract number."));
    }
    let old = |at: Timestamp| sources.now.duration_since(at) > sources.limits.review;
    if let Some(since) = resource.unconfirmed_since {
        let what = format!("Unconfirmed since {}.", since.strftime("%Y-%m-%d"));
        findings.push(UNCONFIRMED.of(about(), what));
    } else if resource.reviewed_at.is_none_or(old) {
        let last = resource.reviewed_at.map(|at| at.strftime("%Y-%m-%d").to_string());
        let what = format!("Last confirmed: {}.", last.unwrap_or_else(|| "never".to_owned()));
        findings.push(DUE.of(about(), what));
    }
    findings
}
