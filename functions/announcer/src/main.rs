//! Wires announcer: settings, clients, runtime.

use aws_lambda_events::event::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use muster_announcer::Announcer;
use muster_runtime::settings::{BUS, CHAT_TOPIC, INCIDENTS_TABLE, required};
use muster_runtime::{client, log};
use muster_send::bus::Bus;
use muster_send::text::Texts;
use muster_store::incidents::Incidents;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let config = client::config();
    let announcer = Announcer {
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        bus: Bus::new(&config, required(BUS)?),
        texts: Texts::new(&config),
        chat_topic: required(CHAT_TOPIC)?,
    };
    let announcer = &announcer;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        Ok::<_, Error>(announcer.handle(event.payload).await)
    }))
    .await
}
