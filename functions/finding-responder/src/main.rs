//! Wires finding-responder: settings, clients, runtime.

use finding_responder::Responder;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use muster_aws::escalations::Escalations;
use muster_aws::incidents::Incidents;
use muster_aws::roster::Roster;
use muster_aws::settings::{INCIDENTS_TABLE, ROSTER_TABLE, STATE_MACHINE, required};
use muster_aws::{client, log};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let config = client::config().await;
    let responder = Responder {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        escalations: Escalations::new(&config, required(STATE_MACHINE)?),
    };
    tokio::join!(responder.incidents.warm(), responder.escalations.warm());
    let responder = &responder;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        // Boxed: the future holds a transaction's writes, and every poll would copy it.
        Box::pin(responder.handle(event.payload, jiff::Timestamp::now())).await
    }))
    .await
}
