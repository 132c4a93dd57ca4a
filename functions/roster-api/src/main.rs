//! Wires roster-api: settings, clients, runtime.

use lambda_http::Error;
use muster_roster_api::{Stores, roster};
use muster_runtime::settings::{
    BUS, INCIDENTS_TABLE, NAMESPACE, ROSTER_TABLE, SCOPE_PREFIX, optional, required,
};
use muster_runtime::{client, figures, log};
use muster_send::bus::Bus;
use muster_store::coverage;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let stores = Stores {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        others: None,
        bus: Bus::new(&config, required(BUS)?),
        region: config.region().map(ToString::to_string).unwrap_or_default(),
        scope_prefix: optional(SCOPE_PREFIX),
        limits: coverage::limits()?,
    };
    stores.incidents.warm().await;
    lambda_http::run(roster(stores)).await
}
