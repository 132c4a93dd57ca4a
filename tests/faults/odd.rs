//! Odd circumstances: nobody to page, people who vanish, clocks that jump, events that are huge or mixed.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use rehearsal::{Fault, Kind, Lane, SOON, System, until};
use serde_json::{Value, json};

use crate::bench::{PEOPLE, empty, event, everybody, incident, sends, staffed};

const HIGH: &str = "guardduty/high-crypto-mining.json";

pub(crate) async fn nobody_in_the_roster(system: &System) -> Result<()> {
    let lane = Box::pin(empty(system, 31)).await?;
    lane.deliver(&event(HIGH, "600000000011")?).await?;
    let id = incident(&lane, "600000000011", SOON).await?;
    let heard = until(SOON, async || {
        let heard = lane.heard().await?;
        Ok(heard.into_iter().find(|message| message.contains(&id)))
    });
    let message = heard.await?.context("the emergency topic was not told")?;
    ensure!(message.contains("found nobody in the roster"), "{message}");
    Ok(())
}

pub(crate) async fn a_plan_that_names_nobody_alive(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 32)).await?;
    let plan = json!({
        "id": "once", "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["contact:ghost"]}]
    });
    lane.ok("PUT", "/escalation-plans/once?allow_gaps=true&reason=test", &plan).await?;
    lane.deliver(&event(HIGH, "600000000012")?).await?;
    let id = incident(&lane, "600000000012", SOON).await?;
    // Both are commanders: they are who is left.
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn somebody_deleted_between_opening_and_step(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 33)).await?;
    let [ann, ben] = PEOPLE;
    let plan = json!({
        "id": "once", "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [
            {"after_minutes": 0, "targets": [format!("contact:{ann}")]},
            {"after_minutes": 3, "targets": [format!("contact:{ann}"), format!("contact:{ben}")]}
        ]
    });
    lane.ok("PUT", "/escalation-plans/once", &plan).await?;
    lane.deliver(&event(HIGH, "600000000013")?).await?;
    let id = incident(&lane, "600000000013", SOON).await?;
    let of_ann: Vec<_> = everybody().into_iter().filter(|send| send.contact == ann).collect();
    sends(&lane, &id, &of_ann, SOON).await?;
    lane.ok("DELETE", "/contacts/ben?allow_gaps=true&reason=test", &Value::Null).await?;
    lane.next_step(&id).await?;
    let mut twice = of_ann.clone();
    twice.extend(of_ann);
    twice.sort();
    sends(&lane, &id, &twice, SOON).await
}

/// A pager claims its sends by a clock that is an hour ahead, and dies; and the step is an hour late by
/// the watchdog's clock.
pub(crate) async fn the_clock_jumps_an_hour(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 34)).await?;
    let fault = Fault::once("dynamodb:TransactWriteItems", Kind::KillAfter);
    lane.wire.arm(Fault { holding: "delivery#".to_owned(), ..fault })?;
    lane.deliver(&event(HIGH, "600000000014")?).await?;
    let id = incident(&lane, "600000000014", SOON).await?;
    let claimed = until(SOON, async || {
        let sends = lane.sends(&id).await?;
        Ok((sends.len() == 4 && sends.iter().all(|send| send.state == "sending")).then_some(()))
    });
    claimed.await?.context("nothing was claimed")?;
    lane.claim_ahead(&id, 3600).await?;
    lane.make_late(&id).await?;
    lane.watch().await?;
    sends(&lane, &id, &everybody(), SOON).await?;
    // The escalation, whose pager was killed, has tried again.
    lane.first_step_is_over(&id).await?;
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn a_sequence_of_a_megabyte(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 35)).await?;
    let mut event = event("guardduty/critical-attack-sequence.json", "600000000015")?;
    let filler = "An indicator. ".repeat(60);
    event["detail"]["description"] = filler.repeat(600).into();
    let actors: Vec<_> =
        (0..400).map(|n| json!({"id": format!("actor-{n}"), "x": filler})).collect();
    event["detail"]["service"]["detection"]["sequence"]["actors"] = actors.into();
    let most = 1_000_000 - event.to_string().len();
    event["detail"]["service"]["detection"]["sequence"]["description"] = "y".repeat(most).into();
    ensure!(event.to_string().len() > 999_000);
    lane.deliver(&event).await?;
    let id = incident(&lane, "600000000015", SOON).await?;
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn nine_of_ten_findings(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 36)).await?;
    let mut event = event("security-hub/inspector-critical.json", "600000000016")?;
    let one = event["detail"]["findings"][0].take();
    let number = |n: usize| {
        let text = one.to_string().replace("600000000016", &format!("60000000{:04}", 100 + n));
        let mut finding: Value = serde_json::from_str(&text)?;
        finding["Id"] = format!("{}-{n}", one["Id"].as_str().unwrap_or_default()).into();
        if n == 4 {
            finding["Severity"] = json!({ "Label": 7 });
        }
        anyhow::Ok(finding)
    };
    let findings: Vec<Value> = (0..10).map(number).collect::<Result<_>>()?;
    event["detail"]["findings"] = findings.into();
    lane.deliver(&event).await?;
    let kept = until(SOON, async || Ok(lane.failed_events().await?.pop())).await?;
    let kept = kept.context("the event with the broken finding is not kept")?;
    ensure!(kept["requestPayload"] == event, "the event is not kept whole");
    let reason = kept["responsePayload"]["errorMessage"].as_str().unwrap_or_default();
    ensure!(reason.contains("detail.findings[4].Severity.Label"), "{reason}");
    for n in 0..10 {
        let account = format!("60000000{:04}", 100 + n);
        if n == 4 {
            ensure!(lane.incidents(&account).await?.is_empty(), "the broken one opened something");
        } else {
            let id = incident(&lane, &account, SOON).await?;
            sends(&lane, &id, &everybody(), SOON).await?;
        }
    }
    Ok(())
}

/// Everything that can happen to these accounts, by all routes, with copies, updates and noise.
fn flood(accounts: &[String]) -> Result<Vec<Value>> {
    let files = [
        HIGH,
        "security-hub/guardduty-high-crypto-mining.json",
        "security-hub/v2-guardduty-high-crypto-mining.json",
        "guardduty/medium-unusual-login.json",
        "guardduty/archived-high.json",
        "guardduty/sample-critical.json",
        "guardduty/low-port-probe.json",
        "security-hub/control-passed.json",
    ];
    let sequence =
        ["guardduty/critical-sequence-of-instances.json", "guardduty/high-part-of-a-sequence.json"];
    let mut events = Vec::new();
    for (index, account) in accounts.iter().enumerate() {
        // A sequence draws to itself what would be of another group, so it has accounts of its own.
        let files = if index % 2 == 0 { &files[..] } else { &sequence[..] };
        for file in files {
            let event = event(file, account)?;
            events.extend([event.clone(), event.clone(), event]);
        }
    }
    Ok(events)
}

/// What became of each account: its incidents' types, severities and findings.
async fn outcome(lane: &Lane, accounts: &[String]) -> Result<BTreeMap<usize, usize>> {
    let mut all = BTreeMap::new();
    for (index, account) in accounts.iter().enumerate() {
        all.insert(index, lane.incidents(account).await?.len());
    }
    Ok(all)
}

pub(crate) async fn eight_writers_and_any_order(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 37)).await?;
    let accounts =
        |set: usize| -> Vec<String> { (0..6).map(|n| format!("50000000{set:02}{n:02}")).collect() };
    for event in flood(&accounts(0))? {
        let end = lane.invoke("finding-responder", &event).await?;
        ensure!(end.is_ok(), "{end:?}");
    }
    let expected = outcome(&lane, &accounts(0)).await?;
    for set in 1..=4 {
        let mut events = flood(&accounts(set))?;
        // Another order each time, and the same one in each run of this test.
        let length = events.len();
        for index in 0..length {
            events.swap(index, (index * 7919 * set + 13 * set) % length);
        }
        let sends = futures::stream::iter(&events)
            .map(async |event| lane.invoke("finding-responder", event).await);
        let ends: Vec<_> = sends.buffer_unordered(8).collect().await;
        for end in ends {
            ensure!(end?.is_ok(), "a delivery failed");
        }
        let outcome = outcome(&lane, &accounts(set)).await?;
        ensure!(outcome == expected, "in order {expected:?}, in this one {outcome:?}");
    }
    for (index, incidents) in expected {
        let wanted = if index % 2 == 0 { 2 } else { 1 };
        ensure!(incidents == wanted, "account {index} has {incidents} incidents");
    }
    Ok(())
}
