//! A High finding.

use anyhow::{Result, ensure};

use crate::stage::{BOTH, COMMANDER, LEVEL_2, LEVEL_3, Stage, and, pages};

pub(crate) async fn pages_six_roles_and_not_counsel(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/high-crypto-mining.json", "100000000001").await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, and(team, pages(LEVEL_3, &BOTH))).await?;
    stage.resolve(&incident).await?;
    let told = stage.incident(&incident).await?;
    ensure!(told["severity"] == "high" && told["type"] == "malware", "{told}");
    ensure!(told["account"] == "100000000001" && told["finding_count"] == 1, "{told}");
    let what: Vec<_> =
        told["timeline"].as_array().into_iter().flatten().map(|l| &l["event"]).collect();
    ensure!(what.first().is_some_and(|w| *w == "opened"), "{what:?}");
    ensure!(what.last().is_some_and(|w| *w == "resolved"), "{what:?}");
    ensure!(what.iter().filter(|w| **w == "page").count() == 12, "{what:?}");
    Ok(())
}
