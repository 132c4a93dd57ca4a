//! Notification duties: their clocks, and how long an incident is kept for them.

pub mod clock;
pub mod retention;
