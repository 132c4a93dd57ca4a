//! A digest goes out once at most, whatever kills the look that sends it, and its pages are never forgotten.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Fault, Kind, Lane, System, until};
use serde_json::json;

use crate::bench::{PEOPLE, event, incident, number, staffed};

const LANE: usize = 61;
const FILE: &str = "guardduty/high-crypto-mining.json";
const SOON: Duration = Duration::from_mins(2);

/// Opens an incident, and waits until the text of the first person about it stands so.
async fn open(lane: &Lane, account: &str, state: &str) -> Result<String> {
    lane.deliver(&event(FILE, account)?).await?;
    let id = incident(lane, account, SOON).await?;
    stands(lane, &id, state).await?;
    Ok(id)
}

async fn text(lane: &Lane, id: &str) -> Result<Option<String>> {
    let sends = lane.sends(id).await?;
    let mine = sends.into_iter().find(|send| send.contact == PEOPLE[0] && send.channel == "sms");
    Ok(mine.map(|send| send.state))
}

async fn stands(lane: &Lane, id: &str, state: &str) -> Result<()> {
    let same = async || Ok((text(lane, id).await?.as_deref() == Some(state)).then_some(()));
    let Some(()) = until(SOON, same).await? else {
        anyhow::bail!("the text about {id} is {:?}, not {state}", text(lane, id).await?);
    };
    Ok(())
}

/// How many texts the first person got.
async fn texts(lane: &Lane) -> Result<usize> {
    Ok(lane.arrived(&number(LANE, 0), "nobody@lane61.example.com").await?.0)
}

pub(crate) async fn a_look_that_dies_sends_no_digest_twice(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, LANE)).await?;
    let one = json!({ "sms_per_15_minutes": 1, "emails_per_minute": 1000 });
    lane.ok("PUT", "/policy", &one).await?;
    let plan = json!({
        "id": "once", "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": [format!("contact:{}", PEOPLE[0])], "channels": ["sms"]}]
    });
    lane.ok("PUT", "/escalation-plans/once?allow_gaps=true&reason=test", &plan).await?;
    open(&lane, "600000000611", "sent").await?;
    for (count, kind) in [Kind::KillAfter, Kind::KillBefore, Kind::Cut].into_iter().enumerate() {
        let id = open(&lane, &format!("6000000062{count:02}"), "held").await?;
        let before = texts(&lane).await?;
        lane.forget_ladder(PEOPLE[0], "sms").await?;
        lane.wire.arm(Fault::once("sns:Publish", kind))?;
        // A process that dies answers nothing.
        let dies = lane.watch().await;
        lane.wire.disarm();
        ensure!(dies.is_err() != matches!(kind, Kind::Cut), "{kind:?}: {dies:?}");
        // However much room there is, and however often anybody looks.
        for _ in 0..2 {
            lane.end_leases().await?;
            lane.forget_ladder(PEOPLE[0], "sms").await?;
            let watched = lane.watch().await?;
            ensure!(watched["digests"] == 0, "{kind:?}: {watched}");
        }
        stands(&lane, &id, "unconfirmed").await?;
        let got = texts(&lane).await? - before;
        ensure!(got <= 1, "{kind:?}: {got} digests of one page");
        // The next page's digest names the incident too: then both pages have gone out.
        lane.forget_ladder(PEOPLE[0], "sms").await?;
        let taken = open(&lane, &format!("6000000063{count:02}"), "sent").await?;
        let next = open(&lane, &format!("6000000064{count:02}"), "held").await?;
        lane.forget_ladder(PEOPLE[0], "sms").await?;
        let watched = lane.watch().await?;
        ensure!(watched["digests"] == 1, "{kind:?}: {watched}");
        for page in [&id, &next, &taken] {
            let state = text(&lane, page).await?.context("a text")?;
            ensure!(state == "sent", "{kind:?}: {page} is {state}");
        }
    }
    Ok(())
}
