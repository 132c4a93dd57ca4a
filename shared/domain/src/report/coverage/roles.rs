//! Roles that nobody fills, or one person alone.

use super::{CoverageGap, GapCode, GapSubject, Kind, Sources};
use crate::roster::contact::Contact;
use crate::roster::role::Role;
use crate::value::severity::Severity::{Critical, High, Medium};

pub(super) const NOBODY: Kind = Kind {
    code: GapCode::RoleUnfilled,
    severity: High,
    why: "What the role answers for is done by nobody, or by somebody who has another job that night.",
    todo: "Give somebody the role.",
};
const ALONE: Kind = Kind {
    code: GapCode::RoleSingleHolder,
    severity: Medium,
    why: "One illness or flight leaves the role to nobody.",
    todo: "Give a second person the role, or the first one a backup.",
};

/// Returns the gap of a role that no contact has.
pub(super) fn unfilled(role: Role) -> CoverageGap {
    let severity = if role == Role::IncidentCommander { Critical } else { High };
    Kind { severity, ..NOBODY }.of(GapSubject::Role { role }, "Nobody has this role.")
}

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageGap> {
    let mut findings = Vec::new();
    for role in Role::ALL {
        let about = GapSubject::Role { role };
        let holders: Vec<&Contact> =
            sources.present().filter(|contact| contact.roles.contains(&role)).collect();
        match holders.as_slice() {
            [] => {
                findings.push(unfilled(role));
            }
            [only] => {
                let backup = only.backup_contact.as_ref().and_then(|id| sources.here(id));
                if backup.is_none() {
                    findings.push(ALONE.of(about, format!("Only {} has this role.", only.id)));
                }
            }
            _ => {}
        }
    }
    findings
}
