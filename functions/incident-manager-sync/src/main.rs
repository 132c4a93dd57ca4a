//! Wires incident-manager-sync: settings, clients, runtime.

use incident_manager_sync::{Input, Sync};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use muster_aws::directory::Directory;
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;
use muster_aws::settings::{
    INCIDENT_MANAGER, INCIDENT_MANAGER_PREFIX, INCIDENTS_TABLE, ROSTER_TABLE, optional, required,
};
use muster_aws::{client, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let config = client::config().await;
    let known = optional(INCIDENT_MANAGER) == "on";
    let sync = Sync {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        directory: Directory::new(&config, required(INCIDENT_MANAGER_PREFIX)?, known),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
    };
    let sync = &sync;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Input>| async move {
        let run = event.context.request_id.clone();
        let output = Box::pin(sync.handle(event.payload, &run, jiff::Timestamp::now())).await;
        output.map_err(|error| Diagnostic {
            error_type: "AwsError".to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
