//! Reports that read the whole roster or ask other services, and what belongs to Incident Manager.

pub(crate) mod activation;
pub(crate) mod coverage;
pub(crate) mod document;
pub(crate) mod evidence;
pub(crate) mod incident_manager;
pub(crate) mod readiness;
pub(crate) mod response_plan;
