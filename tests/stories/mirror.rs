//! An incident and its record in Incident Manager: each knows what happens at the other.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Fault, Kind, Lane, Paged, SOON, until};
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
        "name": "Once", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    let report = invoke(&lane, "incident-manager-sync", &json!({ "reconcile": true })).await?;
    ensure!(report["failures"] == json!([]), "{report}");
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
    ensure!(
        raised["summary"].as_str().is_some_and(|s| s.contains("Severity: critical")),
        "{raised}"
    );
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    let has = |part: &'static str| {
        move |record: &Value| events(record).iter().any(|event| event.contains(part))
    };
    record(stage, &lane, &incident, has("Acknowledged. ")).await?;

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
    let looked = invoke(&lane, "incident-mirror", &json!({ "poll": true })).await?;
    ensure!(looked["open"] == 1, "the resolved record is still looked at: {looked}");
    lane.ok("POST", &format!("/incidents/{other}/resolve"), &Value::Null).await?;
    let resolved = record(stage, &lane, &other, |record| record["status"] == "RESOLVED").await?;
    // Told again, all of it: nothing is there twice.
    let before = events(&resolved).len();
    let facts = lane.facts(&other).await?;
    let pk = format!("incident#{other}");
    let again: Vec<_> =
        (1..=3).map(|number| rehearsal::record(number, &pk, "event#opened", &json!({}))).collect();
    let fed = lane.feed("incident-mirror", &again, 2).await?;
    ensure!(fed.calls == 1 && fed.abandoned.is_empty(), "{fed:?}");
    let after = record(stage, &lane, &other, |_| true).await?;
    ensure!(events(&after).len() == before && before == facts.len(), "{after} of {facts:?}");

    // What somebody changes there is put back, and what the policy no longer asks for goes.
    let title = json!({ "arn": plan["arn"], "incidentTemplateTitle": "Else" });
    stage.system.incident_by_hand("UpdateResponsePlan", title)?;
    let report = invoke(&lane, "incident-manager-sync", &json!({ "reconcile": true })).await?;
    ensure!(report["drift"]["glass-high-malware"] == json!(["update_plan"]), "{report}");
    lane.ok("PUT", "/policy", &json!({ "min_paging_severity": "high" })).await?;
    let fewer = until(SOON, async || {
        let plans = stage.system.response_plans()?;
        let ours = plans.keys().filter(|name| name.starts_with("glass-")).count();
        let escalation = stage.system.engaged()?.contains_key("glass-plan-once-medium");
        Ok((ours == 21 && !escalation).then_some(plans))
    });
    let plans = fewer.await?.context("plans for Medium stay")?;
    ensure!(plans["glass-high-malware"]["incidentTemplate"]["title"] == "HIGH: malware");
    no_mistake(stage)
}

pub(crate) async fn nobody_is_paged_by_both_for_one_step(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "both", "both").await?;
    // Incident Manager knows no hours, so only what is Critical engages whoever has any.
    let windows = json!([{ "days": [day_after_tomorrow()], "from": "09:00", "to": "10:00" }]);
    let cay = json!({
        "id": "cay", "name": "cay", "roles": ["incident_commander"], "time_zone": "UTC",
        "availability": windows,
        "channels": [
            {"type": "email", "address": format!("cay{LANE_MAIL}")},
            {"type": "sms", "address": BRANCH_PHONE}
        ]
    });
    lane.ok("POST", "/contacts", &cay).await?;
    let targets = until(SOON, async || {
        let all = stage.system.engaged()?;
        let first = |severity: &str| {
            let plan = &all[&format!("both-plan-once-{severity}")]["plan"];
            plan["Stages"][0]["Targets"].as_array().map(Vec::len)
        };
        Ok((first("critical") == Some(3)).then(|| first("high")))
    });
    ensure!(targets.await? == Some(Some(2)), "{:?}", stage.system.engaged()?);

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
    ensure!(
        ours["incident_manager"]["engaged_contacts"] == json!({ "ann": true, "ben": false }),
        "{ours}"
    );

    // An answer there is an answer here.
    let accept = json!({ "PageId": page.arn, "AcceptType": "READ", "AcceptCode": "123456" });
    stage.system.by_hand("AcceptPage", accept)?;
    invoke(&lane, "incident-mirror", &json!({ "poll": true })).await?;
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["status"] == "acknowledged", "{ours}");
    ensure!(ours["acknowledgments"][0]["by"]["contact"] == "ann", "{ours}");
    ensure!(lane.sends(&incident).await?.len() == 2, "somebody was paged after the answer");
    no_mistake(stage)
}

/// The first three letters of the day after tomorrow's name.
fn day_after_tomorrow() -> String {
    let day = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    day.strftime("%a").to_string().to_lowercase()
}

/// The records of an incident.
fn records(stage: &Stage, incident: &str) -> Result<Vec<Value>> {
    let all = stage.system.records()?;
    Ok(all.into_iter().filter(|record| is_of(record, incident)).collect())
}

/// Waits until no engagement of this record runs, and there has been one.
async fn engagements_stop(stage: &Stage, record: &Value) -> Result<()> {
    let mut seen = Value::Null;
    let stopped = until(SOON, async || {
        let input = json!({ "IncidentId": record["arn"] });
        seen = stage.system.by_hand("ListEngagements", input)?["Engagements"].clone();
        let all = seen.as_array().map(Vec::as_slice).unwrap_or_default();
        let over = all.iter().all(|engagement| engagement["StopTime"].is_number());
        Ok((over && !all.is_empty()).then_some(()))
    });
    stopped.await?.with_context(|| format!("the engagements go on: {seen}"))
}

/// Waits until Muster has sent this many pages for an incident.
async fn muster_pages(lane: &Lane, incident: &str, number: usize) -> Result<()> {
    let sent = until(SOON, async || {
        let sends = lane.sends(incident).await?;
        let sent = sends.iter().filter(|send| send.state == "sent").count();
        Ok((sent == number && sends.len() == number).then_some(()))
    });
    if sent.await?.is_none() {
        anyhow::bail!("not {number} pages, but {:?}", lane.sends(incident).await?)
    }
    Ok(())
}

pub(crate) async fn an_answer_here_ends_what_is_engaged_there(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "ends", "both").await?;
    let incident = open(stage, &lane, "100000000051").await?;
    let told = record(stage, &lane, &incident, |record| !events(record).is_empty()).await?;
    only_page(stage, &told).await?;
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    engagements_stop(stage, &told).await?;

    // A drill engages people and starts no runbook: it is on the quiet plan.
    let draft = json!({ "severity": "high", "incident_type": "malware", "mode": "live" });
    let drill = lane.ok("POST", "/drills", &draft).await?;
    let id = drill["id"].as_str().context("no id")?.to_owned();
    let practised = record(stage, &lane, &id, |record| !events(record).is_empty()).await?;
    ensure!(practised["arn"].as_str().is_some_and(|arn| arn.contains("/ends-quiet/")));
    ensure!(practised["title"].as_str().is_some_and(|t| t.starts_with("DRILL")), "{practised}");
    only_page(stage, &practised).await?;
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;
    engagements_stop(stage, &practised).await?;

    // The response plan was never made, so nobody is engaged: Muster pages everybody, and the quiet plan has
    // the record.
    let arn = stage.system.response_plans()?["ends-high-malware"]["arn"].clone();
    stage.system.incident_by_hand("DeleteResponsePlan", json!({ "arn": arn }))?;
    let incident = open(stage, &lane, "100000000052").await?;
    muster_pages(&lane, &incident, 4).await?;
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    let quiet = record(stage, &lane, &incident, |_| true).await?;
    ensure!(quiet["arn"].as_str().is_some_and(|arn| arn.contains("/ends-quiet/")), "{quiet}");
    ensure!(paged(stage, &quiet)?.is_empty(), "Incident Manager has paged as well");
    no_mistake(stage)
}

pub(crate) async fn a_record_on_a_plan_that_was_never_made_is_on_the_quiet_plan(
    stage: &Stage,
) -> Result<()> {
    let lane = lane(stage, "never", "native").await?;
    let arn = stage.system.response_plans()?["never-high-malware"]["arn"].clone();
    // What the sync has yet to look at must not make it again.
    lane.wire.arm(Fault::always("ssm-incidents:POST /createResponsePlan", Kind::Refuse))?;
    stage.system.incident_by_hand("DeleteResponsePlan", json!({ "arn": arn }))?;
    let incident = open(stage, &lane, "100000000071").await?;
    let quiet = record(stage, &lane, &incident, |record| !events(record).is_empty()).await?;
    ensure!(quiet["arn"].as_str().is_some_and(|arn| arn.contains("/never-quiet/")), "{quiet}");
    ensure!(quiet["title"].as_str().is_some_and(|t| t.starts_with("HIGH: malware")), "{quiet}");
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["incident_manager"]["response_plan"] == "never-quiet", "{ours}");
    ensure!(records(stage, &incident)?.len() == 1, "{:?}", records(stage, &incident)?);
    lane.wire.disarm();
    no_mistake(stage)
}

pub(crate) async fn an_answer_that_was_lost_is_asked_for_again(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "lost", "both").await?;
    // The record is made each time, and no try hears of it: Muster pages everybody.
    lane.wire.arm(Fault::always("ssm-incidents:POST /startIncident", Kind::Cut))?;
    let incident = open(stage, &lane, "100000000072").await?;
    muster_pages(&lane, &incident, 4).await?;
    lane.wire.disarm();
    // Once it is answered, no step is at it any more, and the next call asks for the same.
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    let told = record(stage, &lane, &incident, |record| !events(record).is_empty()).await?;
    let all = records(stage, &incident)?;
    ensure!(all.len() == 1, "{all:?}");
    ensure!(told["arn"].as_str().is_some_and(|arn| arn.contains("/lost-high-malware/")), "{told}");
    // Nobody counts on what its plan engages.
    engagements_stop(stage, &told).await?;
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["incident_manager"]["engaged_contacts"].is_null(), "{ours}");
    no_mistake(stage)
}

pub(crate) async fn whoever_is_no_longer_engaged_is_paged_by_muster(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "stops", "both").await?;
    let plan = json!({
        "name": "Often", "rounds": 10, "round_interval_minutes": 5, "incident_types": ["malware"],
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    let engages = until(SOON, async || {
        let plans = stage.system.response_plans()?;
        let engaged = plans["stops-high-malware"]["engagements"].to_string();
        Ok(engaged.contains("stops-plan-often-high").then_some(()))
    });
    engages.await?.context("the response plan does not engage the new plan's escalation")?;
    let incident = open(stage, &lane, "100000000073").await?;
    let told = record(stage, &lane, &incident, |_| true).await?;
    let by_muster = async || -> Result<bool> {
        Ok(lane.sends(&incident).await?.iter().any(|send| send.contact == "ann"))
    };
    ensure!(!by_muster().await?, "ann is paged by both");
    // Somebody stops it at the console.
    let input = json!({ "IncidentId": told["arn"] });
    let all = stage.system.by_hand("ListEngagements", input)?;
    let stop = json!({ "EngagementId": all["Engagements"][0]["EngagementArn"] });
    stage.system.by_hand("StopEngagement", stop)?;
    let paged = until(SOON, async || Ok(by_muster().await?.then_some(())));
    if paged.await?.is_none() {
        let why = lane.complaints("incident-mirror").await?;
        anyhow::bail!("nobody pages ann: {:?}, {why:?}", lane.sends(&incident).await?)
    }
    let ours = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(ours["incident_manager"]["engaged_contacts"]["ann"] == false, "{ours}");
    lane.ok("POST", &format!("/incidents/{incident}/resolve"), &Value::Null).await?;
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
