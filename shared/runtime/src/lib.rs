//! What every function starts with: configuration, settings, the log, metrics, events, calls of AWS services, and their findings.

pub mod client;
pub mod error;
pub mod event;
pub mod figures;
pub mod log;
pub mod recent;
pub mod secret;
pub mod service;
pub mod settings;
