//! A Critical finding.

use anyhow::Result;

use crate::stage::{BOTH, COMMANDER, COUNSEL, LEVEL_2, LEVEL_3, Stage, and, pages};

pub(crate) async fn pages_counsel_too(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/critical-attack-sequence.json", "100000000002").await?;
    let team = and(pages([COMMANDER, COUNSEL], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, and(team, pages(LEVEL_3, &BOTH))).await?;
    stage.resolve(&incident).await.map(drop)
}
