//! The two tables in DynamoDB: the roster, and the incidents.

pub mod coverage;
pub mod incidents;
mod item;
mod readiness;
pub mod roster;
pub mod stream;
