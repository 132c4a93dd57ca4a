//! A thousand findings of one group at once: one incident, nothing lost, and people get through.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use jiff::Timestamp;
use rehearsal::{Lane, SOON, System, repository, until};
use serde_json::{Value, json};

const FILE: &str = "guardduty/high-crypto-mining.json";
const PHONE: &str = "+14255550198";
/// How many findings come in at once.
const STORM: usize = 1000;
/// How many of them run at a time: the others wait, as they do in Lambda's own queue of events. On AWS each has its own
/// processor; here all share two, and more than this many would measure how they wait for those.
const RUNNING: usize = 16;
/// How many run at a time when only the outcome counts, so that as many as possible race.
const RACING: usize = 64;
/// How often Lambda runs an event that failed, in all.
const TRIES: usize = 3;

/// The event in this file of `events/`, as if it came from `account`.
fn event_for(file: &str, account: &str) -> Result<Value> {
    let path = repository().join("events").join(file);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text.replace("111122223333", account))?)
}

/// What became of the storm's events.
#[derive(Debug, Default)]
struct Ends {
    opened: usize,
    attached: usize,
    failed: Vec<String>,
}

/// Another finding of the same group.
fn finding(event: &Value, number: usize) -> Value {
    let mut event = event.clone();
    let arn = event["detail"]["arn"].as_str().unwrap_or_default().to_owned();
    let (detector, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
    event["detail"]["arn"] = json!(format!("{detector}/thousand-{number}"));
    event
}

/// Runs one event as Lambda runs asynchronous ones: what fails is run again.
async fn run(lane: &Lane, event: Value) -> Result<Result<String, String>> {
    let mut end = Err(String::new());
    for _ in 0..TRIES {
        end = lane.invoke("finding-responder", &event).await?;
        if end.is_ok() {
            break;
        }
    }
    let verdict = |answer: Value| answer["outcomes"][0]["verdict"].as_str().map(str::to_owned);
    Ok(end.map(|answer| verdict(answer).unwrap_or_default()))
}

/// How long after `began` the first page of this account's incident had gone out, by its timeline.
async fn first_page(lane: &Lane, account: &str, began: Timestamp) -> Result<Duration> {
    let found = until(SOON, async || {
        let Some(incident) = lane.incidents(account).await?.pop() else { return Ok(None) };
        let told = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
        let lines = told["timeline"].as_array().cloned().unwrap_or_default();
        let sent = lines.iter().filter(|line| line["state"] == "sent");
        let times = sent.filter_map(|line| line["at"].as_str()?.parse::<Timestamp>().ok());
        Ok(times.min())
    });
    let at = found.await?.with_context(|| format!("no page about {account}"))?;
    Ok(Duration::try_from(at.duration_since(began))?)
}

/// How long the first page of a single finding takes.
async fn single(lane: &Lane, account: &str) -> Result<Duration> {
    let event = event_for(FILE, account)?;
    let began = Timestamp::now();
    run(lane, finding(&event, 0)).await?.map_err(anyhow::Error::msg)?;
    first_page(lane, account, began).await
}

pub(crate) async fn of_one_group_are_one_incident_and_people_get_through(
    system: &System,
) -> Result<()> {
    let lane = system.straight_lane("thousand", &[]).await?;
    let thea = json!({
        "name": "Thea Thousand", "roles": ["incident_commander"], "time_zone": "UTC",
        "channels": [
            {"type": "sms", "address": PHONE},
            {"type": "email", "address": "thea@lane.example.com"}
        ]
    });
    lane.ok("POST", "/contacts", &thea).await?;
    // Processes start first: what is measured is the way from the finding to the page.
    let warm = event_for(FILE, "100000000070")?;
    let storm = (0..RACING).map(|number| run(&lane, finding(&warm, number)));
    let raced = futures::stream::iter(storm).buffer_unordered(RACING).collect::<Vec<_>>().await;
    let raced = raced.into_iter().collect::<Result<Vec<_>>>()?;
    let opened = raced.iter().filter(|end| end.as_deref() == Ok("opened")).count();
    ensure!(opened == 1 && raced.iter().all(Result::is_ok), "{raced:?}");
    let alone = single(&lane, "100000000071").await?;

    let account = "100000000072";
    let template = event_for(FILE, account)?;
    let began = Timestamp::now();
    let storm = (0..STORM).map(|number| run(&lane, finding(&template, number)));
    let mut storm = futures::stream::iter(storm).buffer_unordered(RUNNING);
    let (mut ends, mut seen, mut acknowledged) = (Ends::default(), 0, false);
    let mut busy = alone;
    while let Some(end) = storm.next().await {
        match end? {
            Ok(verdict) if verdict == "opened" => ends.opened += 1,
            // Run again after it had joined, it is known.
            Ok(verdict) if verdict == "grouped" || verdict == "repeated" => ends.attached += 1,
            Ok(verdict) => ends.failed.push(verdict),
            Err(error) => ends.failed.push(error),
        }
        seen += 1;
        // In the middle of it somebody acknowledges.
        if seen >= STORM / 2 && !acknowledged {
            let incident = lane.incidents(account).await?.pop().context("an incident")?;
            let path = format!("/incidents/{incident}/acknowledge");
            let (status, answer) = lane.call("POST", &path, &Value::Null).await?;
            ensure!(status == 200, "{status} {answer}");
            acknowledged = true;
            busy = single(&lane, "100000000073").await?;
        }
    }
    let took = Timestamp::now().duration_since(began);
    let stormy = first_page(&lane, account, began).await?;
    rehearsal::say(format_args!(
        "{STORM} findings of one group in {took:#}; first page after {stormy:.1?}; of one finding: {alone:.1?}, and \
         {busy:.1?} beside the storm"
    ));
    ensure!(ends.failed.is_empty(), "{ends:?}");
    ensure!((ends.opened, ends.attached) == (1, STORM - 1), "{ends:?}");
    let incidents = lane.incidents(account).await?;
    ensure!(incidents.len() == 1, "{incidents:?}");
    let told = lane.ok("GET", &format!("/incidents/{}", incidents[0]), &Value::Null).await?;
    ensure!(
        told["finding_count"] == STORM && told["status"] == "acknowledged",
        "{}",
        told["status"]
    );
    let listed = lane.ok("GET", "/incidents", &Value::Null).await?;
    let mut items = listed["items"].as_array().into_iter().flatten();
    let item = items.find(|item| item["id"] == incidents[0]).context("it is not listed")?;
    ensure!(item["finding_count"] == STORM, "{}", item["finding_count"]);
    ensure!(lane.failed_events().await?.is_empty(), "an event failed for good");
    let heard = lane.heard().await?;
    ensure!(heard.is_empty(), "a false emergency: {heard:?}");
    // A machine that is busy with other work is slow for both: then the single finding beside the storm counts.
    let single = alone.max(busy);
    ensure!(
        stormy <= single * 3,
        "the first page came after {stormy:?}, {single:?} for a single one"
    );
    for id in incidents {
        lane.ok("POST", &format!("/incidents/{id}/resolve"), &Value::Null).await?;
    }
    Ok(())
}
