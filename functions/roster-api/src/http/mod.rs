//! Requests and responses: callers, scopes, preconditions, bodies, pages, and problems.

pub(crate) mod answer;
pub(crate) mod caller;
pub(crate) mod format;
pub(crate) mod html;
pub(crate) mod paging;
pub(crate) mod precondition;
pub(crate) mod problem;
pub(crate) mod request;
pub(crate) mod scope;
