//! What every function starts with: configuration, settings, the log, metrics, events, and findings of other services.

pub mod client;
pub mod error;
pub mod event;
pub mod figures;
pub mod log;
pub mod recent;
pub mod secret;
pub mod settings;
