//! Which contacts a list is to hold.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::{Contact, ContactStatus};
use muster_domain::roster::role::Role;

use crate::http::problem::Problem;

/// Status that a list of contacts can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(rename_all = "snake_case"))]
pub(crate) enum StatusFilter {
    /// Active contacts.
    Active,
    /// Contacts on leave.
    OnLeave,
    /// Departed contacts.
    Departed,
}

impl StatusFilter {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "active" => Some(Self::Active),
            "on_leave" => Some(Self::OnLeave),
            "departed" => Some(Self::Departed),
            _ => None,
        }
    }
}

/// What a list's query asks for; every part that is there must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    role: Option<Role>,
    escalation_level: Option<u8>,
    status: Option<StatusFilter>,
    skill: Option<String>,
    account: Option<String>,
    /// A part of the name, in lower case.
    q: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Filter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = Query::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else {
            let fault =
                FieldError::new("query", "could not be parsed", "role=technical_lead&limit=50");
            return Err(Problem::bad_query(vec![fault]));
        };
        Self::read(given).map_err(Problem::bad_query)
    }
}

impl Filter {
    fn read(given: BTreeMap<String, String>) -> Result<Self, Vec<FieldError>> {
        let (mut filter, mut faults) = (Self::default(), Vec::new());
        for (name, text) in given {
            let fault = match name.as_str() {
                "role" => {
                    filter.role = Role::from_name(&text);
                    let wrong = "must be a role name (see GET /roles)";
                    filter.role.is_none().then(|| FieldError::new("role", wrong, "technical_lead"))
                }
                "escalation_level" => {
                    filter.escalation_level =
                        text.parse().ok().filter(|level| (1..=4).contains(level));
                    let wrong = "must be an integer from 1 to 4";
                    filter
                        .escalation_level
                        .is_none()
                        .then(|| FieldError::new("escalation_level", wrong, "2"))
                }
                "status" => {
                    filter.status = StatusFilter::from_name(&text);
                    let wrong = "must be one of: active, on_leave, departed";
                    filter.status.is_none().then(|| FieldError::new("status", wrong, "active"))
                }
                "skill" => {
                    filter.skill = Some(text.to_lowercase());
                    None
                }
                "account" => {
                    let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
                    filter.account = Some(text);
                    let wrong = "must be a 12-digit AWS account ID";
                    (!digits).then(|| FieldError::new("account", wrong, "111122223333"))
                }
                "q" => {
                    filter.q = Some(text.to_lowercase());
                    None
                }
                // Those of `Paging`: the table of routes has refused all others.
                _ => None,
            };
            faults.extend(fault);
        }
        if faults.is_empty() { Ok(filter) } else { Err(faults) }
    }

    /// Whether this contact belongs in the list.
    pub(crate) fn holds(&self, contact: &Contact) -> bool {
        let status = match contact.status {
            ContactStatus::Active => StatusFilter::Active,
            ContactStatus::OnLeave { .. } => StatusFilter::OnLeave,
            ContactStatus::Departed => StatusFilter::Departed,
        };
        let skilled = |skill: &String| contact.skills.iter().any(|s| s.to_lowercase() == *skill);
        self.role.is_none_or(|role| contact.roles.contains(&role))
            && self.escalation_level.is_none_or(|level| contact.escalation_level == level)
            && self.status.is_none_or(|wanted| wanted == status)
            && self.skill.as_ref().is_none_or(skilled)
            && self.account.as_ref().is_none_or(|account| contact.serves(account))
            && self.q.as_ref().is_none_or(|q| contact.name.to_lowercase().contains(q))
    }
}
