//! What leaves Muster: text messages, emails, calls, webhooks, topics, events, and executions.

pub mod bus;
pub mod escalations;
pub mod mail;
pub mod readiness;
pub mod senders;
pub mod text;
pub mod unreachable;
pub mod voice;
pub mod webhook;
