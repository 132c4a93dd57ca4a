//! Wires roster-reports: settings, clients, runtime.

use lambda_http::Error;
use muster_incident_manager::directory::Directory;
use muster_roster_api::{Names, Others, Parts, Stores, reports};
use muster_runtime::settings::{
    BUS, INCIDENT_MANAGER, INCIDENT_MANAGER_PREFIX, INCIDENTS_TABLE, NAMESPACE, ROSTER_TABLE,
    SCOPE_PREFIX, choice, optional, required,
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
        others: Some(Others {
            directory: Directory::new(
                &config,
                required(INCIDENT_MANAGER_PREFIX)?,
                choice(INCIDENT_MANAGER)?,
            ),
            parts: Parts::new(&config, Names::from_environment()?),
        }),
        bus: Bus::new(&config, required(BUS)?),
        region: config.region().map(ToString::to_string).unwrap_or_default(),
        scope_prefix: optional(SCOPE_PREFIX),
        limits: coverage::limits()?,
    };
    stores.incidents.warm().await;
    lambda_http::run(reports(stores)).await
}
