//! Wires finding-responder: settings, clients, runtime.

use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent, service_fn};
use muster_finding_responder::{Look, Responder};
use muster_runtime::recent::Recent;
use muster_runtime::settings::{
    ACTION_ARN, EMERGENCY_TOPIC, INCIDENTS_TABLE, NAMESPACE, ROSTER_TABLE, SAMPLES_ARE_DRILLS,
    STATE_MACHINE, choice, optional, required,
};
use muster_runtime::{client, figures, log};
use muster_send::escalations::Escalations;
use muster_send::text::Texts;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;
use serde::Deserialize as _;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let responder = Responder {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        escalations: Escalations::new(&config, required(STATE_MACHINE)?),
        recent: Recent::new(&config),
        texts: Texts::new(&config),
        emergency_topic: required(EMERGENCY_TOPIC)?,
        samples_are_drills: choice(SAMPLES_ARE_DRILLS)?,
        action_arn: Some(optional(ACTION_ARN)).filter(|arn| !arn.is_empty()),
    };
    tokio::join!(responder.incidents.warm(), responder.escalations.warm());
    let responder = &responder;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let now = Timestamp::now();
        let deadline = deadline(&event.context);
        let answer = if Look::deserialize(&event.payload).is_ok_and(|look| look.reconcile) {
            Ok(json!(Box::pin(responder.reconcile(now, deadline)).await))
        } else {
            // Boxed: the future holds a transaction's writes, and every poll would copy it.
            Box::pin(responder.handle(event.payload, now, deadline))
                .await
                .map(|answer| json!(answer))
        };
        figures::emit();
        answer.map_err(Diagnostic::from)
    }))
    .await
}

/// How long before its end a run begins nothing further: long enough to write down what it was at.
const LAST: Duration = Duration::from_secs(3);

fn deadline(context: &Context) -> Timestamp {
    Timestamp::try_from(context.deadline() - LAST).unwrap_or(Timestamp::MAX)
}
