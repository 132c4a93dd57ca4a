//! Findings that belong together: one incident, as serious as the worst of them.

use anyhow::{Context as _, Result, ensure};
use rehearsal::PAGE_ACTION;
use serde_json::{Value, json};

use crate::stage::{BOTH, COMMANDER, COUNSEL, LEVEL_2, LEVEL_3, Pages, Stage, and, opened, pages};

const HIGH: &str = "guardduty/high-crypto-mining.json";

fn levels_to_3() -> Pages {
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    and(team, pages(LEVEL_3, &BOTH))
}

/// The one message that says what is new, to contacts who were paged before.
fn updates<'a>(people: impl IntoIterator<Item = &'a str>) -> Pages {
    pages(people, &["sms"])
}

/// The same event with another finding in it.
fn another(mut event: Value, id: &str, severity: f64) -> Value {
    let arn = event["detail"]["arn"].as_str().unwrap_or_default().to_owned();
    let (detector, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
    event["detail"]["arn"] = json!(format!("{detector}/{id}"));
    event["detail"]["id"] = json!(id);
    event["detail"]["severity"] = json!(severity);
    event
}

/// The verdict on the one finding of an event, and its incident.
async fn decided(stage: &Stage, event: &Value) -> Result<(String, Option<String>)> {
    let delivery = stage.system.send(event).await?;
    let decision = delivery.decisions().next().context("nothing was decided")?;
    Ok((decision.verdict.clone(), decision.incident.clone()))
}

fn lines<'a>(incident: &'a Value, what: &str) -> Vec<&'a Value> {
    let timeline = incident["timeline"].as_array().into_iter().flatten();
    timeline.filter(|line| line["event"] == what).collect()
}

pub(crate) async fn another_finding_joins_without_a_page(stage: &Stage) -> Result<()> {
    let account = "100000000014";
    let incident = stage.open(HIGH, account).await?;
    stage.expect(&incident, levels_to_3()).await?;
    stage.ok("POST", &format!("/incidents/{incident}/acknowledge"), None).await?;
    // Twenty at once, which all want to write the same incident.
    let event = stage.event(HIGH, account)?;
    let events: Vec<_> = (0..20)
        .map(|number| {
            let mut event = another(event.clone(), &format!("joins-{number}"), 7.5);
            event["id"] = json!(format!("joins-{number}"));
            event
        })
        .collect();
    let mut verdicts = Vec::new();
    stage.system.send_all(&events, |delivery| verdicts.push(delivery)).await;
    for delivery in verdicts {
        let delivery = delivery?;
        let decision = delivery.decisions().next().context("nothing was decided")?;
        ensure!(decision.verdict == "grouped", "{decision:?}");
        ensure!(decision.incident.as_deref() == Some(&incident), "{decision:?}");
    }
    let told = stage.incident(&incident).await?;
    ensure!(told["finding_count"] == 21 && told["status"] == "acknowledged", "{told}");
    ensure!(lines(&told, "finding_added").len() == 20, "{told}");
    // Nobody was paged for it: a page more would be a stray.
    stage.expect(&incident, levels_to_3()).await?;
    stage.resolve(&incident).await.map(drop)
}

pub(crate) async fn what_becomes_more_serious_pages_those_whom_that_adds(
    stage: &Stage,
) -> Result<()> {
    let account = "100000000015";
    let event = stage.event(HIGH, account)?;
    let medium = another(event.clone(), "rises", 5.0);
    let incident = opened(&stage.system.send(&medium).await?)?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team).await?;
    stage.ok("POST", &format!("/incidents/{incident}/acknowledge"), None).await?;
    // The same finding again, now High.
    let mut high = another(event, "rises", 8.0);
    high["id"] = json!("rises-2");
    let (verdict, named) = decided(stage, &high).await?;
    ensure!(
        verdict == "escalation_restarted" && named.as_deref() == Some(&incident),
        "{verdict} {named:?}"
    );
    let known = and(updates([COMMANDER]), updates(LEVEL_2));
    stage.expect(&incident, and(levels_to_3(), known)).await?;
    let told = stage.incident(&incident).await?;
    ensure!(told["severity"] == "high" && told["status"] == "open", "{told}");
    ensure!(told["run"] == 2 && lines(&told, "escalation_restarted").len() == 1, "{told}");
    // Whoever answered before has to answer for the more serious incident as well.
    let again = stage.ok("POST", &format!("/incidents/{incident}/acknowledge"), None).await?;
    ensure!(again["status"] == "acknowledged", "{again}");
    let (verdict, _) = decided(stage, &high).await?;
    ensure!(verdict == "repeated", "{verdict}");
    stage.resolve(&incident).await.map(drop)
}

pub(crate) async fn a_sequence_and_its_findings_are_one_incident_in_either_order(
    stage: &Stage,
) -> Result<()> {
    let sequence = "guardduty/critical-sequence-of-instances.json";
    let member = "guardduty/high-part-of-a-sequence.json";
    let everybody = and(levels_to_3(), pages([COUNSEL], &BOTH));

    let first = stage.open(member, "100000000016").await?;
    stage.expect(&first, levels_to_3()).await?;
    let (verdict, named) = decided(stage, &stage.event(sequence, "100000000016")?).await?;
    ensure!(
        verdict == "escalation_restarted" && named.as_ref() == Some(&first),
        "{verdict} {named:?}"
    );
    let known = and(updates([COMMANDER]), and(updates(LEVEL_2), updates(LEVEL_3)));
    stage.expect(&first, and(everybody.clone(), known)).await?;
    stage.resolve(&first).await?;

    let second = stage.open(sequence, "100000000017").await?;
    stage.expect(&second, everybody.clone()).await?;
    let (verdict, named) = decided(stage, &stage.event(member, "100000000017")?).await?;
    ensure!(verdict == "grouped" && named.as_ref() == Some(&second), "{verdict} {named:?}");
    stage.resolve(&second).await?;

    // By Security Hub first, which names no members; then by GuardDuty, which does; then the member, which
    // does not say what it is part of.
    let account = "100000000047";
    let named = stage.event(sequence, account)?;
    let mut copy = stage.event("security-hub/guardduty-high-crypto-mining.json", account)?;
    copy["detail"]["findings"][0]["Id"] = named["detail"]["arn"].clone();
    copy["detail"]["findings"][0]["Severity"]["Label"] = "CRITICAL".into();
    let third = opened(&stage.system.send(&copy).await?)?;
    stage.expect(&third, everybody).await?;
    let (verdict, _) = decided(stage, &named).await?;
    ensure!(verdict == "repeated", "{verdict}");
    let mut silent = stage.event(member, account)?;
    if let Some(detail) = silent["detail"].as_object_mut() {
        detail.remove("associatedAttackSequenceArn");
    }
    let (verdict, named) = decided(stage, &silent).await?;
    ensure!(verdict == "grouped" && named.as_ref() == Some(&third), "{verdict} {named:?}");
    stage.resolve(&third).await?;
    Ok(())
}

pub(crate) async fn what_comes_back_opens_a_new_incident_that_names_the_old_one(
    stage: &Stage,
) -> Result<()> {
    let account = "100000000018";
    let first = stage.open(HIGH, account).await?;
    stage.expect(&first, levels_to_3()).await?;
    stage.resolve(&first).await?;
    // A late copy, of what was seen before the resolution.
    let mut event = stage.event(HIGH, account)?;
    let (verdict, _) = decided(stage, &event).await?;
    ensure!(verdict == "repeated", "{verdict}");
    event["id"] = json!("comes-back");
    event["detail"]["service"]["eventLastSeen"] = json!("2099-01-01T00:00:00.000Z");
    let second = opened(&stage.system.send(&event).await?)?;
    ensure!(second != first, "a new incident");
    stage.expect(&second, levels_to_3()).await?;
    let told = stage.incident(&second).await?;
    ensure!(told["previous_incident"] == json!(first), "{told}");
    stage.resolve(&second).await.map(drop)
}

pub(crate) async fn somebody_who_asks_by_hand_is_heard(stage: &Stage) -> Result<()> {
    let event = stage.event("security-hub/custom-action-low.json", "100000000019")?;
    let incident = opened(&stage.system.send(&event).await?)?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team.clone()).await?;
    stage.ok("POST", &format!("/incidents/{incident}/acknowledge"), None).await?;
    // Pressed again an hour later, for a finding that is known: the team is paged again, and told by which action.
    let mut again = stage.event("security-hub/custom-action-low.json", "100000000019")?;
    again["time"] = json!("2099-01-01T00:00:00Z");
    let (verdict, named) = decided(stage, &again).await?;
    ensure!(
        verdict == "escalation_restarted" && named.as_ref() == Some(&incident),
        "{verdict} {named:?}"
    );
    stage.expect(&incident, and(team.clone(), team)).await?;
    let told = stage.incident(&incident).await?;
    ensure!(told["cause"]["type"] == "team_requested" && told["status"] == "open", "{told}");
    ensure!(told["cause"]["action"] == told["finding"]["custom_action"]["action"], "{told}");
    // The same event delivered twice asks once.
    let (verdict, _) = decided(stage, &again).await?;
    ensure!(verdict == "repeated", "{verdict}");
    stage.resolve(&incident).await?;
    // Other tools have custom actions, too: no rule takes theirs.
    let mut other = stage.event("security-hub/custom-action-low.json", "100000000063")?;
    other["resources"] = json!([PAGE_ACTION.replace("/muster", "/RemediatewithASR")]);
    let delivery = stage.system.send(&other).await?;
    ensure!(delivery.answers.is_empty(), "another tool's action is heard: {delivery:?}");
    Ok(())
}
