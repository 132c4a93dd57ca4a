//! The seven roles, to read.

use muster_domain::roster::role::Role;
use muster_domain::roster::role::RoleCard;
use serde::Serialize;

use crate::http::answer::List;

/// A role with its responsibilities.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct RoleDescription {
    /// The role.
    role: Role,
    /// Title, responsibilities, skills, escalation level, and priority.
    #[serde(flatten)]
    card: RoleCard,
}

pub(crate) async fn list() -> List<RoleDescription> {
    List(Role::ALL.map(|role| RoleDescription { role, card: role.card() }).into())
}
