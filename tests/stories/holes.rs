//! Changes that would leave something open.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::{Stage, bystander};

pub(crate) async fn are_refused_unless_overridden_with_a_reason(stage: &Stage) -> Result<()> {
    let mut backed = bystander("Bea Backed");
    backed["backup_contact"] = json!("stan-backup");
    stage.ok("POST", "/contacts", Some(&bystander("Stan Backup"))).await?;
    stage.ok("POST", "/contacts", Some(&backed)).await?;

    let (status, problem) = stage.system.api("DELETE", "/contacts/stan-backup", None).await?;
    let gaps = &problem["gaps"];
    ensure!(status == 409 && gaps.as_array().map(Vec::len) == Some(1), "{status} {problem}");
    ensure!(gaps[0]["code"] == "backup_missing", "{problem}");
    ensure!(gaps[0]["subject"]["contact"] == "bea-backed", "{problem}");
    // The only commander cannot leave, or take another role, without a word.
    let (status, problem) = stage.system.api("POST", "/contacts/ada-okafor/offboard", None).await?;
    ensure!(
        status == 409 && problem["gaps"][0]["subject"]["role"] == "incident_commander",
        "{problem}"
    );
    let other = json!({"roles": ["security_analyst"]});
    let (status, problem) = stage.system.api("PATCH", "/contacts/ada-okafor", Some(&other)).await?;
    ensure!(
        status == 409 && problem["gaps"][0]["subject"]["role"] == "incident_commander",
        "{problem}"
    );
    let (status, _) =
        stage.system.api("DELETE", "/contacts/stan-backup?allow_gaps=true", None).await?;
    ensure!(status == 400, "accepting gaps without a reason answers {status}");

    let path = "/contacts/stan-backup?allow_gaps=true&reason=team%20dissolved";
    stage.ok("DELETE", path, None).await?;
    let history = stage.ok("GET", "/contacts/stan-backup/changes", None).await?;
    ensure!(history["items"][1]["reason"] == "team dissolved", "{history}");
    stage.ok("DELETE", "/contacts/bea-backed", None).await.map(drop)
}

pub(crate) async fn do_not_open_when_somebody_departs(stage: &Stage) -> Result<()> {
    let backed = |name: &str, backup: &str| {
        let mut contact = bystander(name);
        contact["backup_contact"] = json!(backup);
        contact
    };
    stage.ok("POST", "/contacts", Some(&bystander("Sue Successor"))).await?;
    stage.ok("POST", "/contacts", Some(&backed("Lea Leaver", "sue-successor"))).await?;
    stage.ok("POST", "/contacts", Some(&backed("Dan Dependent", "lea-leaver"))).await?;

    let departed = stage.ok("POST", "/contacts/lea-leaver/offboard", None).await?;
    ensure!(departed["replaced_by"] == "sue-successor", "{departed}");
    ensure!(departed["backup_for"] == json!(["dan-dependent"]), "{departed}");
    let dependent = stage.ok("GET", "/contacts/dan-dependent", None).await?;
    ensure!(
        dependent["backup_contact"] == "sue-successor" && dependent["version"] == 2,
        "{dependent}"
    );
    let leaver = stage.ok("GET", "/contacts/lea-leaver", None).await?;
    ensure!(leaver["status"] == "departed", "{leaver}");
    let again = stage.ok("POST", "/contacts/lea-leaver/offboard", None).await?;
    ensure!(again["backup_for"] == json!([]), "{again}");
    let unchanged = stage.ok("GET", "/contacts/lea-leaver", None).await?;
    ensure!(unchanged == leaver, "leaving twice is leaving once: {unchanged}");

    // Two who are each other's backup: one leaves, and the other has none.
    stage
        .ok("PATCH", "/contacts/sue-successor", Some(&json!({"backup_contact": "dan-dependent"})))
        .await?;
    let departed = stage.ok("POST", "/contacts/dan-dependent/offboard", None).await?;
    ensure!(departed["contact_without_backup"] == "sue-successor", "{departed}");
    let alone = stage.ok("GET", "/contacts/sue-successor", None).await?;
    ensure!(alone["backup_contact"].is_null(), "{alone}");

    // Down to one type of channel only by somebody who says why.
    let one = json!({"channels": [{"type": "email", "address": "sue@example.com"}]});
    let (status, problem) =
        stage.system.api("PATCH", "/contacts/sue-successor", Some(&one)).await?;
    ensure!(
        status == 409 && problem["gaps"][0]["code"] == "contact_single_channel_type",
        "{problem}"
    );
    let path = "/contacts/sue-successor?allow_gaps=true&reason=new%20phone%20on%20its%20way";
    stage.ok("PATCH", path, Some(&one)).await?;
    for id in ["lea-leaver", "dan-dependent", "sue-successor"] {
        stage.ok("DELETE", &format!("/contacts/{id}"), None).await?;
    }
    Ok(())
}
