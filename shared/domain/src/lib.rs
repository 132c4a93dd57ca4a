//! Every decision Muster takes, as pure functions over values: no AWS, clock, environment or chance.

pub mod document;
pub mod fault;
pub mod given;
pub mod text;

mod checks;

pub mod availability;
pub mod category;
pub mod channel;
pub mod channel_key;
pub mod contact;
pub mod contact_draft;
pub mod external;
pub mod external_draft;
pub mod hole;
pub mod id;
pub mod reach;
pub mod review;
pub mod review_mail;
pub mod role;
pub mod stamps;

pub mod finding;
pub mod incident_type;
pub mod policy;
pub mod policy_draft;
pub mod readiness;
pub mod severity;
pub mod verdict;

pub mod announcement;
pub mod course;
pub mod coverage;
pub mod digest;
pub mod directory;
pub mod drill;
pub mod drill_report;
pub mod duty_clock;
mod duty_words;
pub mod escalation;
pub mod exercise;
pub mod incident;
pub mod ladder;
pub mod mirror;
pub mod page;
pub mod plan;
pub mod plan_draft;
pub mod plan_settings;
pub mod plan_settings_draft;
pub mod response_plan;
pub mod retention;
pub mod send;
pub mod team;
pub mod update;

#[cfg(test)]
mod samples;

pub use contact::{Contact, Status};
pub use contact_draft::ContactDraft;
pub use external::{Duty, ExternalResource, Portal, ResourceKind};
pub use external_draft::ExternalDraft;
pub use fault::Fault;
pub use finding::{Finding, FindingIdentity};
pub use id::{ContactId, IncidentId, PlanId, ResourceId};
pub use incident::{Actor, Incident};
pub use incident_type::IncidentType;
pub use plan::EscalationPlan;
pub use plan_draft::PlanDraft;
pub use plan_settings::PlanSettings;
pub use plan_settings_draft::PlanSettingsDraft;
pub use policy::Policy;
pub use policy_draft::PolicyDraft;
pub use role::Role;
pub use severity::Severity;
pub use stamps::{Stamp, Stamps};
pub use verdict::{Verdict, decide};
