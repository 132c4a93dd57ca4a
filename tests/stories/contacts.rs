//! The roster through the API.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::stage::{BOTH, COMMANDER, LEVEL_2, LEVEL_3, Stage, and, expert, pages};

pub(crate) async fn are_created_read_replaced_listed_and_deleted(stage: &Stage) -> Result<()> {
    let account = "200000000001";
    let made = stage.ok("POST", "/contacts", Some(&expert("Ines Quispe", account))).await?;
    ensure!(
        made["id"] == "ines-quispe" && made["version"] == 1 && made["escalation_level"] == 3,
        "{made}"
    );
    let (status, _) =
        stage.system.api("POST", "/contacts", Some(&expert("Ines Quispe", account))).await?;
    ensure!(status == 409, "the same id again answers {status}");
    let read = stage.ok("GET", "/contacts/ines-quispe", None).await?;
    ensure!(read == made, "{read}");

    let mut changed = read.clone();
    changed["department"] = json!("Payments");
    let replaced = stage.ok("PUT", "/contacts/ines-quispe", Some(&changed)).await?;
    ensure!(replaced["version"] == 2 && replaced["department"] == "Payments", "{replaced}");
    ensure!(replaced["created_at"] == made["created_at"], "{replaced}");

    // Page by page, everybody once.
    let mut seen = Vec::new();
    let mut path = "/contacts?limit=3".to_owned();
    loop {
        let page = stage.ok("GET", &path, None).await?;
        let items = page["items"].as_array().context("no items")?;
        ensure!(items.len() <= 3, "{page}");
        seen.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/contacts?limit=3&cursor={next}");
    }
    ensure!(seen.is_sorted() && seen.iter().any(|id| id == "ines-quispe"), "{seen:?}");
    ensure!(seen.iter().any(|id| id == COMMANDER), "{seen:?}");

    stage.ok("DELETE", "/contacts/ines-quispe", None).await?;
    let (status, _) = stage.system.api("GET", "/contacts/ines-quispe", None).await?;
    ensure!(status == 404, "a deleted contact answers {status}");
    // An id can be used again.
    stage.ok("POST", "/contacts", Some(&expert("Ines Quispe", account))).await?;
    stage.ok("DELETE", "/contacts/ines-quispe", None).await.map(drop)
}

pub(crate) async fn who_stands_in_is_paged(stage: &Stage) -> Result<()> {
    let account = "100000000011";
    let mut away = expert("Juan Away", account);
    away["status"] = json!({"on_leave": {"until": "2099-12-31"}});
    away["backup_contact"] = json!("kim-stand-in");
    let mut stand_in = expert("Kim Stand In", "200000000002");
    stand_in["escalation_level"] = json!(4);
    stage.ok("POST", "/contacts", Some(&away)).await?;
    stage.ok("POST", "/contacts", Some(&stand_in)).await?;
    let incident = stage.open("guardduty/high-crypto-mining.json", account).await?;
    let team = and(pages([COMMANDER], &BOTH), pages(LEVEL_2, &BOTH));
    let team = and(team, pages(LEVEL_3, &BOTH));
    // This stack makes no calls, so the stand-in is reached by mail alone, and the record says why.
    stage.expect(&incident, and(team, pages(["kim-stand-in"], &["email"]))).await?;
    let told = stage.resolve(&incident).await.and(stage.incident(&incident).await)?;
    let lines = told["timeline"].as_array().into_iter().flatten();
    let calls: Vec<_> = lines.filter(|line| line["channel"] == "voice").collect();
    ensure!(calls.len() == 1 && calls[0]["state"] == "unavailable", "{calls:?}");
    stage.ok("DELETE", "/contacts/juan-away", None).await?;
    stage.ok("DELETE", "/contacts/kim-stand-in", None).await.map(drop)
}
