//! Nobody gets more than the ladder allows, and nothing is lost: the rest comes as a digest.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Branch, Message, SOON, until};
use serde_json::{Value, json};

use crate::stage::{BRANCH_MAIL, BRANCH_PHONE, Stage};

const CONTACT: &str = "lena-ladder";

/// Texts and mails to Lena, once there are as many of each.
async fn sent(stage: &Stage, texts: usize, mails: usize) -> Result<(Vec<Message>, Vec<Message>)> {
    let lena = format!("lena{BRANCH_MAIL}");
    let found = until(SOON, async || {
        let messages = stage.system.messages().await?;
        let to = |wanted: &dyn Fn(&str) -> bool| -> Vec<Message> {
            messages.iter().filter(|message| wanted(&message.to)).cloned().collect()
        };
        let (by_text, by_mail) =
            (to(&|number| number == BRANCH_PHONE), to(&|address| *address == lena));
        ensure!(by_text.len() <= texts, "{} texts, {texts} allowed", by_text.len());
        ensure!(by_mail.len() <= mails, "{} mails, {mails} allowed", by_mail.len());
        let all = (by_text.len(), by_mail.len()) == (texts, mails);
        Ok(all.then_some((by_text, by_mail)))
    });
    let found = found.await?;
    found.with_context(|| format!("{texts} texts and {mails} mails were expected"))
}

async fn open(stage: &Stage, branch: &Branch, file: &str, account: usize) -> Result<String> {
    let event = stage.event(file, &format!("3000000{account:05}"))?;
    let answer = branch.find(&event).await?;
    ensure!(answer["outcomes"][0]["verdict"] == "opened", "{answer}");
    let incident = answer["outcomes"][0]["incident"].as_str();
    Ok(incident.context("no incident is named")?.to_owned())
}

pub(crate) async fn holds_back_what_is_too_much_and_sends_it_together(stage: &Stage) -> Result<()> {
    let branch = stage.system.branch("storms").await?;
    let admin = branch.token("root", "admin")?;
    let call =
        async |method: &str, path: &str, body: Value| branch.ok(&admin, method, path, body).await;
    let lena = json!({
        "name": "Lena Ladder", "roles": ["incident_commander"], "time_zone": "UTC",
        "channels": [
            {"type": "sms", "address": BRANCH_PHONE},
            {"type": "email", "address": format!("lena{BRANCH_MAIL}")}
        ]
    });
    call("POST", "/contacts", lena).await?;
    let plan = json!({
        "name": "One step", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    call("POST", "/escalation-plans", plan).await?;

    // Eight incidents at once: five texts, one mail; the other ten pages wait.
    let mut incidents = Vec::new();
    for account in 0..8 {
        incidents.push(open(stage, &branch, "guardduty/high-crypto-mining.json", account).await?);
    }
    sent(stage, 5, 1).await?;
    let mut held = 0;
    for incident in &incidents {
        let settled = until(SOON, async || {
            let told = call("GET", &format!("/incidents/{incident}"), Value::Null).await?;
            let lines = told["timeline"].as_array().cloned().unwrap_or_default();
            let pages: Vec<_> = lines.iter().filter(|line| line["event"] == "page").collect();
            let all = pages.len() == 2 && pages.iter().all(|page| page["state"] != "sending");
            Ok(all.then(|| pages.iter().filter(|page| page["state"] == "held").count()))
        });
        held += settled.await?.with_context(|| format!("{incident} has no two pages"))?;
    }
    ensure!(held == 10, "{held} pages wait");

    // A Critical one passes, by both channels.
    let critical = open(stage, &branch, "guardduty/critical-attack-sequence.json", 99).await?;
    sent(stage, 6, 2).await?;

    // There is no room yet, so a look sends nothing.
    let watched = branch.watch().await?;
    ensure!(watched["digests"] == 0, "{watched}");
    // Somebody takes one of those up that wait: it is in no digest.
    let last = incidents.last().context("eight incidents")?;
    call("POST", &format!("/incidents/{last}/acknowledge"), Value::Null).await?;
    for kind in ["sms", "email"] {
        branch.forget_ladder(CONTACT, kind).await?;
    }
    let watched = branch.watch().await?;
    ensure!(watched["digests"] == 2, "{watched}");
    let (texts, mails) = sent(stage, 7, 3).await?;
    let text = &texts.last().context("a text")?.text;
    ensure!(text.starts_with("MUSTER: 2 incidents need you. Start with HIGH"), "{text}");
    let mail = mails.last().context("a mail")?;
    ensure!(mail.text.matches("/ack/").count() == 1, "{}", mail.text);

    // The one link of the mail lists its six incidents, and acknowledges them all.
    let link = mail.link().context("a link")?;
    let (status, page) = stage.system.public_get(link).await?;
    ensure!(status == 200 && page.contains("Acknowledge 6 incidents"), "{status} {page}");
    let open = async || -> Result<usize> {
        let mut open = 0;
        for incident in &incidents {
            let told = call("GET", &format!("/incidents/{incident}"), Value::Null).await?;
            open += usize::from(told["status"] == "open");
        }
        Ok(open)
    };
    ensure!(open().await? == 7, "looking acknowledged something");
    let (status, page) = stage.system.public_post(link).await?;
    ensure!(status == 200 && page.contains("You acknowledged these"), "{status} {page}");
    ensure!(open().await? == 1, "the first was paged by mail at once, and is open");
    ensure!(stage.system.public_post(link).await?.0 == 410, "a used link acts");

    // Every page has ended, and another look finds nothing.
    for kind in ["sms", "email"] {
        branch.forget_ladder(CONTACT, kind).await?;
    }
    ensure!(branch.watch().await?["digests"] == 0, "a digest of nothing");
    sent(stage, 7, 3).await?;
    for incident in incidents.iter().chain([&critical]) {
        call("POST", &format!("/incidents/{incident}/resolve"), Value::Null).await?;
        let told = call("GET", &format!("/incidents/{incident}"), Value::Null).await?;
        let lines = told["timeline"].as_array().into_iter().flatten();
        let ends: Vec<_> = lines.filter_map(|line| line["state"].as_str()).collect();
        ensure!(!ends.contains(&"held"), "{incident}: {ends:?}");
        let dropped = ends.iter().filter(|state| **state == "dropped").count();
        ensure!(dropped == if incident == last { 2 } else { 0 }, "{incident}: {ends:?}");
    }
    Ok(())
}

/// How many mails an address got.
async fn mails_to(stage: &Stage, address: &str) -> Result<usize> {
    let messages = stage.system.messages().await?;
    Ok(messages.iter().filter(|message| message.to == address).count())
}

pub(crate) async fn a_second_address_is_a_channel_of_its_own(stage: &Stage) -> Result<()> {
    let branch = stage.system.branch("mailboxes").await?;
    let admin = branch.token("root", "admin")?;
    let call =
        async |method: &str, path: &str, body: Value| branch.ok(&admin, method, path, body).await;
    let (desk, home) = (format!("desk.mo{BRANCH_MAIL}"), format!("home.mo{BRANCH_MAIL}"));
    let mo = |first: &str, second: &str| {
        json!({
            "name": "Mo Mailbox", "roles": ["incident_commander"], "time_zone": "UTC",
            "channels": [
                {"type": "email", "address": first}, {"type": "email", "address": second},
                {"type": "sms", "address": BRANCH_PHONE}
            ]
        })
    };
    call("POST", "/contacts", mo(&desk, &home)).await?;
    let plan = json!({
        "name": "One step", "rounds": 1, "round_interval_minutes": 1440,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"], "channels": ["email"]}]
    });
    call("POST", "/escalation-plans", plan).await?;
    let states = async |incident: &str| -> Result<Value> {
        let told = call("GET", &format!("/incidents/{incident}"), Value::Null).await?;
        let lines = told["timeline"].as_array().into_iter().flatten();
        let pages = lines.filter(|line| line["event"] == "page");
        let states: Vec<_> =
            pages.map(|page| (page["channel"].to_string(), page["state"].clone())).collect();
        Ok(Value::Object(states.into_iter().map(|(k, v)| (k.replace('"', ""), v)).collect()))
    };
    let stand = async |incident: &str, state: &str| -> Result<()> {
        let wanted = json!({ "email": state, "email-2": state });
        let same = until(SOON, async || Ok((states(incident).await? == wanted).then_some(())));
        let Some(()) = same.await? else {
            anyhow::bail!("{incident} is {}, not {state}", states(incident).await?);
        };
        Ok(())
    };

    // One mail a minute to each address: the first incident goes to both, the second waits for both.
    let file = "guardduty/high-crypto-mining.json";
    let first = open(stage, &branch, file, 201).await?;
    stand(&first, "sent").await?;
    let second = open(stage, &branch, file, 202).await?;
    stand(&second, "held").await?;
    // Each digest goes to the very address that its page was for, also after a reordering.
    call("PUT", "/contacts/mo-mailbox", mo(&home, &desk)).await?;
    branch.forget_ladder("mo-mailbox", "email").await?;
    let watched = branch.watch().await?;
    ensure!(watched["digests"] == 2, "{watched}");
    stand(&second, "sent").await?;
    for address in [&desk, &home] {
        ensure!(mails_to(stage, address).await? == 2, "mails to {address}");
    }
    for incident in [first, second] {
        call("POST", &format!("/incidents/{incident}/resolve"), Value::Null).await?;
    }
    Ok(())
}
