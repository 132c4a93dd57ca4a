//! One finding, delivered again and again.

use anyhow::{Result, ensure};

use crate::stage::{BOTH, COMMANDER, LEVEL_2, LEVEL_3, Stage, and, pages};

const ACCOUNT: &str = "100000000005";

pub(crate) async fn nine_deliveries_by_three_routes_page_once(stage: &Stage) -> Result<()> {
    let direct = "guardduty/high-crypto-mining.json";
    let hub = "security-hub/guardduty-high-crypto-mining.json";
    let unified = "security-hub/v2-guardduty-high-crypto-mining.json";
    let files = std::iter::repeat_n([direct, hub, unified], 3).flatten();
    let mut events: Vec<_> = files.map(|file| stage.event(file, ACCOUNT)).collect::<Result<_>>()?;
    // By the account itself, by the administrator's, and by the Region that aggregates: the envelope says
    // who has received it.
    for (index, event) in events.iter_mut().enumerate() {
        event["account"] = [ACCOUNT, "999999999999", ACCOUNT][index / 3].into();
        event["region"] = ["eu-central-1", "eu-central-1", "us-east-1"][index / 3].into();
    }
    let mut deliveries = Vec::new();
    stage.system.send_all(&events, |delivery| deliveries.push(delivery)).await;
    let deliveries = deliveries.into_iter().collect::<Result<Vec<_>>>()?;
    let decisions: Vec<_> = deliveries.iter().flat_map(rehearsal::Delivery::decisions).collect();
    let opened = decisions.iter().filter(|decision| decision.verdict == "opened").count();
    let repeats = decisions.iter().filter(|decision| decision.verdict == "repeated").count();
    ensure!((opened, repeats) == (1, 8), "{decisions:?}");
    let incident = decisions[0].incident.clone().unwrap_or_default();
    ensure!(decisions.iter().all(|decision| decision.incident.as_ref() == Some(&incident)));
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    stage.expect(&incident, and(team, pages(LEVEL_3, &BOTH))).await?;
    let incidents = stage.system.incidents().await?;
    let ours = incidents.iter().filter(|incident| incident["account"] == ACCOUNT).count();
    ensure!(ours == 1, "{ours} incidents");
    stage.resolve(&incident).await.map(drop)
}
