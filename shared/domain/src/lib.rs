//! Every decision that Muster makes, as pure functions over values: no AWS, no clock, no environment, no randomness.
//!
//! Each module uses only modules above it.

pub mod value;

pub mod document;
pub mod draft;

pub mod roster;

pub mod finding;

pub mod incident;
pub mod review;

pub mod duty;

pub mod message;

pub mod announcement;

pub mod incident_manager;
pub mod response_plan;

pub mod report;

#[cfg(test)]
mod samples;
