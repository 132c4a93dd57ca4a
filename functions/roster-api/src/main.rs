//! Wires roster-api: settings, clients, runtime.

use lambda_http::Error;
use muster_aws::incidents::Incidents;
use muster_aws::readiness::{Names, Parts};
use muster_aws::roster::Roster;
use muster_aws::settings::{INCIDENTS_TABLE, ROSTER_TABLE, SCOPE_PREFIX, optional, required};
use muster_aws::{client, log};
use roster_api::{Stores, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let config = client::config().await;
    let stores = Stores {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        scope_prefix: optional(SCOPE_PREFIX),
        parts: Parts::new(&config, Names::from_environment()?),
    };
    stores.incidents.warm().await;
    lambda_http::run(router(stores)).await
}
