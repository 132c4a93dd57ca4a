//! How input becomes values: given fields, their checks, and the faults that name them.

pub(crate) mod checks;
pub mod fault;
pub mod given;
pub(crate) mod input;
