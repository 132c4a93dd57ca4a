//! Wires roster-review: settings, clients, runtime.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use muster_domain::duty::retention::Retention;
use muster_roster_review::{Reviewer, Run, terms};
use muster_runtime::secret::Token;
use muster_runtime::settings::{
    DRILL_DAYS, INCIDENT_RETENTION_DAYS, INCIDENTS_TABLE, LINK_BASE, NAMESPACE, OWNER_TOPIC,
    ROSTER_TABLE, required,
};
use muster_runtime::{client, figures, log};
use muster_send::senders::Senders;
use muster_send::unreachable::Unreachable;
use muster_store::coverage;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let reviewer = Reviewer {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        senders: Senders::from_environment(&config, required(OWNER_TOPIC)?)?,
        unreachable: Unreachable::new(&config),
        link_base: required(LINK_BASE)?,
        limits: coverage::limits()?,
        terms: terms()?,
        retention: Retention::new(INCIDENT_RETENTION_DAYS.read()?, DRILL_DAYS.read()?),
    };
    let reviewer = &reviewer;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let mark = Token::random();
        let owner = mark.as_ref().map_or(event.context.request_id.as_str(), Token::text);
        let run = Run::new(owner, jiff::Timestamp::now());
        let end = Box::pin(reviewer.handle(event.payload, &run)).await;
        figures::emit();
        end
    }))
    .await
}
