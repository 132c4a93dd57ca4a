//! Several people edit the roster at once.

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::stage::{Stage, bystander};

const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) async fn nothing_is_lost_when_fifty_write_at_once(stage: &Stage) -> Result<()> {
    let path = "/contacts/wanda-fifty";
    stage.ok("POST", "/contacts", Some(&bystander("Wanda Fifty"))).await?;
    let write = async |number: usize| -> Result<Option<u64>> {
        loop {
            let version =
                stage.ok("GET", path, None).await?["version"].as_u64().unwrap_or_default();
            let tag = format!("\"{version}\"");
            let body = json!({ "department": format!("Writer {number}") }).to_string();
            let headers = [JSON, ("if-match", tag.as_str())];
            let (status, answer) = stage.system.api_with("PATCH", path, &headers, &body).await?;
            match status {
                200 => return Ok(answer["version"].as_u64()),
                // Others were faster; the answer says which version is current now.
                412 => ensure!(answer["current_version"].as_u64() > Some(version), "{answer}"),
                _ => anyhow::bail!("{status} {answer}"),
            }
        }
    };
    let mut versions = try_join_all((0..50).map(write)).await?;
    versions.sort();
    let expected: Vec<_> = (2..=51).map(Some).collect();
    ensure!(versions == expected, "each writer has a version of its own: {versions:?}");
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?;
    let changes = history["items"].as_array().cloned().unwrap_or_default();
    let written: Vec<_> = changes.iter().map(|change| change["version"].as_u64()).collect();
    ensure!(written == (1..=51).map(Some).collect::<Vec<_>>(), "{written:?}");
    stage.ok("DELETE", path, None).await?;

    // Tags on things that are not there, and on things that must not be.
    let body = bystander("Wanda Fifty").to_string();
    let (status, _) = stage.system.api_with("PUT", path, &[JSON, ("if-match", "*")], &body).await?;
    ensure!(status == 412, "replacing nothing answers {status}");
    let only_new = [JSON, ("if-none-match", "*")];
    let (status, _) = stage.system.api_with("PUT", path, &only_new, &body).await?;
    ensure!(status == 201, "creating only answers {status}");
    let (status, _) = stage.system.api_with("PUT", path, &only_new, &body).await?;
    ensure!(status == 412, "creating again answers {status}");
    let outdated = [("if-match", "\"7\"")];
    let (status, answer) = stage.system.api_with("DELETE", path, &outdated, "").await?;
    // The one that is there now counts on from the deleted one: no old tag passes for a new one.
    ensure!(status == 412 && answer["current_version"] == 52, "{status} {answer}");
    stage.ok("DELETE", path, None).await.map(drop)
}

pub(crate) async fn a_patch_changes_what_it_names(stage: &Stage) -> Result<()> {
    let path = "/contacts/pia-patch";
    let mut made = bystander("Pia Patch");
    made["department"] = json!("Payments");
    stage.ok("POST", "/contacts", Some(&made)).await?;
    let change = json!({"department": null, "manager": "Grace Mwangi", "skills": ["forensics"]});
    let headers = [("content-type", "application/merge-patch+json")];
    let (status, patched) =
        stage.system.api_with("PATCH", path, &headers, &change.to_string()).await?;
    ensure!(status == 200 && patched["department"].is_null(), "{status} {patched}");
    ensure!(patched["manager"] == "Grace Mwangi" && patched["version"] == 2, "{patched}");
    ensure!(patched["name"] == "Pia Patch", "{patched}");

    let wrong = json!({"escalation_level": 7, "nickname": "P"});
    let (status, problem) = stage.system.api("PATCH", path, Some(&wrong)).await?;
    let fields: Vec<&Value> =
        problem["errors"].as_array().into_iter().flatten().map(|f| &f["field"]).collect();
    ensure!(status == 422 && fields == ["nickname", "escalation_level"], "{status} {problem}");
    let (status, _) =
        stage.system.api_with("PATCH", path, &[("content-type", "text/csv")], "a,b").await?;
    ensure!(status == 415, "another type answers {status}");

    // By role, level, account and a part of the name.
    for (query, found) in [
        (
            "q=pia%20p&role=subject_matter_expert&skill=Forensics&escalation_level=3&status=active",
            true,
        ),
        ("q=pia&status=departed", false),
        ("q=pia&account=999999999999", false),
    ] {
        let page = stage.ok("GET", &format!("/contacts?{query}"), None).await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        ensure!(items.iter().any(|item| item["id"] == "pia-patch") == found, "{query}: {page}");
    }
    let (status, problem) = stage.system.api("GET", "/contacts?rolle=x", None).await?;
    ensure!(status == 400, "{status} {problem}");
    stage.ok("DELETE", path, None).await.map(drop)
}

pub(crate) async fn a_repeated_post_gets_the_first_answer(stage: &Stage) -> Result<()> {
    let headers = [JSON, ("idempotency-key", "7d1f0c0e-portal")];
    let body = bystander("Ines Again").to_string();
    let post = async |body: &str| stage.system.api_with("POST", "/contacts", &headers, body).await;
    let (status, first) = post(&body).await?;
    ensure!(status == 201, "{status} {first}");
    let (status, again) = post(&body).await?;
    ensure!(status == 201 && again == first, "{status} {again}");
    let (status, problem) = post(&bystander("Somebody Else").to_string()).await?;
    ensure!(
        status == 422 && problem["type"] == "urn:muster:idempotency-key-reused",
        "{status} {problem}"
    );
    stage.ok("DELETE", "/contacts/ines-again", None).await.map(drop)
}
