//! The seven roles, to read.

use axum::Json;
use muster_domain::roster::role::Role;
use muster_domain::roster::role::RoleCard;
use serde::Serialize;

/// A role and what it is.
#[derive(Debug, Serialize)]
pub(crate) struct RoleDescription {
    role: Role,
    #[serde(flatten)]
    card: RoleCard,
}

pub(crate) async fn list() -> Json<Vec<RoleDescription>> {
    Json(Role::ALL.map(|role| RoleDescription { role, card: role.card() }).into())
}
