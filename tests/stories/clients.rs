//! What a program that was generated from the OpenAPI document can do.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::stage::Stage;

const ACCOUNT: &str = "100000000056";

pub(crate) async fn that_are_generated_call_everything(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("clients", &[]).await?;
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", ACCOUNT)?).await?;
    let said = lane.generated_client().await?;
    let last = said.lines().last().unwrap_or_default();
    let calls = last.split_whitespace().next().and_then(|count| count.parse::<u32>().ok());
    ensure!(calls.is_some_and(|calls| calls >= 20) && last.ends_with("0 failed"), "{said}");
    // What the client has resolved is resolved.
    for incident in lane.incidents(ACCOUNT).await? {
        let now = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
        ensure!(now["status"] == "resolved", "{now}");
    }
    Ok(())
}
