//! Channels are tested, dead ones are seen, and somebody new is welcomed and put on the next drill.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, SOON, link_in, until};
use serde_json::{Value, json};

use crate::reviews::{address, mail, person};
use crate::stage::{PROOF_PHONE, Stage};

const NUMBER: &str = "arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef";

async fn codes(lane: &Lane) -> Result<Vec<String>> {
    let report = lane.ok("GET", "/coverage", &Value::Null).await?;
    let findings = report["gaps"].as_array().into_iter().flatten();
    let told = |finding: &Value| {
        format!("{} {}", finding["code"].as_str().unwrap_or_default(), finding["subject"])
    };
    Ok(findings.map(told).collect())
}

async fn look(lane: &Lane) -> Result<()> {
    let end = lane.invoke("roster-review", &json!({ "look": true })).await?;
    end.map(drop).map_err(|error| anyhow::anyhow!(error))
}

pub(crate) async fn each_channel_is_proven_by_its_own_message(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("proofs", &[("VoiceOriginationIdentity", NUMBER)]).await?;
    let mut pia = person("pia", "technical_lead");
    pia["channels"][1]["address"] = PROOF_PHONE.into();
    let voice = json!({ "type": "voice", "address": PROOF_PHONE });
    pia["channels"].as_array_mut().context("no channels")?.push(voice);
    lane.ok("POST", "/contacts", &pia).await?;
    let unproven =
        codes(&lane).await?.iter().filter(|c| c.starts_with("channel_unverified")).count();
    ensure!(unproven == 3, "{unproven}");
    let (status, answer) = lane.call("POST", "/contacts/pia/channel-tests", &Value::Null).await?;
    ensure!(status == 202, "{status}: {answer}");
    let test = mail(&lane, "pia", "Test: does this reach you?", 1).await?;
    let link = link_in(&test, "/review/")?;
    let page = lane.open(&link).await?;
    ensure!(page.status == 200 && page.html.contains("Yes, it arrived"), "{}", page.html);
    let arrived = lane.fill(&link, &[("do", "arrived"), ("code", "")]).await?;
    ensure!(arrived.status == 200 && arrived.html.contains("It arrived"), "{}", arrived.html);
    let reach = lane.ok("GET", "/contacts/pia/channel-status", &Value::Null).await?;
    let good: Vec<_> =
        reach["items"].as_array().into_iter().flatten().map(|c| c["verified"] == true).collect();
    ensure!(good == [true, false, false], "one message proves one channel: {reach}");
    let sms = until(SOON, async || {
        let texts = lane.texts(PROOF_PHONE).await?;
        Ok(texts.into_iter().rev().find(|text| text.starts_with("MUSTER test, no incident")))
    });
    let link = link_in(&sms.await?.context("no text came")?, "/review/")?;
    lane.fill(&link, &[("do", "arrived")]).await?;
    let reach = lane.ok("GET", "/contacts/pia/channel-status", &Value::Null).await?;
    ensure!(reach["items"][1]["verified"] == true, "{reach}");
    let left = codes(&lane).await?;
    let left: Vec<_> = left.iter().filter(|c| c.starts_with("channel_unverified")).collect();
    ensure!(left.len() == 1 && left[0].contains("voice"), "{left:?}");

    // By the calendar everybody is tested once a month, however often it comes.
    for _ in 0..2 {
        let end = lane.invoke("roster-review", &json!({ "prove": true })).await?;
        end.map_err(|error| anyhow::anyhow!(error))?;
        mail(&lane, "pia", "Test: does this reach you?", 2).await?;
    }

    // What the providers call dead shows in the report.
    lane.wire.suppress(&address("pia"), "BOUNCE");
    lane.wire.opt_out(PROOF_PHONE);
    look(&lane).await?;
    let dead: Vec<_> = codes(&lane)
        .await?
        .into_iter()
        .filter(|c| c.starts_with("channel_undeliverable"))
        .collect();
    ensure!(dead.len() == 2, "{dead:?}");
    let figures = lane.figures("roster-review").await?;
    let row = figures.iter().find(|line| !line["RosterChannelsUndeliverable"].is_null());
    let number = row.map(|row| row["RosterChannelsUndeliverable"].to_string()).unwrap_or_default();
    ensure!(number.contains('2'), "{figures:?}");
    ensure!(!serde_json::to_string(&figures)?.contains("lane.example.com"), "{figures:?}");
    for form in ["markdown", "html"] {
        let (status, page) =
            lane.call("GET", &format!("/coverage?format={form}"), &Value::Null).await?;
        ensure!(status == 200 && page.contains("Coverage report"), "{status}: {page}");
        ensure!(!page.contains("lane.example.com") && !page.contains(PROOF_PHONE), "{page}");
    }
    Ok(())
}

pub(crate) async fn somebody_new_is_welcomed_and_is_in_the_next_drill(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("welcome", &[("WelcomeNewContacts", "true")]).await?;
    lane.ok("POST", "/contacts", &person("quin", "security_analyst")).await?;
    let welcome = mail(&lane, "quin", "Welcome to the incident response team", 1).await?;
    ensure!(welcome.contains("As Security Analyst:"), "{welcome}");
    mail(&lane, "quin", "Test: does this reach you?", 1).await?;
    // A change of the entry is no news, and the month's review does not ask a second time.
    lane.ok("PATCH", "/contacts/quin", &json!({ "department": "Cloud" })).await?;
    let newcomer = until(SOON, async || {
        let reviews = lane.ok("GET", "/reviews", &Value::Null).await?;
        Ok(Some(()).filter(|()| reviews.to_string().contains("contact:quin")))
    });
    newcomer.await?.context("the welcome does not count as this month's reminder")?;
    crate::reviews::review(&lane).await?;
    let mails = lane.mails(&address("quin")).await?;
    ensure!(mails.len() == 2, "{mails:?}");
    let link = link_in(&welcome, "/review/")?;
    let page = lane.open(&link).await?;
    ensure!(page.html.contains("Confirm your entry"), "{}", page.html);

    let drill = json!({ "mode": "live", "severity": "high", "account": "100000000053" });
    let begun = lane.ok("POST", "/drills", &drill).await?;
    let id = begun["id"].as_str().context("no id")?.to_owned();
    let drilled = until(SOON, async || {
        let (status, text) = lane.call("GET", &format!("/drills/{id}"), &Value::Null).await?;
        Ok(Some(text).filter(|text| status == 200 && text.contains("\"quin\"")))
    });
    drilled.await?.context("the drill has nobody new")?;
    let second =
        lane.ok("POST", "/drills", &json!({ "mode": "dry_run", "contacts": ["quin"] })).await?;
    ensure!(second["id"].is_string(), "{second}");
    let report = lane.ok("GET", "/coverage", &Value::Null).await?;
    ensure!(!report.to_string().contains("plan_drill_due"), "{report}");
    Ok(())
}
