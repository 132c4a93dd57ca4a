//! The only crate that calls an AWS SDK: concrete stores and senders, one cargo feature per service.

#[cfg(feature = "eventbridge")]
pub mod bus;
pub mod client;
#[cfg(feature = "directory")]
pub mod directory;
pub mod error;
#[cfg(feature = "events")]
pub mod event;
#[cfg(feature = "figures")]
pub mod figures;
pub mod log;
pub mod secret;
pub mod settings;

#[cfg(feature = "dynamodb")]
pub mod coverage;
#[cfg(feature = "dynamodb")]
pub mod incidents;
#[cfg(feature = "dynamodb")]
mod item;
#[cfg(feature = "dynamodb")]
pub mod roster;

#[cfg(feature = "sfn")]
pub mod escalations;
#[cfg(feature = "sesv2")]
pub mod mail;
#[cfg(feature = "readiness")]
pub mod readiness;
#[cfg(feature = "recent")]
pub mod recent;
#[cfg(feature = "directory")]
pub mod records;
#[cfg(feature = "senders")]
pub mod senders;
#[cfg(feature = "stream")]
pub mod stream;
#[cfg(feature = "sns")]
pub mod text;
#[cfg(feature = "unreachable")]
pub mod unreachable;
#[cfg(feature = "voice")]
pub mod voice;

pub use error::AwsError;
