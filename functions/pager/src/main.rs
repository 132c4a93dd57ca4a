//! Wires pager: settings, clients, runtime.

use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use muster_domain::incident_manager::directory::PagingBackend;
use muster_pager::{Input, Output, Pager};
use muster_runtime::secret::Token;
use muster_runtime::settings::{
    EMERGENCY_TOPIC, INCIDENTS_TABLE, LINK_BASE, NAMESPACE, OWNER_TOPIC, PAGING_BACKEND,
    ROSTER_TABLE, choice, required,
};
use muster_runtime::{client, figures, log};
use muster_send::senders::Senders;
use muster_store::incidents::Incidents;
use muster_store::roster::Roster;

/// How long before its deadline a run starts no send any more: a provider may take ten seconds, and what became
/// of the message has to be written.
const MARGIN: Duration = Duration::from_secs(12);

/// The instant after which a run starts no send.
fn until(deadline: SystemTime) -> Instant {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    Instant::now() + left.saturating_sub(MARGIN)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    figures::start(required(NAMESPACE)?);
    let config = client::config();
    let pager = Pager {
        roster: Roster::new(&config, required(ROSTER_TABLE)?),
        incidents: Incidents::new(&config, required(INCIDENTS_TABLE)?),
        senders: Senders::from_environment(&config, required(EMERGENCY_TOPIC)?)?,
        owner_topic: required(OWNER_TOPIC)?,
        link_base: required(LINK_BASE)?,
        shares: choice::<PagingBackend>(PAGING_BACKEND)?.engages(),
    };
    let senders = &pager.senders;
    let call = async {
        if let Some(calls) = &senders.calls {
            calls.warm().await;
        }
    };
    tokio::join!(pager.incidents.warm(), senders.texts.warm(), senders.mails.warm(), call);
    let pager = &pager;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Input>| async move {
        let (now, until) = (jiff::Timestamp::now(), until(event.context.deadline()));
        // Not the request's id: one that is delivered twice has it twice, and must not own the claims of
        // the other.
        let mark = Token::random();
        let owner = mark.as_ref().map_or(event.context.request_id.as_str(), Token::text);
        let output = match event.payload {
            Input::Tick(_) => Box::pin(pager.watch(owner, now, until)).await.map(Output::Watched),
            Input::Turn(turn) => pager.handle(turn, owner, now, until).await.map(Output::Answer),
            Input::Update(update) => {
                Box::pin(pager.update(update, owner, now, until)).await.map(Output::Update)
            }
        };
        figures::emit();
        output
    }))
    .await
}
