//! The link in a page.

use anyhow::{Result, ensure};

use crate::stage::{BOTH, COMMANDER, LEVEL_2, Stage, and, pages};

pub(crate) async fn show_without_acting_and_act_once(stage: &Stage) -> Result<()> {
    let incident = stage.open("guardduty/medium-unusual-login.json", "100000000008").await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, team).await?;
    let link = stage.link(&incident, COMMANDER).await?;

    // A mail scanner opens it, several times.
    for _ in 0..3 {
        let (status, page) = stage.system.public_get(&link).await?;
        ensure!(status == 200 && page.contains("<button>") && page.contains(&incident), "{page}");
    }
    // Mail programs add parameters of their own.
    let (status, _) = stage.system.public_get(&format!("{link}?utm_source=mail")).await?;
    ensure!(status == 200, "a link with a parameter answers {status}");
    ensure!(stage.incident(&incident).await?["status"] == "open");

    // Its owner presses the button, and then once more.
    let (status, page) = stage.system.public_post(&link).await?;
    ensure!(status == 200 && page.contains("You acknowledged this"), "{status} {page}");
    let told = stage.incident(&incident).await?;
    ensure!(told["status"] == "acknowledged", "{told}");
    ensure!(told["acknowledgments"][0]["by"]["contact"] == COMMANDER, "{told}");
    let (status, _) = stage.system.public_post(&link).await?;
    ensure!(status == 410, "a used link answers {status}");
    let (status, page) = stage.system.public_get(&link).await?;
    ensure!(status == 200 && !page.contains("<button>"), "{status} {page}");

    // A second person answers too; both are on the timeline.
    let second = stage.link(&incident, LEVEL_2[0]).await?;
    ensure!(stage.system.public_post(&second).await?.0 == 200);
    let told = stage.incident(&incident).await?;
    ensure!(told["acknowledgments"].as_array().map(Vec::len) == Some(2), "{told}");

    // Links nobody gave out, and one that came too late.
    let (status, _) = stage.system.public_get(&format!("{link}x")).await?;
    ensure!(status == 404, "an unknown link answers {status}");
    let late = stage.link(&incident, LEVEL_2[1]).await?;
    stage.resolve(&incident).await?;
    let (status, page) = stage.system.public_post(&late).await?;
    ensure!(status == 409 && page.contains("over"), "{status} {page}");
    Ok(())
}
