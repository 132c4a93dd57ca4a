//! "Who would be paged?"

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::stage::{COMMANDER, COUNSEL, LEVEL_2, LEVEL_3, Stage};

fn contacts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|one| one["contact"].as_str()).collect()
}

pub(crate) async fn the_preview_names_whom_the_real_path_pages(stage: &Stage) -> Result<()> {
    let team = stage.ok("GET", "/team?severity=critical&at=2026-12-24T03:00:00Z", None).await?;
    let named = contacts(&team["members"]);
    for person in LEVEL_2.iter().chain(&LEVEL_3).chain(&[COMMANDER, COUNSEL]) {
        ensure!(named.contains(person), "{person} is not in {team}");
    }
    ensure!(named.first() == Some(&COMMANDER), "level 1 comes first: {team}");

    // The whole course of a Medium finding, and nothing is sent: the stage would notice.
    let event = stage.event("guardduty/medium-unusual-login.json", "100000000012")?;
    let answer = stage.ok("POST", "/simulate?at=2026-12-24T03:00:00Z", Some(&event)).await?;
    let simulated = &answer[0];
    ensure!(simulated["verdict"] == "open" && simulated["severity"] == "medium", "{answer}");
    let course = simulated["steps"].as_array().cloned().unwrap_or_default();
    let minutes: Vec<_> = course.iter().filter_map(|turn| turn["after_minutes"].as_i64()).collect();
    ensure!(minutes == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90], "{minutes:?}");
    let mut first = contacts(&course[0]["pages"]);
    first.sort_unstable();
    let mut expected = vec![COMMANDER];
    expected.extend(LEVEL_2);
    expected.sort_unstable();
    ensure!(first == expected, "{first:?}");
    ensure!(course[9]["emergency_reason"] == "not_acknowledged", "{}", course[9]);

    let low = stage.event("guardduty/low-port-probe.json", "100000000012")?;
    let answer = stage.ok("POST", "/simulate", Some(&low)).await?;
    ensure!(answer[0]["verdict"] == "record", "{answer}");
    ensure!(answer[0]["reason"] == "below_threshold", "{answer}");
    let bad = stage.event("guardduty/unreadable-severity.json", "100000000012")?;
    let (status, problem) = stage.system.api("POST", "/simulate", Some(&bad)).await?;
    ensure!(status == 422 && problem["errors"][0]["field"] == "detail.severity", "{problem}");
    let (status, problem) =
        stage.system.api("GET", "/team?severity=loud&at=now&account=1", None).await?;
    let faults = problem["errors"].as_array().map_or(0, Vec::len);
    ensure!(status == 400 && faults == 3, "{status} {problem}");
    Ok(())
}
