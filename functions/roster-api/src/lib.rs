//! HTTP in: the roster, incidents, and the links in pages.

mod activation;
mod caller;
mod changes;
mod contacts;
mod corrections;
mod coverage;
mod document;
mod drills;
mod duties;
mod entries;
mod evidence;
mod externals;
mod filter;
mod format;
mod holes;
mod html;
mod incident_manager;
mod incidents;
mod links;
mod mask;
mod paging;
mod plans;
mod policy;
mod precondition;
mod preview;
mod problem;
mod readiness;
mod request;
mod response_plan;
mod review;
mod reviews;
mod roles;
mod routes;
mod scope;
mod sheet;
mod transfer;

use std::sync::Arc;

use muster_domain::report::coverage::Limits;
use muster_incident_manager::directory::Directory;
use muster_send::bus::Bus;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;

pub use readiness::{Names, Parts};
pub use routes::{reports, roster};

/// What the function works with.
#[derive(Debug)]
pub struct Stores {
    /// Entries of the roster.
    pub roster: Roster,
    /// Incidents and link tokens.
    pub incidents: Incidents,
    /// What only reports ask.
    pub others: Option<Others>,
    /// Where drills begin.
    pub bus: Bus,
    /// The Region it runs in.
    pub region: String,
    /// What comes before the name of each scope in a token: `muster/` for `muster/roster.read`.
    pub scope_prefix: String,
    /// What the coverage report calls too old.
    pub limits: Limits,
}

/// What only the functions of reports ask: their clients are most of a program.
#[derive(Debug)]
pub struct Others {
    /// Incident Manager's contacts.
    pub directory: Directory,
    /// What the readiness report asks.
    pub parts: Parts,
}

type App = Arc<Stores>;

#[cfg(test)]
mod tests;
