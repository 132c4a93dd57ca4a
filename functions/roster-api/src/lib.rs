//! HTTP in: the roster, incidents, and the links in pages.

mod http;
mod incidents;
#[cfg(test)]
mod openapi;
mod reports;
mod reviews;
mod roster;
mod routes;

use std::sync::Arc;

use muster_domain::report::coverage::Limits;
use muster_incident_manager::directory::Directory;
use muster_send::bus::Bus;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;

pub use reports::readiness::{Names, Parts};
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
