//! The response plan writes itself and says what is open; an auditor gets it all in one file.

use std::io::{Cursor, Read as _};

use anyhow::{Context as _, Result, ensure};
use rehearsal::Lane;
use serde_json::{Value, json};

use crate::reviews::person;
use crate::stage::{LANE_PHONE, Stage};

async fn open(lane: &Lane) -> Result<Vec<String>> {
    let answer = lane.ok("GET", "/response-plan/check", &Value::Null).await?;
    let points = answer["items"].as_array().into_iter().flatten();
    Ok(points.filter_map(|point| point["code"].as_str().map(str::to_owned)).collect())
}

pub(crate) async fn the_plan_writes_itself_and_says_what_is_open(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("plan", &[]).await?;
    lane.ok("POST", "/contacts", &person("una", "incident_commander")).await?;
    let before = open(&lane).await?;
    for code in ["role_unfilled", "plan_not_adopted", "plan_without_owner", "exercise_due"] {
        ensure!(before.contains(&code.to_owned()), "{before:?}");
    }
    let bad = json!({ "framework": "iso", "raci": [{ "phase": "panic" }] });
    let (status, text) = lane.call("PUT", "/response-plan/settings", &bad).await?;
    ensure!(status == 422 && text.contains("raci[0].phase"), "{status}: {text}");
    let mut settings = lane.ok("GET", "/response-plan/settings", &Value::Null).await?;
    ensure!(settings["version"] == 0, "{settings}");
    settings["organization"] = "Example <script>alert(1)</script> | Ltd".into();
    settings["owner"] = "una".into();
    settings["framework"] = "nist_800_61r2".into();
    settings["raci"][1]["accountable"] = json!([]);
    settings["exercises"] =
        json!([{ "date": "2027-03-01", "description": "Keys in a repository" }]);
    let stored = lane.ok("PUT", "/response-plan/settings", &settings).await?;
    ensure!(stored["version"] == 1, "{stored}");
    let (status, _) = lane.call("PUT", "/response-plan/settings", &settings).await?;
    ensure!(status == 409, "an old version is not taken: {status}");
    let after = open(&lane).await?;
    ensure!(after.contains(&"activity_without_single_accountable".to_owned()), "{after:?}");
    ensure!(!after.contains(&"plan_not_adopted".to_owned()), "{after:?}");

    let (status, html) = lane.call("GET", "/response-plan?format=html", &Value::Null).await?;
    ensure!(status == 200 && html.contains("@page{size:A4"), "{status}");
    ensure!(!html.contains("<script") && html.contains("&lt;script&gt;"), "{html}");
    ensure!(!html.contains("src=") && !html.contains("<link"), "nothing from outside");
    let (status, markdown) =
        lane.call("GET", "/response-plan?format=markdown", &Value::Null).await?;
    ensure!(status == 200 && markdown.contains("Detection and Analysis"), "{status}: {markdown}");
    ensure!(
        markdown.contains("0 roles are accountable"),
        "the plan prints its open points: {markdown}"
    );
    let plan = lane.ok("GET", "/response-plan", &Value::Null).await?;
    ensure!(plan["revisions"][0]["version"] == 1 && plan["team"][0]["id"] == "una", "{plan}");
    for text in [html, markdown, plan.to_string()] {
        ensure!(!text.contains(LANE_PHONE) && !text.contains("una@lane"), "{text}");
    }
    let history = lane.ok("GET", "/response-plan/settings/changes", &Value::Null).await?;
    ensure!(history["items"].as_array().map(Vec::len) == Some(1), "{history}");
    let (status, _) = lane.call("GET", "/response-plan?format=pdf", &Value::Null).await?;
    ensure!(status == 400, "{status}");
    Ok(())
}

pub(crate) async fn an_auditor_gets_it_all_in_one_file(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("audit", &[]).await?;
    lane.ok("POST", "/contacts", &person("vic", "incident_commander")).await?;
    lane.ok("PATCH", "/contacts/vic", &json!({ "department": "Audit" })).await?;
    let zip = lane.bytes("/evidence").await?;
    let mut files = std::collections::BTreeMap::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(zip))?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        files.insert(file.name()?.into_owned(), text);
    }
    let sums = files.get("SHA256SUMS").context("no digests")?.clone();
    ensure!(sums.lines().count() == files.len() - 1, "{sums}");
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").context("a line of two")?;
        let text = files.get(name).with_context(|| format!("no {name}"))?;
        ensure!(rehearsal::sha256(text) == digest, "{name} has another digest");
    }
    for name in [
        "plan/response-plan.html",
        "plan/raci.csv",
        "checks/coverage.json",
        "drills.json",
        "reviews.json",
    ] {
        ensure!(files.contains_key(name), "{name} in {:?}", files.keys());
    }
    let whole = files.values().cloned().collect::<String>();
    ensure!(!whole.contains(LANE_PHONE) && !whole.contains("vic@lane"), "numbers are masked");
    let contacts: Value = serde_json::from_str(&files["roster/contacts.json"])?;
    ensure!(contacts[0]["department"] == "Audit", "{contacts}");
    let changes: Value = serde_json::from_str(&files["changes.json"])?;
    ensure!(changes.as_array().map(Vec::len) == Some(2), "{changes}");

    let old = lane.bytes("/evidence?as_of=2020-01-01").await?;
    let mut archive = zip::ZipArchive::new(Cursor::new(old))?;
    let mut text = String::new();
    archive.by_name("roster/contacts.json")?.read_to_string(&mut text)?;
    ensure!(text.trim() == "[]", "{text}");
    for wrong in ["2099-01-01", "yesterday"] {
        let (status, text) =
            lane.call("GET", &format!("/evidence?as_of={wrong}"), &Value::Null).await?;
        ensure!(status == 400 && text.contains("as_of"), "{status}: {text}");
    }
    Ok(())
}
