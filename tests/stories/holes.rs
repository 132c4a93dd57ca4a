//! Changes that would leave something open.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::{Stage, bystander};

pub(crate) async fn are_refused_unless_overridden_with_a_reason(stage: &Stage) -> Result<()> {
    let mut backed = bystander("Bea Backed");
    backed["backup"] = json!("stan-backup");
    stage.ok("POST", "/contacts", Some(&bystander("Stan Backup"))).await?;
    stage.ok("POST", "/contacts", Some(&backed)).await?;

    let (status, problem) = stage.system.api("DELETE", "/contacts/stan-backup", None).await?;
    let hole = json!([{"kind": "no_backup", "contact": "bea-backed"}]);
    ensure!(status == 409 && problem["holes"] == hole, "{status} {problem}");
    // The only commander cannot leave, or take another role, without a word.
    let (status, problem) = stage.system.api("POST", "/contacts/ada-okafor/depart", None).await?;
    ensure!(status == 409 && problem["holes"][0]["role"] == "incident_commander", "{problem}");
    let other = json!({"roles": ["security_analyst"]});
    let (status, problem) = stage.system.api("PATCH", "/contacts/ada-okafor", Some(&other)).await?;
    ensure!(status == 409 && problem["holes"][0]["role"] == "incident_commander", "{problem}");
    let (status, _) =
        stage.system.api("DELETE", "/contacts/stan-backup?override=true", None).await?;
    ensure!(status == 400, "an override without a reason answers {status}");

    let path = "/contacts/stan-backup?override=true&reason=team%20dissolved";
    stage.ok("DELETE", path, None).await?;
    let history = stage.ok("GET", "/contacts/stan-backup/changes", None).await?;
    ensure!(history["items"][1]["reason"] == "team dissolved", "{history}");
    stage.ok("DELETE", "/contacts/bea-backed", None).await.map(drop)
}

pub(crate) async fn do_not_open_when_somebody_departs(stage: &Stage) -> Result<()> {
    let backed = |name: &str, backup: &str| {
        let mut contact = bystander(name);
        contact["backup"] = json!(backup);
        contact
    };
    stage.ok("POST", "/contacts", Some(&bystander("Sue Successor"))).await?;
    stage.ok("POST", "/contacts", Some(&backed("Lea Leaver", "sue-successor"))).await?;
    stage.ok("POST", "/contacts", Some(&backed("Dan Dependent", "lea-leaver"))).await?;

    let departed = stage.ok("POST", "/contacts/lea-leaver/depart", None).await?;
    ensure!(departed["successor"] == "sue-successor", "{departed}");
    ensure!(departed["now_backup_of"] == json!(["dan-dependent"]), "{departed}");
    let dependent = stage.ok("GET", "/contacts/dan-dependent", None).await?;
    ensure!(dependent["backup"] == "sue-successor" && dependent["version"] == 2, "{dependent}");
    let leaver = stage.ok("GET", "/contacts/lea-leaver", None).await?;
    ensure!(leaver["status"] == "departed", "{leaver}");
    let again = stage.ok("POST", "/contacts/lea-leaver/depart", None).await?;
    ensure!(again["now_backup_of"] == json!([]), "{again}");
    let unchanged = stage.ok("GET", "/contacts/lea-leaver", None).await?;
    ensure!(unchanged == leaver, "leaving twice is leaving once: {unchanged}");

    // Two who are each other's backup: one leaves, and the other has none.
    stage.ok("PATCH", "/contacts/sue-successor", Some(&json!({"backup": "dan-dependent"}))).await?;
    let departed = stage.ok("POST", "/contacts/dan-dependent/depart", None).await?;
    ensure!(departed["now_without_backup"] == "sue-successor", "{departed}");
    let alone = stage.ok("GET", "/contacts/sue-successor", None).await?;
    ensure!(alone["backup"].is_null(), "{alone}");

    // Down to one type of channel only by somebody who says why.
    let one = json!({"channels": [{"type": "email", "address": "sue@example.com"}]});
    let (status, problem) =
        stage.system.api("PATCH", "/contacts/sue-successor", Some(&one)).await?;
    ensure!(status == 409 && problem["holes"][0]["kind"] == "one_channel_type", "{problem}");
    let path = "/contacts/sue-successor?override=true&reason=new%20phone%20on%20its%20way";
    stage.ok("PATCH", path, Some(&one)).await?;
    for id in ["lea-leaver", "dan-dependent", "sue-successor"] {
        stage.ok("DELETE", &format!("/contacts/{id}"), None).await?;
    }
    Ok(())
}
