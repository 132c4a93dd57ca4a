//! What drills have shown.

pub mod exercise;
pub mod report;
