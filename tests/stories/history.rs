//! Who changed what, and who saw whose number.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::{Stage, bystander};

const NUMBER: &str = "+14255550150";

pub(crate) async fn says_who_changed_what_and_can_be_erased(stage: &Stage) -> Result<()> {
    let path = "/contacts/hugo-history";
    stage.ok("POST", "/contacts", Some(&bystander("Hugo History"))).await?;
    stage.ok("PATCH", path, Some(&json!({"department": "Payments"}))).await?;
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?;
    let last = &history["items"][1];
    ensure!(
        last["action"] == "updated" && last["version"] == 2 && last["source"] == "api",
        "{last}"
    );
    ensure!(last["by"].as_str().is_some_and(|by| by.starts_with("arn:aws:iam::")), "{last}");
    ensure!(last["fields"] == json!([{"field": "department", "after": "Payments"}]), "{last}");
    let all = stage.ok("GET", "/changes?limit=200", None).await?;
    let ours = all["items"].as_array().into_iter().flatten();
    ensure!(ours.filter(|change| change["entry_id"] == "hugo-history").count() >= 2, "{all}");

    stage.ok("DELETE", path, None).await?;
    let erased = stage.ok("POST", &format!("{path}/changes/erase"), None).await?;
    ensure!(erased["erased_count"] == 3, "{erased}");
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?.to_string();
    ensure!(!history.contains("Hugo H") && !history.contains("Payments"), "{history}");
    ensure!(history.contains("\"deleted\"") && history.contains("\"erased\""), "{history}");
    Ok(())
}

pub(crate) async fn lists_mask_numbers_and_a_reveal_is_recorded(stage: &Stage) -> Result<()> {
    let path = "/contacts/mara-masked";
    stage.ok("POST", "/contacts", Some(&bystander("Mara Masked"))).await?;
    let read = stage.ok("GET", path, None).await?;
    ensure!(!read.to_string().contains(NUMBER), "{read}");
    ensure!(read["channels"][1]["address"] == "+1•••••0150", "{read}");

    // Who may not see the number can still send back what they read.
    let mut changed = read.clone();
    changed["department"] = json!("Payments");
    stage.ok("PUT", path, Some(&changed)).await?;
    let shown = stage.ok("GET", &format!("{path}/channels"), None).await?;
    ensure!(shown[1] == json!({"type": "voice", "address": NUMBER}), "{shown}");
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?;
    let actions: Vec<_> =
        history["items"].as_array().into_iter().flatten().map(|c| c["action"].clone()).collect();
    ensure!(actions == ["created", "updated", "revealed"], "{history}");
    ensure!(!history.to_string().contains(NUMBER), "{history}");
    stage.ok("DELETE", path, None).await.map(drop)
}
