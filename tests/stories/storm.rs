//! A storm of findings: few incidents, none lost, and nobody buried.

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use rehearsal::{SOON, until};
use serde_json::{Value, json};

use crate::stage::{BRANCH_PHONE, Stage};

/// How many findings come in, of how many accounts; `MUSTER_STORM=10000/200` for a big one.
const STORM: (usize, usize) = (300, 15);
/// How many events are on their way at a time.
const AT_ONCE: usize = 16;

fn size() -> Result<(usize, usize)> {
    let Ok(text) = std::env::var("MUSTER_STORM") else { return Ok(STORM) };
    let (findings, groups) = text.split_once('/').context("MUSTER_STORM is findings/accounts")?;
    Ok((findings.parse()?, groups.parse()?))
}

pub(crate) async fn opens_one_incident_for_each_account_and_loses_none(
    stage: &Stage,
) -> Result<()> {
    let (findings, groups) = size()?;
    let branch = stage.system.branch("flood").await?;
    let admin = branch.token("root", "admin")?;
    let call =
        async |method: &str, path: &str, body: Value| branch.ok(&admin, method, path, body).await;
    let flora = json!({
        "name": "Flora Flood", "roles": ["incident_commander"], "time_zone": "UTC",
        "channels": [
            {"type": "sms", "address": BRANCH_PHONE},
            {"type": "email", "address": "flora@flood.example.com"}
        ]
    });
    call("POST", "/contacts", flora).await?;
    let plan = json!({
        "name": "One step", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"], "channels": ["email"]}]
    });
    call("POST", "/escalation-plans", plan).await?;

    let template = stage.event("guardduty/high-crypto-mining.json", "ACCOUNT")?.to_string();
    let began = std::time::Instant::now();
    let send = async |number: usize| -> Result<String> {
        let account = format!("4{:011}", number % groups);
        let mut event: Value = serde_json::from_str(&template.replace("ACCOUNT", &account))?;
        let arn = event["detail"]["arn"].as_str().unwrap_or_default().to_owned();
        let (detector, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
        event["detail"]["arn"] = json!(format!("{detector}/storm-{number}"));
        let answer = branch.find(&event).await?;
        Ok(answer["outcomes"][0]["verdict"].as_str().unwrap_or_default().to_owned())
    };
    let verdicts: Vec<_> =
        futures::stream::iter((0..findings).map(send)).buffer_unordered(AT_ONCE).collect().await;
    let verdicts: Vec<String> = verdicts.into_iter().collect::<Result<_>>()?;
    let count = |verdict: &str| verdicts.iter().filter(|v| *v == verdict).count();
    ensure!(count("opened") == groups, "{} incidents for {groups} accounts", count("opened"));
    ensure!(count("grouped") == findings - groups, "{} joined", count("grouped"));
    rehearsal::say(format_args!(
        "{findings} findings of {groups} accounts in {:.0} s",
        began.elapsed().as_secs_f64()
    ));

    // Every finding is counted, and every incident has a page that went out or waits.
    let (mut counted, mut incidents, mut cursor) = (0, Vec::new(), String::new());
    loop {
        let page = call("GET", &format!("/incidents?limit=200{cursor}"), Value::Null).await?;
        for incident in page["items"].as_array().into_iter().flatten() {
            counted += incident["finding_count"].as_u64().unwrap_or_default();
            incidents.push(incident["id"].as_str().unwrap_or_default().to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    ensure!(incidents.len() == groups && counted == findings as u64, "{counted} findings");
    let mails = async |expected: &str| {
        let mut ended = 0;
        for incident in &incidents {
            let told = call("GET", &format!("/incidents/{incident}"), Value::Null).await?;
            let lines = told["timeline"].as_array().cloned().unwrap_or_default();
            ended += usize::from(lines.iter().any(|line| {
                line["event"] == "page" && expected.contains(line["state"].as_str().unwrap_or("?"))
            }));
        }
        anyhow::Ok(ended)
    };
    let paged = until(SOON, async || Ok((mails("sent held").await? == groups).then_some(())));
    paged.await?.context("an incident paged nobody")?;
    // A minute later the rest comes together; what a look cannot take is there for the next.
    for _ in 0..=groups.div_ceil(50) {
        branch.forget_ladder("flora-flood", "email").await?;
        branch.watch().await?;
    }
    ensure!(mails("sent").await? == groups, "a page still waits");
    let messages = stage.system.messages().await?;
    let got = messages.iter().filter(|message| message.to == "flora@flood.example.com").count();
    ensure!(got < groups, "{got} mails for {groups} incidents");
    for incident in incidents {
        call("POST", &format!("/incidents/{incident}/resolve"), Value::Null).await?;
    }
    Ok(())
}
