//! What a change of the roster would leave open, as gaps of the coverage report.

use super::people::{LOST_BACKUP, ONE_WAY};
use super::roles::unfilled;
use super::{CoverageGap, GapCode, GapSubject, Kind};
use crate::roster::hole::Hole;
use crate::value::severity::Severity::High;

const MISSING: Kind = Kind {
    code: GapCode::PlanContactMissing,
    severity: High,
    why: "That step of the plan pages somebody else, or nobody.",
    todo: "Name somebody who is there.",
};

impl From<&Hole> for CoverageGap {
    fn from(hole: &Hole) -> Self {
        match hole {
            Hole::BackupMissing { contact } => {
                let subject = GapSubject::Contact { contact: contact.clone() };
                LOST_BACKUP.of(subject, "The backup contact is missing or has departed.")
            }
            Hole::RoleUnfilled { role } => unfilled(*role),
            Hole::PlanContactMissing { plan, contact } => {
                let subject = GapSubject::EscalationPlan { escalation_plan: plan.clone() };
                let text = format!("Names {contact}, who is not in the roster or has left.");
                MISSING.of(subject, text)
            }
            Hole::PlanResourceMissing { plan, resource } => {
                let subject = GapSubject::EscalationPlan { escalation_plan: plan.clone() };
                let text = format!("Names the external resource {resource}, which there is not.");
                Kind { code: GapCode::PlanResourceMissing, ..MISSING }.of(subject, text)
            }
            Hole::ContactSingleChannelType { contact } => {
                let subject = GapSubject::Contact { contact: contact.clone() };
                ONE_WAY.of(subject, "Can be reached by one kind of channel only.")
            }
        }
    }
}
