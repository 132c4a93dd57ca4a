//! What GuardDuty and Security Hub list and no event has brought is dealt with all the same.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use rehearsal::Lane;
use serde_json::{Value, json};

use crate::stage::{LANE_MAIL, Stage};

/// The one finding of an event, updated so many minutes ago.
fn updated(stage: &Stage, file: &str, account: &str, minutes: i64) -> Result<Value> {
    let mut event = stage.event(file, account)?;
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    let at = json!(format!("{at:.3}"));
    let mut finding = match event["detail"].get_mut("findings") {
        Some(findings) => findings[0].take(),
        None => event["detail"].take(),
    };
    if finding.get("UpdatedAt").is_some() {
        finding["UpdatedAt"] = at;
    } else if finding.get("finding_info").is_some() {
        finding["finding_info"]["modified_time_dt"] = at;
    } else {
        finding["updatedAt"] = at;
    }
    Ok(finding)
}

async fn look(lane: &Lane) -> Result<Value> {
    let look = lane.invoke("finding-responder", &json!({ "reconcile": true })).await?;
    look.map_err(|error| anyhow::anyhow!(error))
}

pub(crate) async fn opens_what_no_event_has_brought(stage: &Stage) -> Result<()> {
    let lane = Box::pin(stage.system.lane("looks", &[("ReconcileFindings", "true")])).await?;
    let contact = json!({
        "id": "lars", "name": "Lars", "roles": ["incident_commander"], "time_zone": "Europe/Oslo",
        "channels": [
            {"type": "email", "address": format!("lars{LANE_MAIL}")},
            {"type": "voice", "address": "+14255550173"}
        ]
    });
    lane.ok("POST", "/contacts", &contact).await?;
    // Security Hub is not in use yet.
    let answer = look(&lane).await?;
    ensure!(answer == json!({ "listed": 0, "missed": 0, "failed": 0 }), "{answer}");

    let direct = "guardduty/high-crypto-mining.json";
    let system = &stage.system;
    let lost = updated(stage, direct, "100000000042", 30)?;
    system.list_in_guardduty(lost.clone())?;
    let mut delivered = stage.event(direct, "100000000043")?;
    let fresh = json!(format!("{}a", delivered["detail"]["id"].as_str().unwrap_or_default()));
    delivered["detail"]["id"] = fresh.clone();
    let end = lane.invoke("finding-responder", &delivered).await?;
    ensure!(end.is_ok(), "{end:?}");
    let mut known = updated(stage, direct, "100000000043", 20)?;
    known["id"] = fresh;
    system.list_in_guardduty(known)?;
    // Still on its way, for all we know.
    let mut young = updated(stage, direct, "100000000044", 1)?;
    young["id"] = json!("young0000000000000000000000000000");
    system.list_in_guardduty(young)?;
    let hub = updated(stage, "security-hub/inspector-critical.json", "100000000045", 60)?;
    let copy =
        updated(stage, "security-hub/guardduty-high-crypto-mining.json", "100000000042", 30)?;
    system.list_in_security_hub(vec![hub, copy])?;
    let unified = "security-hub/v2-guardduty-high-crypto-mining.json";
    system.list_in_unified_hub(vec![updated(stage, unified, "100000000046", 10)?])?;

    let answer = look(&lane).await?;
    // The copy of the first is known by the time it is looked at.
    ensure!(answer == json!({ "listed": 5, "missed": 3, "failed": 0 }), "{answer}");
    for (account, number) in [
        ("100000000042", 1),
        ("100000000043", 1),
        ("100000000044", 0),
        ("100000000045", 1),
        ("100000000046", 1),
    ] {
        let found = lane.incidents(account).await?;
        ensure!(found.len() == number, "{account} has {} incidents", found.len());
    }
    let answer = look(&lane).await?;
    ensure!(answer == json!({ "listed": 5, "missed": 0, "failed": 0 }), "{answer}");

    // One service that fails stops no other.
    system.fail_outside("guardduty", "ListFindings", "InternalServerErrorException", 1)?;
    let answer = look(&lane).await?;
    ensure!(answer == json!({ "listed": 3, "missed": 0, "failed": 1 }), "{answer}");

    for account in ["100000000042", "100000000043", "100000000045", "100000000046"] {
        let id = lane.incidents(account).await?.pop().context("an incident is gone")?;
        lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;
    }
    let refused = system.refused_outside()?;
    let ours: Vec<_> = refused.iter().filter(|refusal| !refusal.contains("SendVoice")).collect();
    ensure!(ours.is_empty(), "{ours:?}");
    system.list_in_security_hub(vec![])?;
    system.list_in_unified_hub(vec![])
}
