//! The seven roles, to read.

use axum::Json;
use muster_domain::roster::role::Role;
use muster_domain::roster::role::RoleCard;
use serde::Serialize;

/// A role and what it is.
#[derive(Debug, Serialize)]
pub(crate) struct Described {
    role: Role,
    #[serde(flatten)]
    card: RoleCard,
}

pub(crate) async fn list() -> Json<Vec<Described>> {
    Json(Role::ALL.map(|role| Described { role, card: role.card() }).into())
}
