//! The bench that faults are tried on: one local system, and lanes with two people each.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Failed;
use rehearsal::{Home, Lane, Options, Progress, Sent, System, repository};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// The people of each lane, by level.
pub(crate) const PEOPLE: [&str; 2] = ["ann", "ben"];
/// How much shorter waits are.
const WAIT_SCALE: f64 = 0.05;
/// How much shorter the time between two steps is; tests end it themselves.
const STEP_SCALE: f64 = 0.4;

/// The system, started by the first test that asks.
pub(crate) struct Bench {
    runtime: Runtime,
    system: OnceCell<Result<System, String>>,
}

impl Bench {
    pub(crate) fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, system: OnceCell::new() })
    }

    pub(crate) fn run(&self, test: impl AsyncFnOnce(&System) -> Result<()>) -> Result<(), Failed> {
        let run = async {
            let started = self.system.get_or_init(async || {
                let home = Home::of_this_process();
                let options = Options {
                    wait_scale: WAIT_SCALE,
                    step_scale: Some(STEP_SCALE),
                    outside: true,
                    ..Options::at(home)
                };
                let started = Box::pin(System::start(&options, &Progress::begin())).await;
                started.map_err(|error| format!("{error:#}"))
            });
            let system = started.await.as_ref();
            let system = system.map_err(|reason| anyhow::anyhow!(reason.clone()))?;
            test(system).await
        };
        self.runtime.block_on(run).map_err(|error| format!("{error:#}").into())
    }
}

/// How somebody of a lane is reached. Numbers are ones that nobody has.
pub(crate) fn number(lane: usize, person: usize) -> String {
    format!("+14255550{:03}", 200 + 2 * lane + person)
}

pub(crate) fn address(lane: usize, person: usize) -> String {
    format!("{}@lane{lane}.example.com", PEOPLE[person])
}

/// A lane without people.
pub(crate) async fn empty(system: &System, lane: usize) -> Result<Lane> {
    system.lane(&format!("lane{lane}"), &[("ReconcileFindings", "false")]).await
}

/// A lane with its two people and a plan of one step, so that nobody is paged again for hours.
pub(crate) async fn staffed(system: &System, lane: usize) -> Result<Lane> {
    let stack = empty(system, lane).await?;
    for (index, id) in PEOPLE.into_iter().enumerate() {
        let contact = json!({
            "id": id, "name": id, "roles": ["incident_commander"],
            "channels": [
                {"type": "sms", "address": number(lane, index)},
                {"type": "email", "address": address(lane, index)}
            ],
            "time_zone": "Europe/Berlin"
        });
        stack.ok("POST", "/contacts", &contact).await?;
    }
    let plan = json!({
        "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    stack.ok("POST", "/escalation-plans", &plan).await?;
    let high = json!({ "sms_per_15_minutes": 1000, "emails_per_minute": 1000 });
    stack.ok("PUT", "/policy", &high).await?;
    Ok(stack)
}

/// The event in this file of `events/`, as if it came from `account`.
pub(crate) fn event(file: &str, account: &str) -> Result<Value> {
    let path = repository().join("events").join(file);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text.replace("111122223333", account))?)
}

/// The sends that page a lane's two people once by each of their channels.
pub(crate) fn everybody() -> Vec<Sent> {
    let send = |contact: &str, channel: &str| Sent {
        contact: contact.to_owned(),
        channel: channel.to_owned(),
        state: "sent".to_owned(),
    };
    PEOPLE.into_iter().flat_map(|id| [send(id, "email"), send(id, "sms")]).collect()
}

/// How many messages each person of a lane has got so far: texts and mails.
pub(crate) async fn arrived(stack: &Lane, lane: usize) -> Result<[(usize, usize); 2]> {
    let one = async |person| stack.arrived(&number(lane, person), &address(lane, person)).await;
    Ok([one(0).await?, one(1).await?])
}

/// The account's one incident, once it is there.
pub(crate) async fn incident(stack: &Lane, account: &str, limit: Duration) -> Result<String> {
    let found = rehearsal::until(limit, async || {
        let mut found = stack.incidents(account).await?;
        ensure!(found.len() <= 1, "{} incidents for one finding", found.len());
        Ok(found.pop())
    });
    found.await?.context("no incident opened")
}

/// Waits until an incident's sends are these.
pub(crate) async fn sends(
    stack: &Lane,
    incident: &str,
    wanted: &[Sent],
    limit: Duration,
) -> Result<()> {
    let same =
        rehearsal::until(
            limit,
            async || Ok((stack.sends(incident).await? == wanted).then_some(())),
        );
    if same.await?.is_none() {
        anyhow::bail!("the sends stay {:?}", stack.sends(incident).await?);
    }
    Ok(())
}
