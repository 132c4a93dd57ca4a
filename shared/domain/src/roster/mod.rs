//! The roster: contacts, external resources, escalation plans, the policy, and who they call.

pub mod contact;
pub mod external;
pub mod hole;
pub mod plan;
pub mod policy;
pub mod role;
pub mod team;
