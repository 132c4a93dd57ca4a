//! Nobody answers.

use anyhow::Result;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, and, pages};

pub(crate) async fn pages_those_who_have_not_answered_again(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/medium-unusual-login.json", "100000000006").await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team.clone()).await?;
    stage.system.next_step(&incident).await?;
    // The second step: everybody once more, since nobody has answered; nobody else has a backup.
    stage.expect(&incident, and(team.clone(), team)).await?;
    stage.resolve(&incident).await.map(drop)
}
