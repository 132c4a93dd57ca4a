//! An event that cannot be read, and an entry.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{End, SOON, until};
use serde_json::{Value, json};

use crate::stage::{LANE_MAIL, LANE_PHONE, Stage};

pub(crate) async fn is_kept_whole_with_the_path_of_the_fault(stage: &Stage) -> Result<()> {
    for (file, path) in [
        ("guardduty/unreadable-severity.json", "detail.severity: expected f64"),
        ("guardduty/unreadable-no-account.json", "detail: missing field `accountId`"),
        (
            "security-hub/unreadable-no-label.json",
            "detail.findings[0]: missing field `Severity.Label`",
        ),
    ] {
        let event = stage.event(file, "100000000010")?;
        let delivery = stage.system.send(&event).await?;
        let [answer] = delivery.answers.as_slice() else { anyhow::bail!("{delivery:?}") };
        let End::Failed(reason) = &answer.end else { anyhow::bail!("{answer:?}") };
        ensure!(reason == &format!("Cannot read the event: {path}"), "{reason}");
        let kept = stage.system.failed_events().await?;
        ensure!(kept.iter().any(|failed| failed["requestPayload"] == event), "{file} is lost");
    }
    Ok(())
}

pub(crate) async fn an_entry_is_a_figure_and_the_others_are_paged(stage: &Stage) -> Result<()> {
    let lane = Box::pin(stage.system.lane("spoiled", &[])).await?;
    for id in ["una", "vera"] {
        let contact = json!({
            "id": id, "name": id, "roles": ["incident_commander"], "time_zone": "UTC",
            "channels": [
                {"type": "email", "address": format!("{id}{LANE_MAIL}")},
                {"type": "sms", "address": LANE_PHONE}
            ]
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    let counted = async |function: &str| -> Result<bool> {
        let figures = lane.figures(function).await?;
        Ok(figures.iter().any(|line| line["UnreadableEntries"].as_u64() > Some(0)))
    };
    ensure!(!counted("roster-api").await?, "an entry is unreadable from the start");
    lane.spoil("contact", "una").await?;
    let list = lane.ok("GET", "/contacts", &Value::Null).await?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    let seen = until(SOON, async || Ok(counted("roster-api").await?.then_some(())));
    seen.await?.context("roster-api has not counted it")?;

    // Nor does an organization that cannot be read keep a step from its contacts.
    let dpa = json!({
        "id": "dpa", "organization": "Data Protection Authority", "type": "regulator",
        "contact_email": "dpa@lane.example.com"
    });
    lane.ok("POST", "/external-resources", &dpa).await?;
    let plan = json!({
        "id": "with-dpa", "name": "With the authority", "incident_types": ["malware"],
        "rounds": 1, "round_interval_minutes": 60,
        "steps": [{"after_minutes": 0, "targets": ["external:dpa", "severity_team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    lane.spoil("external_resource", "dpa").await?;

    let account = "100000000069";
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", account)?).await?;
    let paged = until(SOON, async || {
        let Some(id) = lane.incidents(account).await?.pop() else { return Ok(None) };
        let sends = lane.sends(&id).await?;
        let sent = sends.iter().filter(|send| send.state == "sent").count();
        Ok((sent == 2).then_some((id, sends)))
    });
    let (id, sends) = paged.await?.context("nobody was paged")?;
    ensure!(sends.iter().all(|send| send.contact == "vera"), "{sends:?}");
    let seen = until(SOON, async || Ok(counted("pager").await?.then_some(())));
    seen.await?.context("the pager has not counted it")?;
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await.map(drop)
}
