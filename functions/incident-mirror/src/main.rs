//! Wires incident-mirror: settings, clients, runtime.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use muster_incident_manager::directory::Directory;
use muster_incident_manager::records::{Places, Records};
use muster_incident_mirror::{Input, Reflector};
use muster_runtime::settings::{
    CONTACTS, INCIDENT_MANAGER, INCIDENT_MANAGER_PREFIX, INCIDENTS_TABLE, LINK_BASE, NAMESPACE,
    PAGING_BACKEND, RESPONSE_PLANS, choice, required,
};
use muster_runtime::{client, figures, log};
use muster_store::incidents::Incidents;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let prefix = required(INCIDENT_MANAGER_PREFIX)?;
    let places = Places {
        prefix: prefix.clone(),
        plans: required(RESPONSE_PLANS)?,
        contacts: required(CONTACTS)?,
        api: required(LINK_BASE)?,
    };
    let reflector = Reflector {
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        records: Records::new(&config, places),
        directory: Directory::new(&config, prefix, choice(INCIDENT_MANAGER)?),
        backend: choice(PAGING_BACKEND)?,
    };
    reflector.incidents.warm().await;
    let reflector = &reflector;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Input>| async move {
        let output = Box::pin(reflector.handle(event.payload, jiff::Timestamp::now())).await;
        figures::emit();
        output
    }))
    .await
}
