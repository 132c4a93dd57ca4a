//! Somebody answers.

use anyhow::{Result, ensure};
use rehearsal::SOON;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, and, pages};

pub(crate) async fn pages_nobody_further(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/medium-unusual-login.json", "100000000007").await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team.clone()).await?;
    let path = format!("/incidents/{incident}/acknowledge");
    let answer = stage.ok("POST", &path, None).await?;
    ensure!(answer["status"] == "acknowledged", "{answer}");
    let again = stage.ok("POST", &path, None).await?;
    ensure!(again["version"] == answer["version"], "twice is once: {again}");
    stage.system.next_step(&incident).await?;
    // It waits for the end of the time within which the incident has to be resolved.
    ensure!(stage.system.turns_over(&incident, 2, SOON).await?, "the next step is not taken");
    stage.expect(&incident, team.clone()).await?;
    let told = stage.incident(&incident).await?;
    ensure!(told["status"] == "acknowledged", "{told}");
    stage.resolve(&incident).await?;
    stage.system.next_step(&incident).await?;
    let over = stage.system.escalation_ends(&incident, SOON).await?;
    ensure!(over, "the escalation goes on");
    stage.expect(&incident, team).await?;
    let (status, late) = stage.system.api("POST", &path, None).await?;
    ensure!(status == 409, "acknowledging what is over answers {status}: {late}");
    Ok(())
}
