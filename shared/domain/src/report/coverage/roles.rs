//! Roles that nobody fills, or one person alone.

use super::{About, CoverageFinding, Kind, Sources};
use crate::roster::contact::Contact;
use crate::roster::role::Role;
use crate::value::severity::Severity::{Critical, High, Medium};

pub(super) const UNFILLED: &str = "role_unfilled";

const NOBODY: Kind = Kind {
    code: UNFILLED,
    severity: High,
    why: "What the role answers for is done by nobody, or by somebody who has another job that night.",
    todo: "Give somebody the role.",
};
const ALONE: Kind = Kind {
    code: "role_without_backup",
    severity: Medium,
    why: "One illness or flight leaves the role to nobody.",
    todo: "Give a second person the role, or the first one a backup.",
};

pub(super) fn findings(sources: &Sources<'_>) -> Vec<CoverageFinding> {
    let mut findings = Vec::new();
    for role in Role::ALL {
        let about = About::Role { role };
        let holders: Vec<&Contact> =
            sources.present().filter(|contact| contact.roles.contains(&role)).collect();
        match holders.as_slice() {
            [] => {
                let commander = role == Role::IncidentCommander;
                let severity = if commander { Critical } else { High };
                findings.push(Kind { severity, ..NOBODY }.of(about, "Nobody has this role."));
            }
            [only] => {
                let backup = only.backup.as_ref().and_then(|id| sources.here(id));
                if backup.is_none() {
                    findings.push(ALONE.of(about, format!("Only {} has this role.", only.id)));
                }
            }
            _ => {}
        }
    }
    findings
}
