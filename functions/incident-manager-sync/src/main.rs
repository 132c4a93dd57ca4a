//! Wires incident-manager-sync: settings, clients, runtime.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use muster_domain::incident_manager::directory::{Manner, Runbook};
use muster_incident_manager::directory::Directory;
use muster_incident_manager_sync::{Input, Sync};
use muster_runtime::settings::{
    INCIDENT_MANAGER, INCIDENT_MANAGER_PREFIX, INCIDENTS_TABLE, MANUAL_EDITS, NAMESPACE,
    PAGING_BACKEND, RESPONSE_CHAT, RESPONSE_TOPICS, ROSTER_TABLE, RUNBOOK, RUNBOOK_ROLE, choice,
    optional, required,
};
use muster_runtime::{client, figures, log};
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let list = |name| {
        let all = optional(name);
        all.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    };
    let document = Some(optional(RUNBOOK)).filter(|document| !document.is_empty());
    let manner = Manner {
        backend: choice(PAGING_BACKEND)?,
        topics: list(RESPONSE_TOPICS),
        chat: list(RESPONSE_CHAT),
        runbook: document.map(|document| Runbook { document, role: optional(RUNBOOK_ROLE) }),
    };
    let sync = Sync {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        directory: Directory::new(
            &config,
            required(INCIDENT_MANAGER_PREFIX)?,
            choice(INCIDENT_MANAGER)?,
        ),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        manner,
        manual_edits: choice(MANUAL_EDITS)?,
    };
    let sync = &sync;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Input>| async move {
        let run = event.context.request_id.clone();
        let output = Box::pin(sync.handle(event.payload, &run, jiff::Timestamp::now())).await;
        figures::emit();
        output.map_err(|error| Diagnostic {
            error_type: "Failure".to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
