//! The kinds of entry whose routes are alike, as the document describes them.

use utoipa::openapi::{RefOr, Schema};

use super::operation::{of, page_of};
use super::{plans, response_plan, roster};

/// A kind of entry, as its routes share it.
pub(super) struct Kind {
    pub(super) what: &'static str,
    pub(super) tag: &'static str,
    /// The end of its operations' ids.
    pub(super) name: &'static str,
    pub(super) draft: RefOr<Schema>,
    pub(super) entry: RefOr<Schema>,
    pub(super) page: RefOr<Schema>,
    pub(super) only: bool,
}

/// The kind of entry that a path is about, if it is about one.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let first = path.trim_start_matches('/').split('/').next()?;
    Some(match first {
        "contacts" => Kind {
            what: "contact",
            tag: "Contacts",
            name: "Contact",
            draft: of::<roster::ContactDraft>(),
            entry: of::<roster::Contact>(),
            page: page_of::<roster::Contact>(),
            only: false,
        },
        "external-resources" => Kind {
            what: "external resource",
            tag: "External resources",
            name: "ExternalResource",
            draft: of::<roster::ExternalResourceDraft>(),
            entry: of::<roster::ExternalResource>(),
            page: page_of::<roster::ExternalResource>(),
            only: false,
        },
        "escalation-plans" => Kind {
            what: "escalation plan",
            tag: "Escalation plans",
            name: "EscalationPlan",
            draft: of::<plans::EscalationPlanDraft>(),
            entry: of::<plans::EscalationPlan>(),
            page: page_of::<plans::EscalationPlan>(),
            only: false,
        },
        "policy" => Kind {
            what: "policy",
            tag: "Policy",
            name: "Policy",
            draft: of::<plans::PolicyDraft>(),
            entry: of::<plans::Policy>(),
            page: of::<plans::Policy>(),
            only: true,
        },
        "response-plan" => Kind {
            what: "response plan's settings",
            tag: "Response plan",
            name: "PlanSettings",
            draft: of::<response_plan::PlanSettingsDraft>(),
            entry: of::<response_plan::PlanSettings>(),
            page: of::<response_plan::PlanSettings>(),
            only: true,
        },
        _ => return None,
    })
}
