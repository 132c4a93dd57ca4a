//! AWS Systems Manager Incident Manager: its contacts, response plans, and incident records.

pub mod directory;
pub mod readiness;
pub mod records;
