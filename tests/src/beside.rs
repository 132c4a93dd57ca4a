//! The story's other side: what Incident Manager, played by the stand-in, makes of it.

use anyhow::Result;
use serde_json::Value;

use crate::progress::say;
use crate::system::System;
use crate::waiting::{SOON, until};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// How many contacts and escalations there are, and whom the escalation with this alias engages first.
fn engaged(system: &System, alias: &str) -> Result<(usize, usize, Vec<String>)> {
    let all = system.engaged()?;
    let count = |kind: &str| all.values().filter(|contact| contact["type"] == kind).count();
    let stage = &all.get(alias).unwrap_or(&Value::Null)["plan"]["Stages"][0]["Targets"];
    let targets = stage.as_array().into_iter().flatten();
    let arns = targets.filter_map(|target| target["ContactTargetInfo"]["ContactId"].as_str());
    let name = |arn: &str| {
        let found = all.values().find(|contact| contact["arn"] == *arn);
        found.map(|contact| text(contact, "display_name").to_owned())
    };
    Ok((count("PERSONAL"), count("ESCALATION"), arns.filter_map(name).collect()))
}

/// Says what Incident Manager holds and has been told, once it is all there. What it does not take as
/// AWS's models want it is returned.
pub(crate) async fn tell(system: &System, incident: &str, people: usize) -> Result<Vec<String>> {
    let record = async || {
        let ours = |record: &Value| record["relatedItems"].to_string().contains(incident);
        let resolved = |record: &Value| record["status"] == "RESOLVED" && ours(record);
        Ok(system.records()?.into_iter().find(resolved))
    };
    let found = until(SOON, record).await?;
    until(SOON, async || {
        let (contacts, ..) = engaged(system, "")?;
        Ok((contacts >= people).then_some(()))
    })
    .await?;
    let plans = system.response_plans()?.len();
    let (contacts, escalations, first) = engaged(system, "muster-plan-default-high")?;
    say("\nIn AWS Incident Manager, for accounts that have it (played here by a stand-in):");
    say(format_args!(
        "  {contacts} contacts, {escalations} escalations and {plans} response plans, from the roster"
    ));
    match &found {
        None => say("  no record of the incident"),
        Some(record) => {
            let (title, status) = (text(record, "title"), text(record, "status"));
            say(format_args!("  record: {title}, impact {}, {status}", record["impact"]));
            for event in record["events"].as_array().into_iter().flatten() {
                say(format_args!("    | {}", event.as_str().unwrap_or_default()));
            }
        }
    }
    let paged = system.paged_outside()?.len();
    say(format_args!("  paged by it: {paged}, since Muster pages (PagingBackend = native)"));
    say(format_args!(
        "  with PagingBackend = both it would engage whoever of these is activated: {}",
        first.join(", ")
    ));
    let mut wrong = system.refused_outside()?;
    if found.is_none() {
        wrong.push("Incident Manager has no resolved record of the incident".to_owned());
    }
    Ok(wrong)
}
