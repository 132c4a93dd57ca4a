//! What leaves Muster: text messages, emails, calls, topics, events, and executions.

pub mod bus;
pub mod escalations;
pub mod mail;
pub mod readiness;
pub mod senders;
pub mod text;
pub mod unreachable;
pub mod voice;
