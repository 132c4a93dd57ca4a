//! Somebody changes things in Incident Manager by hand, and hundreds of people come at once.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, SOON, until};
use serde_json::{Value, json};

use crate::stage::{BRANCH_PHONE, LANE_MAIL, Stage};

const ROLE: &str = "arn:aws:iam::111122223333:role/runbook";
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:changes";
/// How many people come at once.
const CROWD: usize = 300;

fn person(id: &str) -> Value {
    json!({
        "id": id, "name": id, "roles": ["security_analyst"], "time_zone": "Europe/Oslo",
        "channels": [
            {"type": "email", "address": format!("{id}{LANE_MAIL}")},
            {"type": "sms", "address": BRANCH_PHONE}
        ]
    })
}

async fn lane(stage: &Stage, prefix: &str, edits: &str) -> Result<Lane> {
    let given = [
        ("IncidentManager", "on"),
        ("IncidentManagerPrefix", prefix),
        ("IncidentManagerManualEdits", edits),
        ("RunbookDocument", "Isolate-Host"),
        ("RunbookRoleArn", ROLE),
        ("ResponsePlanTopics", TOPIC),
        ("ResponsePlanChatTopics", TOPIC),
    ];
    Box::pin(stage.system.lane(prefix, &given)).await
}

async fn reconcile(lane: &Lane) -> Result<Value> {
    let end = lane.invoke("incident-manager-sync", &json!({ "reconcile": true })).await?;
    end.map_err(|error| anyhow::anyhow!(error))
}

pub(crate) async fn are_left_alone_if_the_stack_says_so(stage: &Stage) -> Result<()> {
    let lane = lane(stage, "left", "keep").await?;
    for id in ["una", "vic"] {
        lane.ok("POST", "/contacts", &person(id)).await?;
    }
    let settled = until(SOON, async || {
        let report = reconcile(&lane).await?;
        Ok((report["drift"] == json!({})).then_some(report))
    });
    if settled.await?.is_none() {
        anyhow::bail!("it does not come into step: {}", reconcile(&lane).await?);
    }
    // What the stack says of every plan is in it, and in the quiet one it is not.
    let plans = stage.system.response_plans()?;
    let run = json!([{ "ssmAutomation": { "documentName": "Isolate-Host", "roleArn": ROLE } }]);
    let plan = &plans["left-high-malware"];
    ensure!(plan["actions"] == run, "{plan}");
    ensure!(plan["chatChannel"] == json!({ "chatbotSns": [TOPIC] }), "{plan}");
    let told = &plan["incidentTemplate"]["notificationTargets"];
    ensure!(*told == json!([{ "snsTopicArn": TOPIC }]), "{plan}");
    ensure!(plans["left-quiet"]["actions"] == json!([]), "a drill starts the runbook");
    // Somebody renames one, changes a plan, and makes a contact under a name that would be ours.
    let all = stage.system.engaged()?;
    let arn = all["left-contact-una"]["arn"].clone();
    stage.system.by_hand("UpdateContact", json!({ "ContactId": arn, "DisplayName": "Boss" }))?;
    let plan = stage.system.response_plans()?["left-high-malware"]["arn"].clone();
    let title = json!({ "arn": plan, "incidentTemplateTitle": "Ours" });
    stage.system.incident_by_hand("UpdateResponsePlan", title)?;
    let stray = json!({ "Alias": "left-contact-wes", "Type": "PERSONAL", "Plan": {} });
    stage.system.by_hand("CreateContact", stray)?;
    let report = reconcile(&lane).await?;
    let names = json!(["left-contact-una", "left-contact-wes", "left-high-malware"]);
    ensure!(report["manual_edits"] == names && report["failures"] == json!([]), "{report}");
    ensure!(report["drift"]["left-contact-una"] == json!(["rename"]), "{report}");
    let standing = lane.ok("GET", "/incident-manager", &Value::Null).await?;
    ensure!(standing["last_sync"]["manual_edits"] == names, "{standing}");
    let all = stage.system.engaged()?;
    ensure!(all["left-contact-una"]["display_name"] == "Boss", "it was put back");
    ensure!(all.contains_key("left-contact-wes"), "somebody's contact was deleted");
    // What the roster asks for since then is done.
    lane.ok("PATCH", "/contacts/una", &json!({ "name": "Una Two" })).await?;
    let renamed = until(SOON, async || {
        let all = stage.system.engaged()?;
        Ok((all["left-contact-una"]["display_name"] == "Una Two").then_some(()))
    });
    renamed.await?.context("the roster's change was left out")
}

pub(crate) async fn hundreds_at_once_end_in_step_though_calls_come_too_fast(
    stage: &Stage,
) -> Result<()> {
    let lane = lane(stage, "crowd", "revert").await?;
    stage.system.throttle_outside("crowd-", 7)?;
    let people: Vec<_> = (0..CROWD).map(|number| person(&format!("c{number:03}"))).collect();
    let answer = lane.ok("POST", "/contacts/import", &json!({ "contacts": people })).await?;
    let rows = answer["rows"].as_array().into_iter().flatten();
    ensure!(rows.filter(|row| row["status"] == "created").count() == CROWD, "{answer}");
    // By the stream alone, and then looked at whole.
    let whole = |all: &serde_json::Map<String, Value>| {
        let ours = all.iter().filter(|(alias, _)| alias.starts_with("crowd-contact-c"));
        let done = |contact: &Value| contact["plan"]["Stages"].as_array().map(Vec::len) == Some(2);
        ours.filter(|(_, contact)| done(contact)).count()
    };
    let in_step =
        until(SOON, async || Ok((whole(&stage.system.engaged()?) == CROWD).then_some(())));
    if in_step.await?.is_none() {
        let why = lane.complaints("incident-manager-sync").await?;
        anyhow::bail!("{} of {CROWD} are there: {why:?}", whole(&stage.system.engaged()?));
    }
    let report = reconcile(&lane).await?;
    ensure!(report["failures"] == json!([]), "{report}");
    let report = reconcile(&lane).await?;
    ensure!(report["drift"] == json!({}) && report["failures"] == json!([]), "{report}");
    ensure!(stage.system.throttled_outside()? > 100, "hardly a call came too fast");
    let team = &stage.system.engaged()?["crowd-plan-default-medium"]["plan"]["Stages"][0];
    ensure!(team["Targets"].as_array().map(Vec::len) == Some(CROWD), "not everybody is engaged");
    stage.system.throttle_outside("crowd-", 0)
}
