//! People confirm their entries, or say what is wrong; silence goes on to the manager.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, SOON, link_in, until};
use serde_json::{Value, json};

use crate::stage::{LANE_PHONE, Stage};

/// How the first mail of a review begins.
const SUBJECT: &str = "Please confirm your entry";

/// Somebody of a lane, who has an address of their own.
pub(crate) fn person(id: &str, role: &str) -> Value {
    json!({
        "id": id, "name": format!("{id} <b>Lane</b>"), "roles": [role],
        "channels": [
            {"type": "email", "address": address(id)},
            {"type": "sms", "address": LANE_PHONE}
        ],
        "time_zone": "UTC"
    })
}

/// Where somebody of a lane gets mail.
pub(crate) fn address(id: &str) -> String {
    format!("{id}@lane.example.com")
}

/// Lets the review of the month come.
pub(crate) async fn review(lane: &Lane) -> Result<()> {
    let end = lane.invoke("roster-review", &json!({ "review": true })).await?;
    end.map(drop).map_err(|error| anyhow::anyhow!(error))
}

/// The last mail to somebody whose subject begins so, once there are this many.
pub(crate) async fn mail(lane: &Lane, id: &str, subject: &str, number: usize) -> Result<String> {
    let found = until(SOON, async || {
        let mails = lane.mails(&address(id)).await?;
        let mut ours: Vec<_> = mails.into_iter().filter(|m| m.starts_with(subject)).collect();
        ensure!(ours.len() <= number, "{} mails with {subject:?} to {id}", ours.len());
        Ok(if ours.len() == number { ours.pop() } else { None })
    });
    found.await?.with_context(|| format!("{id} has no mail {number} with {subject:?}"))
}

/// Moves the clock of a review: what was done this month was done in an earlier one.
async fn a_month_goes_by(lane: &Lane, subject: &str) -> Result<()> {
    lane.age_review(subject).await
}

pub(crate) async fn silence_goes_to_the_manager_and_marks_the_entry(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("silence", &[]).await?;
    let mut ida = person("ida", "technical_lead");
    ida["manager"] = "max".into();
    lane.ok("POST", "/contacts", &ida).await?;
    lane.ok("POST", "/contacts", &person("max", "incident_commander")).await?;
    // Everybody but Ida is asked too; what is looked at here is Ida's.
    review(&lane).await?;
    let first = mail(&lane, "ida", SUBJECT, 1).await?;
    ensure!(first.contains("i•••••@lane.example.com"), "{first}");
    ensure!(!first.contains(&address("ida")) && !first.contains(LANE_PHONE), "{first}");
    // Run twice in a month, nobody is reminded twice, and the owner hears once.
    review(&lane).await?;
    ensure!(mail(&lane, "ida", SUBJECT, 1).await? == first);
    let heard = lane.owner_heard().await?;
    let summaries =
        heard.iter().filter(|said| said.starts_with("Muster: the roster lacks")).count();
    ensure!(summaries == 1, "{heard:?}");
    // Looking at the page answers nothing.
    let page = lane.open(&link_in(&first, "/review/")?).await?;
    ensure!(page.status == 200 && page.html.contains("&lt;b&gt;Lane"), "{}", page.html);

    a_month_goes_by(&lane, "contact:ida").await?;
    review(&lane).await?;
    mail(&lane, "ida", "Reminder 2: ", 1).await?;
    ensure!(lane.mails(&address("max")).await?.iter().all(|m| !m.contains("Nobody confirms")));
    a_month_goes_by(&lane, "contact:ida").await?;
    review(&lane).await?;
    mail(&lane, "ida", "Reminder 3: ", 1).await?;
    let letter = mail(&lane, "max", "Nobody confirms the entry of ida", 1).await?;
    ensure!(letter.contains("2 reminders") && !letter.contains(&address("ida")), "{letter}");
    let now = lane.ok("GET", "/contacts/ida", &Value::Null).await?;
    ensure!(now["unconfirmed_since"].is_null(), "{now}");
    a_month_goes_by(&lane, "contact:ida").await?;
    review(&lane).await?;
    let now = lane.ok("GET", "/contacts/ida", &Value::Null).await?;
    ensure!(now["unconfirmed_since"].is_string(), "{now}");
    let team = lane.ok("GET", "/team?severity=high", &Value::Null).await?;
    let member = team["members"].as_array().into_iter().flatten().find(|m| m["contact"] == "ida");
    ensure!(member.is_some_and(|m| m["unconfirmed"] == true), "{team}");
    let report = lane.ok("GET", "/coverage", &Value::Null).await?;
    let codes = report["gaps"].to_string();
    ensure!(
        codes.contains("\"contact_unconfirmed\"") && report["totals"]["unconfirmed"] == 1,
        "{report}"
    );

    // One press makes it all good again.
    let link = link_in(&mail(&lane, "ida", "Reminder 4: ", 1).await?, "/review/")?;
    let page = lane.open(&link).await?;
    let version = page.hidden("confirm", "version").context("no version")?.to_owned();
    let done = lane.fill(&link, &[("do", "confirm"), ("version", &version)]).await?;
    ensure!(done.status == 200 && done.html.contains("is confirmed"), "{}", done.html);
    let now = lane.ok("GET", "/contacts/ida", &Value::Null).await?;
    ensure!(now["unconfirmed_since"].is_null() && now["confirmed_at"].is_string(), "{now}");
    ensure!(now["updated_by"] == "contact:ida", "{now}");
    review(&lane).await?;
    ensure!(lane.mails(&address("ida")).await?.len() == 4, "nobody is asked who has confirmed");
    let reviews = lane.ok("GET", "/reviews", &Value::Null).await?;
    ensure!(reviews["items"].to_string().contains("contact:ida"), "{reviews}");
    Ok(())
}

pub(crate) async fn a_link_that_cannot_be_used_says_nothing(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("links", &[]).await?;
    lane.ok("POST", "/contacts", &person("ivo", "technical_lead")).await?;
    lane.ok("POST", "/contacts", &person("jon", "incident_commander")).await?;
    review(&lane).await?;
    let link = link_in(&mail(&lane, "ivo", "Please confirm", 1).await?, "/review/")?;
    let old = lane.fill(&link, &[("do", "confirm"), ("version", "99")]).await?;
    ensure!(old.status == 422 && old.html.contains("changed meanwhile"), "{}", old.html);
    let none = lane.fill(&link, &[]).await?;
    ensure!(none.status == 422, "{}", none.html);
    let version = lane.open(&link).await?;
    let version = version.hidden("confirm", "version").context("no version")?.to_owned();
    let confirm = [("do", "confirm"), ("version", version.as_str())];
    // Of ten presses at the same moment, one confirms.
    let presses = (0..10).map(|_| lane.fill(&link, &confirm));
    let ends = futures::future::try_join_all(presses).await?;
    let done = ends.iter().filter(|page| page.status == 200).count();
    ensure!(done == 1, "{:?}", ends.iter().map(|page| page.status).collect::<Vec<_>>());

    let used = lane.open(&link).await?;
    let other = link_in(&mail(&lane, "jon", "Please confirm", 1).await?, "/review/")?;
    let altered = lane.open(&format!("{}A", &link[..link.len() - 1])).await?;
    let short = lane.open(&link[..link.len() - 5]).await?;
    // An incident's link is none for an entry, and the other way round.
    let foreign = lane.open(&other.replace("/review/", "/ack/")).await?;
    ensure!(foreign.status == 404, "{}", foreign.html);
    lane.expire_token(&other).await?;
    let expired = lane.open(&other).await?;
    for page in [&used, &altered, &short, &expired] {
        ensure!(page.status == 404 && page.html == used.html, "{} {}", page.status, page.html);
        ensure!(!page.html.contains("ivo") && !page.html.contains("jon"), "{}", page.html);
    }
    let posted = lane.fill(&link, &confirm).await?;
    ensure!(posted.html == used.html, "{}", posted.html);
    let changes = lane.ok("GET", "/changes?limit=200", &Value::Null).await?;
    let refused: Vec<_> = changes["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|change| change["action"] == "link_rejected")
        .map(|change| format!("{} {}", change["entry_id"], change["reason"]))
        .collect();
    for part in
        ["\"ivo\" \"the link was used before\"", "\"jon\" \"the link has expired\"", "\"unknown\""]
    {
        ensure!(refused.iter().any(|line| line.contains(part)), "{part} in {refused:?}");
    }
    Ok(())
}
