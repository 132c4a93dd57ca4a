//! Other systems hear of each incident, page and acknowledgment; the log holds the figures.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use rehearsal::{SOON, until};
use serde_json::Value;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, pages};

fn of<'a>(events: &'a [Value], id: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["detail"]["incident"]["id"] == id).collect()
}

pub(crate) async fn every_incident_page_and_answer_is_an_event(stage: &Stage) -> Result<()> {
    let id = stage.open("guardduty/medium-unusual-login.json", "100000000032").await?;
    stage.expect(&id, pages([COMMANDER].into_iter().chain(LEVEL_2), &BOTH)).await?;
    stage.system.public_post(&stage.link(&id, COMMANDER).await?).await?;
    stage.resolve(&id).await?;

    let wanted: BTreeSet<&str> = ["opened", "step_started", "acknowledged", "resolved"].into();
    let (mut told, mut kinds) = (Vec::new(), BTreeSet::new());
    let all = until(SOON, async || {
        let events = stage.system.told().await?;
        told = of(&events, &id).into_iter().cloned().collect();
        let kind = |event: &Value| event["detail"]["event"].as_str().unwrap_or_default().to_owned();
        kinds = told.iter().map(kind).filter(|kind| kind != "page").collect();
        let pages = told.iter().filter(|event| event["detail-type"] == "Muster Page").count();
        let whole = kinds.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted;
        Ok((whole && pages >= 8).then_some(()))
    });
    all.await?;
    let pages: Vec<_> = told.iter().filter(|e| e["detail-type"] == "Muster Page").collect();
    ensure!(pages.len() == 8, "8 pages were expected on the bus, {} came", pages.len());
    ensure!(pages.iter().all(|page| page["detail"]["page"]["state"] == "sent"), "{pages:?}");
    let kinds: BTreeSet<&str> = kinds.iter().map(String::as_str).collect();
    ensure!(kinds == wanted, "{kinds:?}");
    let answer = told.iter().find(|event| event["detail-type"] == "Muster Acknowledgment");
    let answer = answer.context("the acknowledgement is no event")?;
    ensure!(answer["detail"]["by"] == COMMANDER, "{answer}");
    let text = serde_json::to_string(&told)?;
    ensure!(!text.contains('@') && !text.contains("+1425"), "an event has an address or a number");

    let chat = stage.system.chatted().await?;
    let thread: Vec<_> =
        chat.iter().filter(|message| message["metadata"]["threadId"] == id.as_str()).collect();
    let kinds: BTreeSet<_> =
        thread.iter().filter_map(|m| m["metadata"]["eventType"].as_str()).collect();
    let expected =
        ["opened", "acknowledged", "resolved"].map(|kind| format!("muster-incident-{kind}"));
    ensure!(kinds == expected.iter().map(String::as_str).collect(), "{kinds:?}");
    ensure!(thread.iter().all(|m| m["version"] == "1.0" && m["source"] == "custom"), "{thread:?}");
    Ok(())
}

/// The values of a figure with these dimensions, from the lines of a log.
fn values(lines: &[Value], name: &str, dimensions: &[(&str, &str)]) -> usize {
    let has = |line: &&Value| {
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array();
        let named = metrics.into_iter().flatten().any(|metric| metric["Name"] == name);
        named && !line[name].is_null() && dimensions.iter().all(|(key, is)| line[*key] == *is)
    };
    lines.iter().filter(has).count()
}

pub(crate) async fn figures_are_in_the_logs(stage: &Stage) -> Result<()> {
    let id = stage.open("guardduty/high-crypto-mining.json", "100000000033").await?;
    let everybody = [COMMANDER].into_iter().chain(LEVEL_2).chain(crate::stage::LEVEL_3);
    stage.expect(&id, pages(everybody, &BOTH)).await?;
    stage.system.public_post(&stage.link(&id, COMMANDER).await?).await?;
    stage.resolve(&id).await?;
    let (mut responder, mut pager, mut api) = (Vec::new(), Vec::new(), Vec::new());
    let all = until(SOON, async || {
        responder = stage.system.figures("finding-responder").await?;
        pager = stage.system.figures("pager").await?;
        api = stage.system.figures("roster-api").await?;
        Ok((values(&api, "SecondsToResolution", &[]) > 0).then_some(()))
    });
    all.await?;
    let check = |lines: &[Value], name: &str, dimensions: &[(&str, &str)]| -> Result<()> {
        ensure!(values(lines, name, dimensions) > 0, "{name} {dimensions:?} is in no line");
        Ok(())
    };
    check(&responder, "Findings", &[("Verdict", "opened")])?;
    check(&pager, "Pages", &[("Channel", "sms"), ("State", "sent")])?;
    check(&pager, "SecondsToFirstPage", &[])?;
    check(&pager, "SecondsLate", &[])?;
    check(&api, "SecondsToAcknowledgment", &[])?;
    check(&api, "SecondsToResolution", &[])?;
    let namespace = &pager[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"];
    ensure!(namespace == "Muster/muster", "{namespace}");
    Ok(())
}
