//! A stack with a signing secret pages by webhook: signed, tried again, never led elsewhere.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Receiver, SOON, Sent, until};
use serde_json::{Value, json};

use crate::stage::{LANE_MAIL, Stage};

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ACCOUNT: &str = "100000000091";

fn contact(id: &str, url: &str) -> Value {
    json!({
        "id": id, "name": id, "roles": ["incident_commander"], "time_zone": "Europe/Oslo",
        "channels": [
            {"type": "webhook", "address": url},
            {"type": "email", "address": format!("{id}{LANE_MAIL}")}
        ]
    })
}

fn sent(contact: &str, channel: &str, state: &str) -> Sent {
    Sent { contact: contact.to_owned(), channel: channel.to_owned(), state: state.to_owned() }
}

pub(crate) async fn requests_are_signed_repeated_and_not_redirected(stage: &Stage) -> Result<()> {
    let lane = Box::pin(stage.system.lane("hooks", &[("WebhookSigningSecret", SECRET)])).await?;
    let receiver = Receiver::start(SECRET).await?;
    lane.lead_webhooks_to(&receiver).await?;
    let busy = "https://hooks.example.com/services/busy?team=blue";
    let moved = "https://hooks.example.com/services/moved";
    receiver.answer_next("/services/busy", &[503]);
    receiver.answer_next("/services/moved", &[302; 3]);
    for (id, url) in [("bo", busy), ("mo", moved)] {
        let made = lane.ok("POST", "/contacts", &contact(id, url)).await?;
        let shown = &made["channels"][0]["address"];
        ensure!(shown == "https://hooks.example.com/•••••", "{shown}");
    }
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", ACCOUNT)?).await?;
    let id = until(SOON, async || Ok(lane.incidents(ACCOUNT).await?.pop())).await?;
    let id = id.context("no incident opened")?;
    let wanted = [
        sent("bo", "email", "sent"),
        sent("bo", "webhook", "sent"),
        sent("mo", "email", "sent"),
        sent("mo", "webhook", "failed"),
    ];
    let mut last = Vec::new();
    let settled = until(SOON, async || {
        last = lane.sends(&id).await?;
        Ok((last == wanted).then_some(()))
    });
    ensure!(settled.await?.is_some(), "{last:?}");
    let tries = receiver.requests(busy)?;
    let [first, second] = tries.as_slice() else {
        anyhow::bail!("two attempts were expected: {tries:?}");
    };
    // The links differ: each attempt has one of its own.
    ensure!(first.id == second.id, "{tries:?}");
    ensure!(first.body["subject"] == second.body["subject"], "{tries:?}");
    ensure!(first.body["id"] == first.id.as_str(), "{first:?}");
    let text = first.body["text"].as_str().unwrap_or_default();
    ensure!(text.contains(ACCOUNT) && text.contains("/ack/"), "{first:?}");
    let subject = first.body["subject"].as_str().unwrap_or_default();
    ensure!(subject.contains("HIGH"), "{first:?}");
    let tries = receiver.requests(moved)?;
    ensure!(tries.len() == 1, "a redirect is final: {tries:?}");
    ensure!(receiver.requests("https://elsewhere.example.com/")?.is_empty());
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;

    // A test of the channel comes the same way, with a link that verifies it.
    let (status, answer) = lane.call("POST", "/contacts/bo/channel-tests", &Value::Null).await?;
    ensure!(status == 202, "{status}: {answer}");
    let probe = until(SOON, async || Ok(receiver.requests(busy)?.into_iter().nth(2))).await?;
    let probe = probe.context("no test came")?;
    ensure!(probe.id != first.id, "{probe:?}");
    let text = probe.body["text"].as_str().unwrap_or_default();
    ensure!(text.contains("/review/"), "{probe:?}");
    Ok(())
}
