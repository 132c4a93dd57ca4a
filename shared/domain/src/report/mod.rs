//! What the roster lacks, and what the installation lacks.

pub mod coverage;
pub mod readiness;
