//! The few calls to services without a client here that the local system makes: their clients would be most of its build.

pub(crate) mod cloudformation;
mod events;
mod lambda;
mod s3;
mod ses;
mod states;
