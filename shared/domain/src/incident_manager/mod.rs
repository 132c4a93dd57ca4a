//! AWS Systems Manager Incident Manager: what it should hold, and the records of incidents there.

pub mod directory;
pub mod mirror;
