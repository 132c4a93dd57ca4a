//! A Medium finding.

use anyhow::Result;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, and, pages};

pub(crate) async fn pages_levels_one_and_two(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/medium-unusual-login.json", "100000000003").await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team).await?;
    stage.resolve(&incident).await.map(drop)
}
