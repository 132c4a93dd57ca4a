//! The ground: identifiers, severities, types, channels, hours, and texts, without any rule about people.

pub mod availability;
pub mod category;
pub mod channel;
pub mod channel_key;
pub mod id;
pub mod incident_type;
pub mod limits;
pub mod recipient;
#[cfg(feature = "schema")]
pub mod schema;
pub mod severity;
pub mod stamps;
pub mod text;
pub(crate) mod words;
