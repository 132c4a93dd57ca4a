//! When a part of Muster is down for good: a plain message to the emergency topic, and nothing is lost.

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rehearsal::{Fault, Kind, Lane, SOON, Sent, System, until};
use serde_json::{Value, json};

use crate::bench::{event, everybody, incident, sends, staffed};

const FILE: &str = "guardduty/high-crypto-mining.json";

/// Waits until the emergency topic has said this.
async fn said(lane: &Lane, part: &str) -> Result<String> {
    let heard = until(SOON, async || {
        Ok(lane.heard().await?.into_iter().find(|message| message.contains(part)))
    });
    let heard = heard.await?;
    heard.with_context(|| format!("the emergency topic was not told {part:?}"))
}

/// Another finding of the same group.
fn another(event: &Value) -> Value {
    let mut event = event.clone();
    let arn = event["detail"]["arn"].as_str().unwrap_or_default().to_owned();
    let (detector, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
    event["detail"]["arn"] = json!(format!("{detector}/another"));
    event["detail"]["id"] = json!("another");
    event
}

/// Waits until the event is kept.
async fn kept(lane: &Lane, event: &Value) -> Result<()> {
    let kept = until(SOON, async || {
        let failed = lane.failed_events().await?;
        Ok(failed.iter().any(|failed| failed["requestPayload"] == *event).then_some(()))
    });
    kept.await?.context("the event is not kept")
}

pub(crate) async fn step_functions_is_down(system: &System) -> Result<()> {
    let (lane, account) = (Box::pin(staffed(system, 21)).await?, "600000000001");
    lane.wire.arm(Fault::always("states:StartExecution", Kind::Fail))?;
    let event = event(FILE, account)?;
    lane.deliver(&event).await?;
    let message = said(&lane, "Muster cannot page").await?;
    ensure!(message.contains("HIGH malware in account 600000000001"), "{message}");
    kept(&lane, &event).await?;
    // Six more at once, in as many processes: the stack says so once a minute.
    let began = Timestamp::now();
    let more = (0..6).map(|number| self::event(FILE, &format!("60000000002{number}")));
    let more = more.collect::<Result<Vec<_>>>()?;
    for event in &more {
        lane.deliver(event).await?;
    }
    for event in &more {
        kept(&lane, event).await?;
    }
    let minutes = Timestamp::now().duration_since(began).as_secs() / 60;
    let heard = lane.heard().await?;
    let times = heard.iter().filter(|text| text.contains("Muster cannot page")).count();
    // One before these, one for each minute that has begun since, and one for a second that was rounded.
    let most = usize::try_from(minutes)? + 3;
    ensure!(times <= most, "said {times} times in {minutes} minutes: {heard:?}");
    // The incident is there, and the watchdog takes its first step.
    let id = incident(&lane, account, SOON).await?;
    ensure!(lane.sends(&id).await?.is_empty(), "somebody was paged already");
    lane.make_late(&id).await?;
    let watched = lane.watch().await?;
    ensure!(watched["late"] == 1 && watched["failed"] == 0, "{watched}");
    sends(&lane, &id, &everybody(), SOON).await?;
    // When it is back, the event that was kept starts the escalation, and nobody is paged twice.
    lane.wire.disarm();
    let again = lane.invoke("finding-responder", &event).await?;
    ensure!(again.is_ok_and(|answer| answer["outcomes"][0]["verdict"] == "repeated"));
    lane.first_step_is_over(&id).await?;
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn the_tables_are_down(system: &System) -> Result<()> {
    let (lane, account) = (Box::pin(staffed(system, 22)).await?, "600000000002");
    lane.wire.arm(Fault::always("dynamodb:", Kind::Fail))?;
    let event = event(FILE, account)?;
    lane.deliver(&event).await?;
    said(&lane, "Muster cannot page").await?;
    kept(&lane, &event).await?;
    lane.wire.disarm();
    ensure!(lane.incidents(account).await?.is_empty(), "an incident out of nothing");
    // Whoever puts the kept event back gets everybody paged.
    lane.deliver(&event).await?;
    let id = incident(&lane, account, SOON).await?;
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn the_tables_fail_the_pager(system: &System) -> Result<()> {
    let (lane, account) = (Box::pin(staffed(system, 23)).await?, "600000000003");
    let fault = Fault::always("dynamodb:Query", Kind::Fail);
    lane.wire.arm(Fault { holding: "delivery#".to_owned(), ..fault })?;
    lane.deliver(&event(FILE, account)?).await?;
    let id = incident(&lane, account, SOON).await?;
    let message = said(&lane, "Muster stopped paging").await?;
    ensure!(message.contains(&id), "{message}");
    // It is not forgotten: once the tables are back, the watchdog takes the step.
    lane.wire.disarm();
    lane.make_late(&id).await?;
    lane.watch().await?;
    sends(&lane, &id, &everybody(), SOON).await
}

pub(crate) async fn the_tables_fail_an_update(system: &System) -> Result<()> {
    let (lane, account) = (Box::pin(staffed(system, 25)).await?, "600000000005");
    let first = event(FILE, account)?;
    lane.deliver(&first).await?;
    let id = incident(&lane, account, SOON).await?;
    sends(&lane, &id, &everybody(), SOON).await?;
    lane.ok("POST", &format!("/incidents/{id}/acknowledge"), &Value::Null).await?;
    let fault = Fault::always("dynamodb:GetItem", Kind::Fail);
    lane.wire.arm(Fault { holding: "update#".to_owned(), ..fault })?;
    lane.deliver(&another(&first)).await?;
    // The alarm on failed executions says that an incident may be unpaged; this one was paged.
    let end = lane.update_ends(&id).await?;
    ensure!(end == "SUCCEEDED", "{end}");
    let heard = lane.heard().await?;
    ensure!(heard.is_empty(), "a false emergency: {heard:?}");
    // It is not forgotten: once the tables are back, the watchdog sends it.
    lane.wire.disarm();
    let told = until(SOON, async || {
        lane.watch().await?;
        let facts = lane.facts(&id).await?;
        Ok(facts.contains(&"update_sent".to_owned()).then_some(()))
    });
    told.await?.context("the update is forgotten")
}

pub(crate) async fn the_emergency_topic_is_down_for_a_moment(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, 26)).await?;
    lane.wire.arm(Fault::always("states:StartExecution", Kind::Fail))?;
    let fault = Fault::once("sns:Publish", Kind::Refuse);
    lane.wire.arm(Fault { holding: "cannot".to_owned(), ..fault })?;
    let accounts = ["600000000006", "600000000007"];
    for account in accounts {
        let end = lane.invoke("finding-responder", &event(FILE, account)?).await?;
        ensure!(end.is_err(), "{end:?}");
    }
    // Nobody has heard of the first finding, so that the minute of quiet does not hold the second back.
    let message = said(&lane, "Muster cannot page").await?;
    ensure!(message.contains(accounts[1]), "{message}");
    let heard = lane.heard().await?;
    ensure!(heard.len() == 1, "{heard:?}");
    Ok(())
}

pub(crate) async fn the_mail_provider_is_down(system: &System) -> Result<()> {
    let (lane, account) = (Box::pin(staffed(system, 24)).await?, "600000000004");
    lane.wire.arm(Fault::always("ses:SendEmail", Kind::Fail))?;
    lane.deliver(&event(FILE, account)?).await?;
    let id = incident(&lane, account, SOON).await?;
    let message = said(&lane, "not one message could be sent").await?;
    ensure!(message.contains(&id), "{message}");
    let failed = |send: Sent| {
        let state = if send.channel == "email" { "failed" } else { "sent" };
        Sent { state: state.to_owned(), ..send }
    };
    let mut wanted: Vec<Sent> = everybody().into_iter().map(failed).collect();
    let topic = ["topic:emergency", "topic", "sent"].map(str::to_owned);
    let [contact, channel, state] = topic;
    wanted.push(Sent { contact, channel, state });
    wanted.sort();
    sends(&lane, &id, &wanted, SOON).await
}
