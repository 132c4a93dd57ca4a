//! Incident Manager beside it: whatever call its functions die at, the next run brings it into step, and
//! nobody is paged by both backends or by none.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use futures::future::join_all;
use rehearsal::{Call, CallEnd, Fault, Kind, Lane, SOON, System, say, until};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::bench::{PEOPLE, address, event, number};

const LANES: usize = 5;
const FILE: &str = "guardduty/high-crypto-mining.json";

/// A lane with Incident Manager and its two people; `ann` can be reached there, `ben` cannot.
async fn lane(system: &System, name: &str, place: usize, backend: &str) -> Result<Lane> {
    let given = [
        ("IncidentManager", "on"),
        ("IncidentManagerPrefix", name),
        ("PagingBackend", backend),
        ("ReconcileFindings", "false"),
    ];
    let lane = Box::pin(system.lane(name, &given)).await?;
    for (index, id) in PEOPLE.into_iter().enumerate() {
        let contact = json!({
            "id": id, "name": id, "roles": ["incident_commander"], "time_zone": "Europe/Berlin",
            "channels": [
                {"type": "email", "address": address(place, index)},
                {"type": "sms", "address": number(place, index)}
            ]
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    let plan = json!({
        "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    let policy = json!({
        "sms_per_15_minutes": 1000, "emails_per_minute": 1000,
        "min_paging_severity": "high"
    });
    lane.ok("PUT", "/policy", &policy).await?;
    // What the roster's stream has to say is said before anything is made to go wrong.
    let in_step = until(SOON, async || {
        let report = reconcile(&lane, false).await?;
        Ok((report["drift"] == json!({})).then_some(()))
    });
    in_step.await?.context("the lane does not come into step")?;
    for body in [json!({}), json!({ "code": "123456" })] {
        lane.ok("POST", "/contacts/ann/channels/1/activation", &body).await?;
    }
    Ok(lane)
}

async fn reconcile(lane: &Lane, dry_run: bool) -> Result<Value> {
    let input = json!({ "reconcile": true, "dry_run": dry_run });
    let end = lane.invoke("incident-manager-sync", &input).await?;
    end.map_err(|error| anyhow::anyhow!(error))
}

/// A call to make go wrong: its operation, and how many of them come before it.
type Place = (String, usize);

/// Each of these calls, by operation and number.
fn places(calls: &[Call], ours: impl Fn(&str) -> bool) -> Vec<Place> {
    let mut seen = BTreeMap::<&str, usize>::new();
    let mut places = Vec::new();
    for call in calls.iter().filter(|call| ours(&call.operation)) {
        let number = seen.entry(&call.operation).or_default();
        places.push((call.operation.clone(), *number));
        *number += 1;
    }
    places
}

/// Whether a fault met its call. One that the wire could not play has shown nothing.
fn struck(lane: &Lane) -> Result<bool> {
    lane.wire.disarm();
    let calls: Vec<_> = lane.wire.calls().into_iter().filter(|call| call.fault.is_some()).collect();
    lane.wire.clear();
    for call in &calls {
        ensure!(!matches!(call.end, Some(CallEnd::Broken(_))), "{call:?}");
    }
    Ok(!calls.is_empty())
}

/// Plays every case on some lane or other: how many met no call.
async fn play(
    lanes: &[Lane],
    cases: Vec<(Place, Kind)>,
    one: impl AsyncFn(&Lane, usize, &Fault) -> Result<bool>,
) -> Result<()> {
    let all = cases.len();
    let queue = Mutex::new(cases.into_iter().enumerate());
    let run = async |lane: &Lane| -> Result<(usize, Vec<String>)> {
        let (mut missed, mut failures) = (0, Vec::new());
        loop {
            let next = queue.lock().await.next();
            let Some((count, ((operation, skip), kind))) = next else {
                return Ok((missed, failures));
            };
            let fault = Fault { skip, ..Fault::once(&operation, kind) };
            match one(lane, count, &fault).await {
                Ok(met) => missed += usize::from(!met),
                Err(error) => {
                    lane.wire.disarm();
                    lane.wire.clear();
                    failures.push(format!("{operation} {skip} {kind:?}: {error:#}"));
                }
            }
        }
    };
    let ends = join_all(lanes.iter().map(run)).await.into_iter().collect::<Result<Vec<_>>>()?;
    let missed: usize = ends.iter().map(|(missed, _)| missed).sum();
    let failures: Vec<_> = ends.into_iter().flat_map(|(_, failures)| failures).collect();
    say(format_args!("{all} faults; {missed} met a call that the run did not make"));
    ensure!(failures.is_empty(), "{} of {all} failed:\n{}", failures.len(), failures.join("\n"));
    ensure!(missed * 10 <= all, "{missed} of {all} faults met no call");
    Ok(())
}

/// What somebody does at the console, so that every kind of change is needed.
fn spoil(system: &System, prefix: &str) -> Result<()> {
    let all = system.engaged()?;
    let arn = |alias: &str| all[&format!("{prefix}-{alias}")]["arn"].clone();
    let rename = json!({ "ContactId": arn("contact-ann"), "DisplayName": "Boss" });
    system.by_hand("UpdateContact", rename)?;
    let channel = &all[&format!("{prefix}-contact-ben")]["channels"][1]["ContactChannelArn"];
    system.by_hand("DeleteContactChannel", json!({ "ContactChannelId": channel }))?;
    let first = &all[&format!("{prefix}-contact-ben")]["channels"][0]["ContactChannelArn"];
    let address = json!({ "SimpleAddress": "else@example.com" });
    let moved = json!({ "ContactChannelId": first, "DeliveryAddress": address });
    system.by_hand("UpdateContactChannel", moved)?;
    let more = json!({
        "ContactId": arn("contact-ben"), "Name": "more", "Type": "VOICE",
        "DeliveryAddress": { "SimpleAddress": "+14255550100" }
    });
    system.by_hand("CreateContactChannel", more)?;
    system.by_hand("DeleteContact", json!({ "ContactId": arn("plan-once-high") }))?;
    let stages = json!({ "ContactId": arn("plan-once-critical"), "Plan": { "Stages": [] } });
    system.by_hand("UpdateContact", stages)?;
    let stray = format!("{prefix}-contact-stray");
    system.by_hand("CreateContact", json!({ "Alias": stray, "Type": "PERSONAL", "Plan": {} }))?;
    let plans = system.response_plans()?;
    let plan = |name: &str| plans[&format!("{prefix}-{name}")]["arn"].clone();
    system.incident_by_hand("DeleteResponsePlan", json!({ "arn": plan("high-other") }))?;
    let title = json!({ "arn": plan("high-malware"), "incidentTemplateTitle": "Else" });
    system.incident_by_hand("UpdateResponsePlan", title)?;
    Ok(())
}

pub(crate) async fn a_sync_that_dies_at_any_call_ends_in_step(system: &System) -> Result<()> {
    let mut lanes = Vec::new();
    for number in 0..LANES {
        lanes.push(lane(system, &format!("step{number}"), 40 + number, "native").await?);
    }
    let healthy = lanes.first().context("no lane")?;
    spoil(system, healthy.name())?;
    healthy.wire.clear();
    let report = reconcile(healthy, false).await?;
    ensure!(report["failures"] == json!([]), "{report}");
    let names = report["drift"].to_string();
    for change in ["create_channel", "update_channel", "delete_channel", "set_plan", "rename"] {
        ensure!(names.contains(change), "{names}");
    }
    for change in ["create_escalation", "set_stages", "\"delete\"", "create_plan", "update_plan"] {
        ensure!(names.contains(change), "{names}");
    }
    let calls = healthy.wire.calls();
    // Every call that changes something, and one of each that reads.
    let reads = |operation: &str| {
        operation.contains("Get")
            || operation.contains("List")
            || operation.contains("Query")
            || operation.contains("/get")
            || operation.contains("/list")
    };
    let mut places = places(&calls, |_| true);
    places.retain(|(operation, number)| !reads(operation) || *number == 0);
    let kinds = [Kind::KillBefore, Kind::KillAfter];
    let cases = places.iter().flat_map(|place| kinds.map(|kind| (place.clone(), kind)));
    let cases: Vec<_> = cases.collect();
    say(format_args!("{} calls of a reconcile, {} deaths", calls.len(), cases.len()));
    play(&lanes, cases, async |lane, _, fault| {
        spoil(system, lane.name())?;
        lane.wire.arm(fault.clone())?;
        let end = lane.invoke("incident-manager-sync", &json!({ "reconcile": true })).await?;
        let met = struck(lane)?;
        ensure!(end.is_err() == met, "it dies if its call is met: {end:?}");
        let report = reconcile(lane, false).await?;
        ensure!(report["failures"] == json!([]), "{report}");
        let report = reconcile(lane, true).await?;
        ensure!(report["drift"] == json!({}), "{report}");
        Ok(met)
    })
    .await
}

pub(crate) async fn nobody_is_paged_by_both_or_by_none(system: &System) -> Result<()> {
    let mut lanes = Vec::new();
    for number in 0..LANES {
        let lane = lane(system, &format!("pair{number}"), 46 + number, "both").await?;
        // The first one starts the functions.
        paged(system, &lane, 900 + number).await?;
        lanes.push(lane);
    }
    let healthy = lanes.first().context("no lane")?;
    // The look of every minute may fall into a run, and its calls are not in the next one.
    // What every run makes is what a fault can be put on.
    let mut places = Vec::new();
    for number in 990..994 {
        healthy.wire.clear();
        paged(system, healthy, number).await?;
        let made = self::places(&healthy.wire.calls(), |name| name.starts_with("ssm-"));
        match number {
            990 => places = made,
            _ => places.retain(|place| made.contains(place)),
        }
    }
    let kinds =
        [Kind::KillBefore, Kind::KillAfter, Kind::Refuse, Kind::Throttle, Kind::Fail, Kind::Cut];
    let cases = places.iter().flat_map(|place| kinds.map(|kind| (place.clone(), kind)));
    let cases: Vec<_> = cases.collect();
    say(format_args!(
        "{} calls of Incident Manager for an incident, {} faults",
        places.len(),
        cases.len()
    ));
    play(&lanes, cases, async |lane, count, fault| {
        lane.wire.arm(fault.clone())?;
        paged(system, lane, count).await?;
        struck(lane)
    })
    .await
}

/// Has an incident opened, and everybody paged by one of the two.
async fn paged(system: &System, lane: &Lane, count: usize) -> Result<()> {
    let account = format!("3{count:011}");
    lane.deliver(&event(FILE, &account)?).await?;
    let id = crate::bench::incident(lane, &account, SOON).await?;
    let by = async || -> Result<(Vec<String>, Vec<String>)> {
        let sends = lane.sends(&id).await?;
        ensure!(sends.iter().all(|send| send.state != "failed"), "{sends:?}");
        let mut ours: Vec<_> =
            sends.iter().filter(|s| s.state == "sent").map(|send| send.contact.clone()).collect();
        ours.dedup();
        let record =
            system.records()?.into_iter().filter(|r| r["relatedItems"].to_string().contains(&id));
        let arns: Vec<_> = record.map(|record| record["arn"].clone()).collect();
        let pages = system.paged_outside()?;
        let theirs = pages.into_iter().filter(|page| arns.iter().any(|arn| *arn == *page.incident));
        let person = |alias: &str| alias.rsplit('-').next().unwrap_or_default().to_owned();
        Ok((ours, theirs.map(|page| person(&page.alias)).collect()))
    };
    let everybody = until(SOON, async || {
        let (ours, theirs) = by().await?;
        Ok((ours.len() + theirs.len() >= PEOPLE.len()).then_some(()))
    });
    if everybody.await?.is_none() {
        let why = lane.complaints("incident-mirror").await?;
        anyhow::bail!("somebody was not paged: {:?}; {why:?}", by().await?);
    }
    // Whoever pages later would page twice.
    lane.first_step_is_over(&id).await?;
    let (ours, theirs) = by().await?;
    let mut all = [ours.clone(), theirs.clone()].concat();
    all.sort();
    ensure!(all == PEOPLE, "Muster paged {ours:?}, Incident Manager {theirs:?}");
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;
    // Its end over there is the last call about it: what comes later belongs to the next run.
    let over = until(SOON, async || {
        let all = system.records()?;
        let mut its = all.iter().filter(|r| r["relatedItems"].to_string().contains(&id));
        Ok(its.all(|record| record["status"] == "RESOLVED").then_some(()))
    });
    over.await?.context("its record stays open")
}
