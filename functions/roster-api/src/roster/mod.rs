//! The roster: its entries, their changes, contact files, and who would be paged.

pub(crate) mod changes;
pub(crate) mod contacts;
pub(crate) mod entries;
pub(crate) mod export;
pub(crate) mod externals;
pub(crate) mod filter;
pub(crate) mod gaps;
pub(crate) mod mask;
pub(crate) mod plans;
pub(crate) mod policy;
pub(crate) mod preview;
pub(crate) mod roles;
pub(crate) mod sheet;
pub(crate) mod transfer;
