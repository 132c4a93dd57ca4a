//! Step Functions loses an escalation, and people are paged all the same.

use anyhow::{Result, ensure};

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, and, pages};

const ACCOUNT: &str = "100000000021";

pub(crate) async fn takes_a_step_that_nobody_takes(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/medium-unusual-login.json", ACCOUNT).await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team.clone()).await?;
    stage.system.lose_escalation(&incident).await?;
    // What is due later is left alone.
    stage.system.watch().await?;
    stage.expect(&incident, team.clone()).await?;
    stage.system.make_late(&incident).await?;
    let watched = stage.system.watch().await?;
    ensure!(watched["late"].as_u64() >= Some(1) && watched["failed"] == 0, "{watched}");
    // Everybody who has not answered, by the second step.
    let twice = and(team.clone(), team);
    stage.expect(&incident, twice.clone()).await?;
    // The third step is due in ten minutes now: another look takes nothing twice.
    stage.system.watch().await?;
    stage.expect(&incident, twice).await?;
    stage.resolve(&incident).await?;
    // It is over at the next look, and no more is due.
    stage.system.make_late(&incident).await?;
    stage.system.watch().await?;
    ensure!(stage.system.make_late(&incident).await.is_err(), "a step is still due");
    Ok(())
}
