//! A spreadsheet and the roster.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::stage::Stage;

const CSV: (&str, &str) = ("content-type", "text/csv");
const HEADER: &str = "Name,Role,SMS number,Primary e-mail,Time zone,Accounts";

fn outcomes(answer: &Value) -> Vec<&str> {
    let rows = answer["rows"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["status"].as_str()).collect()
}

pub(crate) async fn goes_in_and_comes_out_unchanged(stage: &Stage) -> Result<()> {
    let import = async |query: &str, csv: &str| {
        let path = format!("/contacts/import{query}");
        stage.system.api_with("POST", &path, &[CSV], csv).await
    };
    let sheet = format!(
        "{HEADER}\n\
         Tara Sheet,Subject Matter Expert,+14255550161,tara@example.com,Asia/Kolkata,200000000001\n\
         Udo Sheet,subject_matter_expert,+14255550162,udo@example.com,Europe/Vienna,200000000001\n"
    );
    // One bad row, and nothing is written.
    let bad = format!("{sheet}Vera Sheet,boss,555,vera@example.com,Nowhere,200000000001\n");
    let (status, answer) = import("", &bad).await?;
    ensure!(status == 422 && answer["applied"] == false, "{status} {answer}");
    ensure!(outcomes(&answer) == ["created", "created", "invalid"], "{answer}");
    ensure!(answer["rows"][2]["line"] == 4, "{answer}");
    ensure!(answer["rows"][2]["errors"].as_array().map_or(0, Vec::len) >= 3, "{answer}");
    ensure!(stage.system.api("GET", "/contacts/tara-sheet", None).await?.0 == 404);

    let (status, answer) = import("?dry_run=true", &sheet).await?;
    ensure!(status == 200 && answer["applied"] == false, "{status} {answer}");
    ensure!(stage.system.api("GET", "/contacts/tara-sheet", None).await?.0 == 404);
    let (status, answer) = import("", &sheet).await?;
    ensure!(status == 200 && outcomes(&answer) == ["created", "created"], "{status} {answer}");
    let (_, answer) = import("", &sheet).await?;
    ensure!(outcomes(&answer) == ["unchanged", "unchanged"], "{answer}");
    let changed = sheet.replace("+14255550162", "+14255550163");
    let (_, answer) = import("", &changed).await?;
    ensure!(outcomes(&answer) == ["unchanged", "updated"], "{answer}");
    ensure!(answer["rows"][1]["changed_fields"] == json!(["channels"]), "{answer}");

    // A sheet without a status or a backup says nothing of them: who has left stays away.
    stage.ok("PATCH", "/contacts/udo-sheet", Some(&json!({"status": "departed"}))).await?;
    let (_, answer) = import("", &changed).await?;
    ensure!(outcomes(&answer) == ["unchanged", "unchanged"], "{answer}");
    // One that lets the only commander go is refused as a whole.
    let leaves = "id,name,role,channels,time zone,status\n\
                  ada-okafor,Ada Okafor,incident_commander,\
                  sms:+14255550101; email:ada.okafor@example.com,Europe/London,departed\n";
    let (status, problem) = import("", leaves).await?;
    ensure!(status == 409 && problem["gaps"][0]["code"] == "role_unfilled", "{status} {problem}");
    let (status, _) = import("?dryrun=true", leaves).await?;
    ensure!(status == 400, "a misspelt parameter answers {status}");

    // What export writes, import reads back unchanged.
    for (format, kind) in [("csv", "text/csv"), ("json", "application/json")] {
        let path = format!("/contacts/export?format={format}");
        let (status, file) = stage.system.api_text("GET", &path, Vec::new()).await?;
        ensure!(status == 200 && file.contains("14255550163"), "{status}");
        let headers = [("content-type", kind)];
        let (status, answer) =
            stage.system.api_with("POST", "/contacts/import?dry_run=true", &headers, &file).await?;
        ensure!(status == 200, "{format}: {status} {answer}");
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        let ours =
            rows.iter().filter(|row| row["id"].as_str().is_some_and(|id| id.ends_with("-sheet")));
        ensure!(ours.clone().count() == 2, "{format}: {answer}");
        ensure!(ours.into_iter().all(|row| row["status"] == "unchanged"), "{format}: {answer}");
    }
    // A file that an earlier import stored carries older versions; sent again, it changes nothing.
    let path = "/contacts/export?format=json";
    let (_, file) = stage.system.api_text("GET", path, Vec::new()).await?;
    let file: Value = serde_json::from_str(&file)?;
    let udo = file.as_array().into_iter().flatten().find(|row| row["id"] == "udo-sheet");
    let udo = udo.context("udo-sheet is exported")?;
    let resend = async |department: &str| {
        let mut row = udo.clone();
        row["department"] = json!(department);
        let rows = json!([row]).to_string();
        let headers = [("content-type", "application/json")];
        stage.system.api_with("POST", "/contacts/import", &headers, &rows).await
    };
    for outcome in ["updated", "unchanged"] {
        let (status, answer) = resend("Cloud Security").await?;
        ensure!(status == 200 && outcomes(&answer) == [outcome], "{status} {answer}");
    }
    let (status, answer) = resend("Another").await?;
    ensure!(status == 422 && outcomes(&answer) == ["invalid"], "{status} {answer}");
    let (_, cards) =
        stage.system.api_text("GET", "/contacts/export?format=vcard", Vec::new()).await?;
    ensure!(cards.contains("BEGIN:VCARD\r\nVERSION:4.0\r\n") && cards.contains("FN:Tara Sheet"));
    let (status, _) = stage
        .system
        .api_with("POST", "/contacts/import", &[("content-type", "image/png")], "x")
        .await?;
    ensure!(status == 415, "a picture answers {status}");
    stage.ok("DELETE", "/contacts/tara-sheet", None).await?;
    stage.ok("DELETE", "/contacts/udo-sheet", None).await.map(drop)
}
