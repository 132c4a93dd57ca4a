//! Incidents that were resolved long ago are deleted, with everything that names them.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, SOON, until};
use serde_json::{Value, json};

use crate::stage::Stage;

/// The account's one incident, once it holds so many findings and its first step was taken.
async fn incident(lane: &Lane, account: &str, findings: usize) -> Result<String> {
    let found = until(SOON, async || {
        let Some(id) = lane.incidents(account).await?.pop() else { return Ok(None) };
        let facts = lane.facts(&id).await?;
        let joined =
            facts.iter().filter(|what| ["opened", "finding_added"].contains(&what.as_str()));
        Ok((joined.count() >= findings
            && facts.iter().any(|what| what == "emergency_topic_notified"))
        .then_some(id))
    });
    found.await?.with_context(|| format!("no incident of {account} with {findings} findings"))
}

async fn expire(lane: &Lane) -> Result<()> {
    let end = lane.invoke("roster-review", &json!({ "expire": true })).await?;
    end.map(drop).map_err(|error| anyhow::anyhow!(error))
}

pub(crate) async fn what_was_resolved_long_ago_is_deleted_whole(stage: &Stage) -> Result<()> {
    let given = [("IncidentRetentionDays", "30")];
    let lane = Box::pin(stage.system.lane("expiry", &given)).await?;
    let (old, open) = ("100000000061", "100000000062");
    // A sequence first, which names its signals, then one of them: the second joins.
    let sequence = stage.event("guardduty/critical-sequence-of-instances.json", old)?;
    lane.deliver(&sequence).await?;
    incident(&lane, old, 1).await?;
    lane.deliver(&stage.event("guardduty/high-part-of-a-sequence.json", old)?).await?;
    let id = incident(&lane, old, 2).await?;
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", open)?).await?;
    let other = incident(&lane, open, 1).await?;
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &json!({})).await?;
    lane.age_incident(&id, 24 * 29).await?;
    lane.age_incident(&other, 24 * 400).await?;
    expire(&lane).await?;
    lane.ok("GET", &format!("/incidents/{id}"), &Value::Null).await?;

    lane.age_incident(&id, 24 * 2).await?;
    let before = lane.mentions(&id).await?;
    ensure!(before.iter().any(|key| key.contains("group#")), "no group names it: {before:?}");
    expire(&lane).await?;
    // Once more: what is gone is no error.
    expire(&lane).await?;
    let after = lane.mentions(&id).await?;
    ensure!(after.is_empty(), "of {id} there is left: {after:?}");
    // What nobody has resolved stays, however old it is.
    let other = lane.ok("GET", &format!("/incidents/{other}"), &Value::Null).await?;
    ensure!(other["status"] == "open", "{other}");
    // What names a missing incident is as good as nothing: the finding opens another.
    let lost = other["id"].as_str().unwrap_or_default().to_owned();
    lane.lose_incident(&lost).await?;
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", open)?).await?;
    let found = incident(&lane, open, 1).await?;
    ensure!(found != lost, "the missing incident is back");
    // A finding that comes again is new, and its incident names no other.
    lane.deliver(&sequence).await?;
    let again = incident(&lane, old, 1).await?;
    let again = lane.ok("GET", &format!("/incidents/{again}"), &Value::Null).await?;
    ensure!(again["id"] != id.as_str() && again["previous_incident"].is_null(), "{again}");
    Ok(())
}
