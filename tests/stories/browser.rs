//! The pages behind links in a real browser: by keyboard alone, on a narrow screen, judged by axe.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, browse, link_in};
use serde_json::{Value, json};

use crate::reviews::{mail, person, review};
use crate::stage::Stage;

/// What holds on every page of ours, whatever is on it.
fn sound() -> Vec<Value> {
    vec![
        json!({ "do": "axe" }),
        json!({ "do": "no_sideways_scroll" }),
        json!({ "do": "targets", "least": 24 }),
        json!({ "do": "quiet" }),
    ]
}

fn press(name: &str) -> Vec<Value> {
    vec![
        json!({ "do": "tab_to", "name": name }),
        json!({ "do": "focus_visible" }),
        json!({ "do": "key", "key": "Enter" }),
    ]
}

fn says(text: &str) -> Vec<Value> {
    vec![json!({ "do": "expect", "text": text })]
}

fn types(field: &str, text: &str) -> Vec<Value> {
    vec![json!({ "do": "tab_to", "name": field }), json!({ "do": "type", "text": text })]
}

/// A report of the API as a file that a browser can open.
async fn saved(lane: &Lane, path: &str, name: &str) -> Result<String> {
    let (status, html) = lane.call("GET", path, &Value::Null).await?;
    ensure!(status == 200, "{path} answers {status}");
    let file = std::env::temp_dir().join(format!("muster-{}-{name}.html", std::process::id()));
    tokio::fs::write(&file, html).await?;
    Ok(format!("file://{}", file.display()))
}

pub(crate) async fn the_pages_serve_everybody(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("browser", &[]).await?;
    let mut wes = person("wes", "technical_lead");
    wes["name"] = "Wes Long-Hyphenated-Surname-Of-Some-Length".into();
    lane.ok("POST", "/contacts", &wes).await?;
    lane.ok("POST", "/contacts", &person("xia", "incident_commander")).await?;
    review(&lane).await?;
    let link = link_in(&mail(&lane, "wes", "Please confirm", 1).await?, "/review/")?;

    // Something is wrong, by keyboard alone: a wrong value is refused beside what was typed.
    let steps = [
        sound(),
        press("No, something is wrong"),
        types("Time zone", "x"),
        press("Send this to the roster's owner"),
        says("Time zone: must be an IANA time zone name"),
        vec![json!({ "do": "status", "is": 422 })],
        sound(),
        press("Add a way to reach you"),
        types("Number or address", "wes-new@lane.example.com"),
        press("Send a code there"),
        says("must be a valid phone number"),
        sound(),
    ];
    browse(&link, false, &steps.concat()).await?;
    // In the dark as well; a channel is proven by a code, whose page is as good as the others.
    let prove = [
        sound(),
        press("Prove E-mail to w•••••@lane.example.com with a code"),
        says("Type the code"),
        sound(),
        types("Code", "000000"),
        press("This is the code"),
        says("code"),
        sound(),
    ];
    browse(&link, true, &prove.concat()).await?;
    // One press confirms.
    let confirm = [press("Yes, all of this is right"), says("Your entry is confirmed"), sound()];
    browse(&link, false, &confirm.concat()).await?;
    let now = lane.ok("GET", "/contacts/wes", &Value::Null).await?;
    ensure!(now["confirmed_at"].is_string(), "{now}");
    // What cannot be used is a page for everybody, too.
    let used = [vec![json!({ "do": "status", "is": 404 })], says("cannot be used"), sound()];
    browse(&link, false, &used.concat()).await?;

    let (status, answer) = lane.call("POST", "/contacts/wes/channel-tests", &Value::Null).await?;
    ensure!(status == 202, "{status}: {answer}");
    let test = link_in(&mail(&lane, "wes", "Test: does this", 1).await?, "/review/")?;
    let arrived = [sound(), press("Yes, it arrived"), says("It arrived."), sound()];
    browse(&test, true, &arrived.concat()).await?;

    let plan = saved(&lane, "/response-plan?format=html", "plan").await?;
    browse(&plan, false, &[says("Who does what (RACI)"), sound()].concat()).await?;
    let report = saved(&lane, "/coverage?format=html", "coverage").await?;
    browse(&report, false, &[says("Why it matters"), sound()].concat()).await?;

    // The link in a page has the same frame.
    let account = "100000000055";
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", account)?).await?;
    let page = mail(&lane, "wes", "[HIGH]", 1).await?;
    let acknowledge = [sound(), press("I am on it"), says("You acknowledged this"), sound()];
    browse(&link_in(&page, "/ack/")?, false, &acknowledge.concat()).await?;
    let incident = lane.incidents(account).await?.pop().context("no incident")?;
    lane.ok("POST", &format!("/incidents/{incident}/resolve"), &Value::Null).await?;
    Ok(())
}
