//! What plans and external resources lack, and what waits for the owner.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{CoverageGap, GapCode, GapSubject, Kind, Sources};
use crate::roster::external::{ExternalResource, ExternalResourceType};
use crate::roster::hole::{Hole, Snapshot};
use crate::value::id::{PlanId, ResourceId};
use crate::value::severity::Severity::{High, Low, Medium};

const NEVER_DRILLED: Kind = Kind {
    code: GapCode::PlanDrillDue,
    severity: Medium,
    why: "A plan that was never tried is a hope.",
    todo: "Hold a drill: POST /drills.",
};
const NO_WAY: Kind = Kind {
    code: GapCode::ResourceWithoutContactDetails,
    severity: High,
    why: "In the night nobody will look for the number.",
    todo: "Enter an e-mail address, a telephone number or a portal.",
};
const NO_OWNER: Kind = Kind {
    code: GapCode::ResourceWithoutOwner,
    severity: Medium,
    why: "Nobody keeps the entry true, and nobody sees to its notification duties.",
    todo: "Name an owner who is in the roster.",
};
const NO_CONTRACT: Kind = Kind {
    code: GapCode::ResourceWithoutContractNumber,
    severity: Low,
    why: "They will ask for it before they help.",
    todo: "Enter the number of the contract or policy.",
};
const UNCONFIRMED: Kind = Kind {
    code: GapCode::ResourceUnconfirmed,
    severity: Medium,
    why: "Reminders went unanswered: the entry may be old.",
    todo: "Ask its owner, or name another.",
};
const DUE: Kind = Kind {
    code: GapCode::ResourceReviewDue,
    severity: Low,
    why: "Contracts end and desks move.",
    todo: "Wait for the answer to the reminder, or send one: POST /reviews.",
};
const WAITING: Kind = Kind {
    code: GapCode::ChangeRequestsPending,
    severity: Low,
    why: "People have said what is wrong, and it is still so.",
    todo: "Decide: GET /change-requests.",
};

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let mut findings = named(sources);
    findings.extend(drilled(sources));
    for resource in sources.resources {
        findings.extend(of(sources, resource));
    }
    if sources.waiting > 0 {
        let what = format!("{} corrections wait.", sources.waiting);
        findings.push(WAITING.of(GapSubject::Roster, what));
    }
    findings
}

/// Plans that name somebody or something that is not there.
fn named(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let resources: BTreeSet<ResourceId> = sources.resources.iter().map(|r| r.id.clone()).collect();
    let snapshot = Snapshot { people: sources.people, plans: sources.plans, resources: &resources };
    let of = |hole: Hole| match &hole {
        Hole::PlanContactMissing { .. } | Hole::PlanResourceMissing { .. } => {
            Some(CoverageGap::from(&hole))
        }
        // These have gaps of their own.
        Hole::BackupMissing { .. }
        | Hole::RoleUnfilled { .. }
        | Hole::ContactSingleChannelType { .. } => None,
    };
    snapshot.holes().into_iter().filter_map(of).collect()
}

/// Plans that were not drilled lately. The one that is built in applies to what no other is for.
fn drilled(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let mut plans: BTreeSet<PlanId> = sources.plans.iter().map(|plan| plan.id.clone()).collect();
    plans.insert(PlanId::default_plan());
    let last = |plan: &PlanId| {
        let drills =
            sources.exercises.iter().filter(|drill| drill.escalation_plan.as_ref() == Some(plan));
        drills.map(|drill| drill.started_at).max()
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
        Some(NEVER_DRILLED.of(GapSubject::EscalationPlan { escalation_plan: plan }, what))
    };
    plans.into_iter().filter_map(finding).collect()
}

fn of(sources: &Sources<'_>, resource: &ExternalResource) -> Vec<CoverageGap> {
    let about = || GapSubject::ExternalResource { external_resource: resource.id.clone() };
    let mut findings = Vec::new();
    let reachable = resource.contact_email.is_some()
        || resource.contact_phone.is_some()
        || resource.portal_url.is_some();
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
        resource.r#type,
        ExternalResourceType::Forensics
            | ExternalResourceType::Legal
            | ExternalResourceType::Insurer
    );
    if contract && resource.contract_number.is_none() {
        findings.push(NO_CONTRACT.of(about(), "Has no contract number."));
    }
    let old = |at: Timestamp| sources.now.duration_since(at) > sources.limits.review;
    if let Some(since) = resource.unconfirmed_since {
        let what = format!("Unconfirmed since {}.", since.strftime("%Y-%m-%d"));
        findings.push(UNCONFIRMED.of(about(), what));
    } else if resource.confirmed_at.is_none_or(old) {
        let last = resource.confirmed_at.map(|at| at.strftime("%Y-%m-%d").to_string());
        let what = format!("Last confirmed: {}.", last.unwrap_or_else(|| "never".to_owned()));
        findings.push(DUE.of(about(), what));
    }
    findings
}
