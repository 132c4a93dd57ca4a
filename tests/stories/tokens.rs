//! Portals in browsers: bearer tokens with scopes, and pages of other origins.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Branch, ORIGIN, SOON, until};
use serde_json::{Value, json};

use crate::stage::{Stage, bystander};

const JSON: &str = "application/json";

pub(crate) async fn open_the_routes_of_their_scopes(stage: &Stage) -> Result<()> {
    let branch = stage.system.branch("browsers").await?;
    let call = async |token: &str, method: &str, path: &str, body: Option<Value>| {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        branch.call(token, method, path, JSON, body).await
    };
    let [reader, writer, revealer, responder, admin] = [
        ("read", "openid roster.read"),
        ("write", "roster.read roster.write"),
        ("reveal", "roster.reveal"),
        ("respond", "incidents.respond"),
        ("root", "admin"),
    ]
    .map(|(subject, scopes)| branch.token(subject, scopes));
    let (reader, writer, admin) = (reader?, writer?, admin?);

    let (status, _) = call("", "GET", "/contacts", None).await?;
    ensure!(status == 401, "without a token: {status}");
    let (status, _) = call(&branch.token_for_another("x")?, "GET", "/contacts", None).await?;
    ensure!(status == 401, "with a token for somebody else: {status}");

    let (status, problem) = call(&branch.token_of_nobody()?, "GET", "/roles", None).await?;
    ensure!(status == 401 && problem["type"] == "urn:muster:unauthenticated", "{status} {problem}");
    let foreign = branch.token("x", "billing/admin billing/roster.read")?;
    let (status, _) = call(&foreign, "GET", "/contacts", None).await?;
    ensure!(status == 403, "with another API's scopes: {status}");

    let new = Some(bystander("Tessa Token"));
    let (status, problem) = call(&reader, "POST", "/contacts", new.clone()).await?;
    ensure!(
        status == 403 && problem["type"] == "urn:muster:insufficient-scope",
        "{status} {problem}"
    );
    ensure!(problem["detail"].as_str().is_some_and(|d| d.contains("roster.write")), "{problem}");
    let (status, made) = call(&writer, "POST", "/contacts", new).await?;
    ensure!(status == 201 && made["created_by"] == "write", "{status} {made}");
    for (token, path, expected) in [
        (&reader, "/contacts/tessa-token", 200),
        (&reader, "/contacts/tessa-token/channels", 403),
        (&writer, "/contacts/tessa-token/channels", 403),
        (&revealer?, "/contacts/tessa-token/channels", 200),
        (&responder?, "/incidents", 200),
        (&admin, "/contacts/tessa-token/channels", 200),
        (&admin, "/openapi.json", 200),
    ] {
        let (status, answer) = call(token, "GET", path, None).await?;
        ensure!(status == expected, "{path}: {status} {answer}");
    }
    let (status, history) = call(&reader, "GET", "/contacts/tessa-token/changes", None).await?;
    let by: Vec<_> = history["items"].as_array().into_iter().flatten().map(|c| &c["by"]).collect();
    ensure!(status == 200 && by == ["write", "reveal", "root"], "{status} {history}");

    // Pages of the portal may call, pages of others may not.
    let (status, allowed) = branch.preflight(ORIGIN).await?;
    ensure!(status < 300 && allowed.as_deref() == Some(ORIGIN), "{status} {allowed:?}");
    let (_, allowed) = branch.preflight("https://evil.example.net").await?;
    ensure!(allowed.is_none(), "{allowed:?}");
    ten_thousand(&branch, &admin).await
}

/// Ten thousand contacts in two files; a list reads each of them once.
async fn ten_thousand(branch: &Branch, token: &str) -> Result<()> {
    let call = async |method: &str, path: &str, kind: &str, body: Vec<u8>| {
        branch.call(token, method, path, kind, body).await
    };
    for half in ["a", "b"] {
        let mut sheet = String::from("id,name,role,sms number,primary e-mail,time zone,status\r\n");
        for number in 0..5_000 {
            let row = format!(
                "{half}-{number:04},Somebody {half}{number},security_analyst,+14255550101,\
                 somebody{number}@example.com,Europe/Berlin,departed\r\n"
            );
            sheet.push_str(&row);
        }
        let began = std::time::Instant::now();
        let sheet = sheet.into_bytes();
        // On a busy machine the time runs out; whoever sends the file again goes on where it ended.
        let (mut made, mut sent) = (0, 0);
        let whole = until(SOON, async || {
            let import = call("POST", "/contacts/import", "text/csv", sheet.clone());
            let (status, answer) = import.await?;
            sent += 1;
            // A function that has run out of time has written what it has written.
            if status == 502 {
                return Ok(None);
            }
            ensure!(status == 200, "{status}: {}", answer["title"]);
            let count = |name: &str| answer["counts"][name].as_u64().unwrap_or_default();
            ensure!(count("unchanged") >= made, "{made} were made: {}", answer["counts"]);
            made = count("unchanged") + count("created");
            let next = answer["next_line"].as_u64();
            ensure!(next.is_none() == (made == 5_000), "{next:?} after {}", answer["counts"]);
            Ok((answer["complete"] == true).then_some(()))
        });
        whole.await?.with_context(|| format!("{made} rows in {sent} imports"))?;
        ensure!(made == 5_000, "{made} rows");
        rehearsal::say(format_args!(
            "5,000 rows were imported in {:.1} s, by {sent} calls",
            began.elapsed().as_secs_f64()
        ));
        let (status, again) = call("POST", "/contacts/import", "text/csv", sheet).await?;
        let rows = again["rows"].as_array().cloned().unwrap_or_default();
        ensure!(status == 200 && rows.iter().all(|row| row["status"] == "unchanged"), "{status}");
    }
    let before = branch.logged("list read").await?.len();
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/contacts?limit=200{cursor}");
        let (status, page) = call("GET", &path, JSON, Vec::new()).await?;
        ensure!(status == 200, "{status} {page}");
        let items = page["items"].as_array().into_iter().flatten();
        ids.extend(items.filter_map(|item| item["id"].as_str().map(str::to_owned)));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    ensure!(ids.len() == 10_001 && ids.is_sorted_by(|a, b| a < b), "{} ids", ids.len());
    let reads = branch.logged("list read").await?;
    let looked_at: u64 =
        reads.iter().skip(before).filter_map(|l| l["fields"]["looked_at"].as_u64()).sum();
    ensure!(
        looked_at == 10_001,
        "looked at {looked_at} entries for {} pages",
        reads.len() - before
    );
    let (status, page) =
        call("GET", "/contacts?q=tessa&limit=1", JSON, json!({}).to_string().into()).await?;
    ensure!(status == 200, "{status} {page}");
    Ok(())
}
