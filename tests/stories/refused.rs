//! One channel fails.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, LEVEL_3, Stage, and, pages};

const ACCOUNT: &str = "100000000009";
const REFUSED: &str = "+14255550199";

pub(crate) async fn a_refused_number_does_not_stop_the_mail(stage: &Stage) -> Result<()> {
    stage.system.refuse_number(REFUSED)?;
    let expert = json!({
        "id": "hana-refused", "name": "Hana Sato", "roles": ["subject_matter_expert"],
        "channels": [
            {"type": "sms", "address": REFUSED}, {"type": "email", "address": "hana.sato@example.com"}
        ],
        "time_zone": "Asia/Tokyo", "accounts": [ACCOUNT]
    });
    stage.ok("POST", "/contacts", Some(&expert)).await?;
    let incident = stage.open("guardduty/high-crypto-mining.json", ACCOUNT).await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    let team = and(team, pages(LEVEL_3, &BOTH));
    stage.expect(&incident, and(team, pages(["hana-refused"], &["email"]))).await?;
    let told = stage.resolve(&incident).await.and(stage.incident(&incident).await)?;
    let lines = told["timeline"].as_array().into_iter().flatten();
    let failed: Vec<_> = lines.filter(|line| line["state"] == "failed").collect();
    ensure!(failed.len() == 1 && failed[0]["contact"] == "hana-refused", "{failed:?}");
    ensure!(failed[0]["error"] == "InvalidParameter", "{failed:?}");
    ensure!(!told.to_string().contains(REFUSED), "a timeline has no numbers");
    stage.ok("DELETE", "/contacts/hana-refused", None).await.map(drop)
}
