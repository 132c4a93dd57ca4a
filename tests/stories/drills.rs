//! A drill takes the real path, says so in every message, is kept apart and ends in a report.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{SOON, until};
use serde_json::{Value, json};

use crate::stage::{BOTH, COMMANDER, LANE_MAIL, LEVEL_2, Stage, pages};

async fn ask(stage: &Stage, drill: &Value) -> Result<String> {
    let (status, answer) = stage.system.api("POST", "/drills", Some(drill)).await?;
    ensure!(status == 202, "{status}: {answer}");
    Ok(answer["id"].as_str().context("the drill has no id")?.to_owned())
}

/// The report, once it says what is waited for.
async fn report(stage: &Stage, id: &str, ready: impl Fn(&Value) -> bool) -> Result<Value> {
    let mut last = Value::Null;
    let found = until(SOON, async || {
        let (status, report) = stage.system.api("GET", &format!("/drills/{id}"), None).await?;
        last = report.clone();
        Ok(Some(report).filter(|report| status == 200 && ready(report)))
    });
    let found = found.await?;
    found.with_context(|| format!("the report stays {last}"))
}

async fn listed(stage: &Stage, path: &str, id: &str) -> Result<bool> {
    let page = stage.ok("GET", path, None).await?;
    Ok(page["items"].as_array().into_iter().flatten().any(|item| item["id"] == id))
}

pub(crate) async fn a_live_drill_pages_marked_and_reports(stage: &Stage) -> Result<()> {
    let (chen, dara) = (LEVEL_2[1], LEVEL_2[2]);
    let drill = json!({
        "mode": "live", "severity": "critical", "incident_type": "data_exposure",
        "account": "100000000031", "contacts": [chen, dara]
    });
    let key = [("content-type", "application/json"), ("idempotency-key", "spring-drill")];
    let (status, first) =
        stage.system.api_with("POST", "/drills", &key, &drill.to_string()).await?;
    ensure!(status == 202, "{status}: {first}");
    let id = first["id"].as_str().context("the drill has no id")?.to_owned();
    stage.expect(&id, pages([chen, dara], &BOTH)).await?;
    // Asked for twice, it is one drill.
    let again = stage.system.api_with("POST", "/drills", &key, &drill.to_string()).await?;
    ensure!(again == (202, first), "{again:?}");
    let other = json!({ "mode": "dry_run" }).to_string();
    let (status, _) = stage.system.api_with("POST", "/drills", &key, &other).await?;
    ensure!(status == 422, "the same key for another drill: {status}");

    let messages = stage.system.messages().await?;
    let ours: Vec<_> =
        messages.iter().filter(|m| m.incident.as_deref() == Some(id.as_str())).collect();
    ensure!(ours.iter().all(|message| message.text.starts_with("DRILL")), "{ours:?}");
    let link = stage.link(&id, chen).await?;
    let (_, page) = stage.system.public_get(&link).await?;
    ensure!(page.contains("DRILL"), "the link's page does not say that it is a drill");
    stage.system.public_post(&link).await?;

    let said = |report: &Value| report["not_acknowledged"] == json!([dara]);
    let report = report(stage, &id, said).await?;
    ensure!(report["not_reached"] == json!([]) && report["status"] == "open", "{report}");
    let person = report["contacts"].as_array().into_iter().flatten().find(|p| p["contact"] == chen);
    let person = person.context("the report does not name who answered")?;
    ensure!(person["acknowledgment_seconds"].is_i64(), "{person}");
    ensure!(person["pages"].as_array().is_some_and(|pages| pages.len() == 2), "{person}");
    ensure!(report["first_page_seconds"].is_i64(), "{report}");

    ensure!(listed(stage, "/drills?limit=200", &id).await?, "the drill is in no list");
    ensure!(!listed(stage, "/incidents?limit=200", &id).await?, "the drill is among the incidents");
    stage.resolve(&id).await?;
    Ok(())
}

pub(crate) async fn a_dry_drill_goes_through_the_plan_and_sends_nothing(
    stage: &Stage,
) -> Result<()> {
    let id = ask(stage, &json!({ "mode": "dry_run", "severity": "medium" })).await?;
    stage.expect(&id, pages([], &[])).await?;
    ensure!(stage.system.escalation_ends(&id, SOON).await?, "it does not end");
    let report = report(stage, &id, |_| true).await?;
    let people = report["contacts"].as_array().context("nobody is in the report")?;
    ensure!(people.iter().any(|person| person["contact"] == COMMANDER), "{report}");
    let mut all = people.iter().flat_map(|p| p["pages"].as_array().into_iter().flatten());
    ensure!(all.all(|page| page["state"] == "dry_run"), "{report}");
    ensure!(report["emergency_topic_notified"] == false, "{report}");
    stage.expect(&id, pages([], &[])).await?;
    stage.resolve(&id).await?;
    Ok(())
}

pub(crate) async fn samples_are_drills_if_the_stack_says_so(stage: &Stage) -> Result<()> {
    let given = [("SampleFindingsAsDrills", "true"), ("ReconcileFindings", "false")];
    let lane = Box::pin(stage.system.lane("samples", &given)).await?;
    let address = format!("sara{LANE_MAIL}");
    let contact = json!({
        "id": "sara", "name": "Sara", "roles": ["incident_commander"], "time_zone": "Europe/Oslo",
        "channels": [
            {"type": "email", "address": address}, {"type": "voice", "address": "+14255550174"}
        ]
    });
    lane.ok("POST", "/contacts", &contact).await?;
    // Somebody real in the same account, of the same kind, stays apart from it.
    lane.deliver(&stage.event("guardduty/critical-attack-sequence.json", "100000000034")?).await?;
    let account = "100000000034";
    let one = until(SOON, async || Ok(lane.incidents(account).await?.pop())).await?;
    one.context("the real one did not open")?;
    lane.deliver(&stage.event("guardduty/sample-critical.json", account)?).await?;
    let both = until(SOON, async || Ok((lane.incidents(account).await?.len() == 2).then_some(())));
    both.await?.context("the sample opened nothing")?;
    let drills = lane.ok("GET", "/drills", &Value::Null).await?;
    let id = drills["items"][0]["id"].as_str().context("the sample is no drill")?.to_owned();
    let mails = until(SOON, async || {
        let messages = stage.system.messages().await?;
        let ours: Vec<_> = messages.into_iter().filter(|message| message.to == address).collect();
        Ok((ours.len() == 2).then_some(ours))
    });
    let mails = mails.await?.context("two mails were expected")?;
    let marked = mails.iter().filter(|mail| mail.text.starts_with("DRILL")).count();
    ensure!(marked == 1, "{marked} of the two say that they are a drill");
    let incidents = lane.ok("GET", "/incidents", &Value::Null).await?;
    ensure!(incidents["items"].as_array().map(Vec::len) == Some(1), "{incidents}");
    let real = incidents["items"][0]["id"].as_str().unwrap_or_default().to_owned();
    for id in [id, real] {
        lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;
    }
    let figures = lane.figures("finding-responder").await?;
    let counted = |name: &str| figures.iter().any(|line| !line[name].is_null());
    ensure!(counted("DrillFindings") && counted("Findings"), "{figures:?}");
    Ok(())
}

pub(crate) async fn wrong_drills_are_refused(stage: &Stage) -> Result<()> {
    let drill = json!({ "contacts": ["nobody-here"], "mode": "dry_run" });
    let (status, problem) = stage.system.api("POST", "/drills", Some(&drill)).await?;
    ensure!(status == 422 && problem["errors"][0]["field"] == "contacts[0]", "{status}: {problem}");
    let drill = json!({ "severity": 7 });
    let (status, problem) = stage.system.api("POST", "/drills", Some(&drill)).await?;
    ensure!(status == 422, "{status}: {problem}");
    let fields: Vec<_> =
        problem["errors"].as_array().into_iter().flatten().map(|f| f["field"].clone()).collect();
    ensure!(fields == ["severity", "mode"], "{problem}");
    let (status, _) = stage.system.api("GET", "/drills/20261123-0000000000", None).await?;
    ensure!(status == 404, "{status}");
    Ok(())
}
