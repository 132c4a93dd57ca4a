//! An incident and its record in Incident Manager: each knows what happens at the other.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, Paged, SOON, until};
use serde_json::{Value, json};

use crate::stage::{BRANCH_PHONE, LANE_MAIL, Stage};

const HIGH: &str = "guardduty/high-crypto-mining.json";

/// A lane in which Incident Manager is in use, with two people and one step; `ann` has an activated
/// channel there, `ben` has none.
async fn lane(stage: &Stage, prefix: &str, backend: &str) -> Result<Lane> {
    let given =
        [("IncidentManagerPrefix", prefix), ("IncidentManager", "on"), ("PagingBackend", backend)];
    let lane = Box::pin(stage.system.lane(prefix, &given)).await?;
    for id in ["ann", "ben"] {
        let contact = json!({
            "id": id, "name": id, "roles": ["incident_commander"], "time_zone": "Europe/Oslo",
            "channels": [
                {"type": "email", "address": format!("{id}{LANE_MAIL}")},
                {"type": "sms", "address": BRANCH_PHONE}
            ]
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    let plan = json!({
        "name": "Once", "rounds": 1, "round_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity-team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    let report = invoke(&lane, "incident-manager-sync", &json!({ "reconcile": true })).await?;
    ensure!(report["failed"] == json!([]), "{report}");
    let path = "/contacts/ann/channels/2/activation";
    for body in [json!({}), json!({ "code": "123456" })] {
        lane.ok("POST", path, &body).await?;
    }
    Ok(lane)
}

async fn invoke(lane: &Lane, function: &str, input: &Value) -> Result<Value> {
    lane.invoke(function, input).await?.map_err(|error| anyhow::anyhow!(error))
}

/// Delivers a finding and returns the incident that it opened.
async fn open(stage: &Stage, lane: &Lane, account: &str) -> Result<String> {
    lane.deliver(&stage.event(HIGH, account)?).await?;
    let found = until(SOON, async || Ok(lane.incidents(account).await?.pop()));
    found.await?.context("no incident opened")
}

/// The record of an incident, once it is as it should be.
async fn record(
    stage: &Stage,
    lane: &Lane,
    incident: &str,
    ready: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let mut seen = Value::Null;
    let found = until(SOON, async || {
        let told = |record: &Value| record["events"].to_string().contains(incident);
        let all = stage.system.records()?;
        let record = all.into_iter().find(|record| told(record) || is_of(record, incident));
        seen = record.clone().unwrap_or_default();
        Ok(record.filter(|record| ready(record)))
    });
    if let Some(record) = found.await? {
        return Ok(record);
    }
    let why = lane.complaints("incident-mirror").await?;
    anyhow::bail!("its record stays {seen}, and the function says {why:?}")
}

/// A record's related items name the incident.
fn is_of(record: &Value, incident: &str) -> bool {
    record["relatedItems"].to_string().contains(incident)
}

fn events(record: &Value) -> Vec<&str> {
    record["events"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The one page that Incident Manager has sent for a record. Her engagement plan comes to the
/// activated channel a minute after the first.
async fn only_page(stage: &Stage, record: &Value) -> Result<Paged> {
    let found = until(SOON, async || Ok(Some(paged(stage, record)?).filter(|all| !all.is_empty())));
    let pages = found.await?.context("Incident Manager has paged nobody")?;
    ensure!(pages.len() == 1, "{pages:?}");
    pages.into_iter().next().context("no page")
}

/// Whom Incident Manager has paged for a record.
fn paged(stage: &Stage, record: &Value) -> Result<Vec<Paged>> {
    let mut all = stage.system.paged_outside()?;
    all.retain(|page| record["arn"] == *page.incident);
    Ok(all)
}

pub(crate) async fn every_incident_has_a_record_that_engages_nobody(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "glass", "native").await?;
    let plans = stage.system.response_plans()?;
    let ours: Vec<_> = plans.iter().filter(|(name, _)| name.starts_with("glass-")).collect();
    ensure!(ours.len() == 31, "{} plans: three severities by ten types, and one", ours.len());
    let plan = &plans["glass-high-malware"];
    ensure!(plan["incidentTemplate"]["title"] == "HIGH: malware", "{plan}");
    ensure!(plan["incidentTemplate"]["impact"] == 2, "{plan}");
    ensure!(plan["incidentTemplate"]["incidentTags"]["incident-type"] == "malware", "{plan}");
    ensure!(plan["engagements"] == json!([]), "{plan}");

    // Muster pages, and the record says what happened.
    let incident = open(stage, &lane, "100000000048").await?;
    let told = record(stage, &lane, &incident, |record| events(record).len() >= 2).await?;
    let title = told["title"].as_str().unwrap_or_default();
    ensure!(title.starts_with("HIGH: malware in 100000000048: "), "{told}");
    ensure!(told["impact"] == 2 && told["status"] == "OPEN", "{told}");
    ensure!(told["incidentRecordSource"]["source"] == "muster", "{told}");
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["incident_manager"]["arn"] == told["arn"], "{ours}");
    ensure!(ours["incident_manager"]["response_plan"] == "glass-high-malware", "{ours}");
    ensure!(paged(stage, &told)?.is_empty(), "Incident Manager has paged as well");
    let sends = lane.sends(&incident).await?;
    ensure!(sends.len() == 4, "{sends:?}");

    // What joins it, raises it and answers it is told.
    let mut worse = stage.event("guardduty/critical-attack-sequence.json", "100000000048")?;
    worse["detail"]["type"] = "CryptoCurrency:EC2/BitcoinTool.B!DNS".into();
    lane.deliver(&worse).await?;
    let raised = record(stage, &lane, &incident, |record| record["impact"] == 1).await?;
    ensure!(raised["title"].as_str().is_some_and(|t| t.starts_with("CRITICAL: ")), "{raised}");
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    let has = |part: &'static str| {
        move |record: &Value| events(record).iter().any(|event| event.contains(part))
    };
    record(stage, &lane, &incident, has("Acknowledged; ")).await?;

    // Somebody resolves it there: it is resolved here, by that somebody.
    let input = json!({ "arn": told["arn"], "status": "RESOLVED", "by": "console-user" });
    stage.system.incident_by_hand("UpdateIncidentRecord", input)?;
    invoke(&lane, "incident-mirror", &json!({ "poll": true })).await?;
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["status"] == "resolved", "{ours}");
    ensure!(ours["resolution"]["by"].to_string().contains("role/console-user"), "{ours}");

    // And the other way round.
    let other = open(stage, &lane, "100000000049").await?;
    record(stage, &lane, &other, |record| !events(record).is_empty()).await?;
    lane.ok("POST", &format!("/incidents/{other}/resolve"), &Value::Null).await?;
    let resolved = record(stage, &lane, &other, |record| record["status"] == "RESOLVED").await?;
    // Told again, all of it: nothing is there twice.
    let before = events(&resolved).len();
    let facts = lane.facts(&other).await?;
    let pk = format!("incident#{other}");
    let again: Vec<_> =
        (1..=3).map(|number| rehearsal::record(number, &pk, "fact#opened", &json!({}))).collect();
    let fed = lane.feed("incident-mirror", &again, 2).await?;
    ensure!(fed.calls == 1 && fed.abandoned.is_empty(), "{fed:?}");
    let after = record(stage, &lane, &other, |_| true).await?;
    ensure!(events(&after).len() == before && before == facts.len(), "{after} of {facts:?}");

    // What somebody changes there is put back, and what the policy no longer asks for goes.
    let title = json!({ "arn": plan["arn"], "incidentTemplateTitle": "Else" });
    stage.system.incident_by_hand("UpdateResponsePlan", title)?;
    let report = invoke(&lane, "incident-manager-sync", &json!({ "reconcile": true })).await?;
    ensure!(report["drift"]["glass-high-malware"] == json!(["update_plan"]), "{report}");
    lane.ok("PUT", "/policy", &json!({ "page_from": "high" })).await?;
    let fewer = until(SOON, async || {
        let plans = stage.system.response_plans()?;
        let ours = plans.keys().filter(|name| name.starts_with("glass-")).count();
        let escalation = stage.system.engaged()?.contains_key("glass-plan-once-medium");
        Ok((ours == 19 && !escalation).then_some(plans))
    });
    let plans = fewer.await?.context("plans for Medium stay")?;
    ensure!(plans["glass-high-malware"]["incidentTemplate"]["title"] == "HIGH: malware");
    no_mistake(stage)
}

pub(crate) async fn nobody_is_paged_by_both_for_one_step(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "both", "both").await?;
    let incident = open(stage, &lane, "100000000050").await?;
    // Who has an activated channel there is paged there, everybody else here.
    let sent = until(SOON, async || {
        let sends = lane.sends(&incident).await?;
        let all = sends.len() == 2 && sends.iter().all(|send| send.state == "sent");
        Ok(all.then_some(sends))
    });
    let Some(sends) = sent.await? else {
        let (sends, why) =
            (lane.sends(&incident).await?, lane.complaints("incident-mirror").await?);
        anyhow::bail!("ben was not paged alone, but {sends:?}: {why:?}")
    };
    ensure!(sends.iter().all(|send| send.contact == "ben"), "{sends:?}");
    let told = record(stage, &lane, &incident, |_| true).await?;
    let page = only_page(stage, &told).await?;
    ensure!(page.alias == "both-contact-ann" && page.address == BRANCH_PHONE, "{page:?}");
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["incident_manager"]["engaged"] == json!({ "ann": true, "ben": false }), "{ours}");

    // An answer there is an answer here.
    let accept = json!({ "PageId": page.arn, "AcceptType": "READ", "AcceptCode": "123456" });
    stage.system.by_hand("AcceptPage", accept)?;
    invoke(&lane, "incident-mirror", &json!({ "poll": true })).await?;
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["status"] == "acknowledged", "{ours}");
    ensure!(ours["acknowledgements"][0]["by"]["contact"] == "ann", "{ours}");
    ensure!(lane.sends(&incident).await?.len() == 2, "somebody was paged after the answer");
    no_mistake(stage)
}

pub(crate) async fn incident_manager_pages_alone_and_muster_if_it_fails(
    stage: &Stage,
) -> Result<()> {
    let lane = lane(stage, "alone", "incident-manager").await?;
    let incident = open(stage, &lane, "100000000051").await?;
    let told = record(stage, &lane, &incident, |record| !events(record).is_empty()).await?;
    only_page(stage, &told).await?;
    ensure!(lane.sends(&incident).await?.is_empty(), "Muster has paged as well");
    // An answer here ends the engagement there.
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    let stopped = until(SOON, async || {
        let input = json!({ "IncidentId": told["arn"] });
        let all = stage.system.by_hand("ListEngagements", input)?;
        Ok(all["Engagements"][0]["StopTime"].is_number().then_some(()))
    });
    stopped.await?.context("the engagement goes on")?;

    // A drill engages people and starts no runbook: it is on the quiet plan.
    let draft = json!({ "severity": "high", "incident_type": "malware", "mode": "live" });
    let drill = lane.ok("POST", "/drills", &draft).await?;
    let id = drill["id"].as_str().context("no id")?.to_owned();
    let practised = record(stage, &lane, &id, |record| !events(record).is_empty()).await?;
    ensure!(practised["arn"].as_str().is_some_and(|arn| arn.contains("/alone-quiet/")));
    ensure!(practised["title"].as_str().is_some_and(|t| t.starts_with("DRILL")), "{practised}");
    only_page(stage, &practised).await?;

    // The response plan is gone, so nobody is engaged: Muster pages everybody.
    let arn = stage.system.response_plans()?["alone-high-malware"]["arn"].clone();
    stage.system.incident_by_hand("DeleteResponsePlan", json!({ "arn": arn }))?;
    let incident = open(stage, &lane, "100000000052").await?;
    let sent =
        until(SOON, async || Ok(Some(lane.sends(&incident).await?).filter(|s| s.len() == 4)));
    sent.await?.context("Muster has not paged")?;
    no_mistake(stage)
}

fn no_mistake(stage: &Stage) -> Result<()> {
    let refused = stage.system.refused_outside()?;
    let ours: Vec<_> = refused.iter().filter(|refusal| !refusal.contains("SendVoice")).collect();
    ensure!(ours.is_empty(), "{ours:?}");
    let dangling = stage.system.dangling()?;
    ensure!(dangling.is_empty(), "{dangling:?}");
    Ok(())
}
