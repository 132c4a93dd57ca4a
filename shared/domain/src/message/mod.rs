//! Every sentence that people receive.

mod duty;
pub mod page;
pub mod review;
