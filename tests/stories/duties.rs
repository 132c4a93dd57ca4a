//! Notification duties: a clock on the timeline, and counsel and communications told as it runs.

use anyhow::{Context as _, Result, ensure};
use rehearsal::Lane;
use serde_json::{Value, json};

use crate::reviews::{address, person};
use crate::stage::Stage;

const ACCOUNT: &str = "100000000054";

async fn told(lane: &Lane, id: &str) -> Result<Vec<String>> {
    let mails = lane.mails(&address(id)).await?;
    Ok(mails.into_iter().filter(|mail| mail.contains("Notification duty")).collect())
}

pub(crate) async fn a_duty_starts_a_clock_and_its_people_are_told(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("duties", &[]).await?;
    for (id, role) in
        [("rui", "legal_counsel"), ("sam", "communications_lead"), ("tao", "incident_commander")]
    {
        lane.ok("POST", "/contacts", &person(id, role)).await?;
    }
    let duty = |types: &str, hours: u32| json!({"incident_types": [types], "within_hours": hours});
    let authority = json!({
        "id": "dpa", "organization": "Data Protection Authority", "type": "regulator", "owner": "rui",
        "contact_email": "desk@lane.example.com",
        "notification_obligations": [
            duty("malware", 72), duty("malware", 96), duty("data_exposure", 4)
        ]
    });
    lane.ok("POST", "/external-resources", &authority).await?;
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", ACCOUNT)?).await?;
    let incident =
        rehearsal::until(rehearsal::SOON, async || Ok(lane.incidents(ACCOUNT).await?.pop()));
    let incident = incident.await?.context("no incident opened")?;
    let path = format!("/incidents/{incident}");
    let read = async || lane.ok("GET", &path, &Value::Null).await;

    let watched = lane.watch().await?;
    // Two people by mail and by text.
    ensure!(watched["duties"] == 4, "{watched}");
    let clock = read().await?["notification_deadlines"][0].clone();
    ensure!(
        clock["within_hours"] == 72 && clock["reminders_sent"] == json!(["started"]),
        "{clock}"
    );
    let first = told(&lane, "rui").await?;
    ensure!(first.len() == 1 && first[0].contains("Data Protection Authority"), "{first:?}");
    ensure!(told(&lane, "sam").await?.len() == 1 && told(&lane, "tao").await?.is_empty());
    // Looking again tells nobody again.
    let watched = lane.watch().await?;
    ensure!(watched["duties"] == 0, "{watched}");

    for (hours, stage, number) in [(36, "halfway", 2), (30, "due_soon", 3)] {
        lane.age_duty(&incident, "dpa", hours).await?;
        let looks = futures::future::try_join_all((0..3).map(|_| lane.watch())).await?;
        let sent: u64 = looks.iter().filter_map(|look| look["duties"].as_u64()).sum();
        ensure!(sent == 4, "three looks at once: {looks:?}");
        // If each found another at it, the next look finds that all is done.
        ensure!(lane.watch().await?["duties"] == 0);
        let clock = read().await?["notification_deadlines"][0].clone();
        ensure!(clock["reminders_sent"].to_string().contains(stage), "{clock}");
        ensure!(told(&lane, "rui").await?.len() == number);
    }
    let facts = lane.facts(&incident).await?;
    for fact in [
        "notification_deadline_halfway",
        "notification_deadline_due_soon",
        "notification_deadline_started",
    ] {
        ensure!(facts.contains(&fact.to_owned()), "{facts:?}");
    }

    // Resolving the incident does not end the duty; the report does.
    lane.ok("POST", &format!("{path}/resolve"), &Value::Null).await?;
    let wrong = lane.call("POST", &format!("{path}/obligations/dpa"), &json!({"note": ""})).await?;
    ensure!(wrong.0 == 422, "{wrong:?}");
    let done = json!({ "note": "Reference 2026-4711" });
    let clock = lane.ok("POST", &format!("{path}/obligations/dpa"), &done).await?;
    ensure!(clock["notified"]["note"] == "Reference 2026-4711", "{clock}");
    let again = lane.ok("POST", &format!("{path}/obligations/dpa"), &json!({})).await?;
    ensure!(again == clock, "twice is once: {again}");
    lane.age_duty(&incident, "dpa", 30).await?;
    let watched = lane.watch().await?;
    ensure!(watched["duties"] == 0, "{watched}");
    let (status, _) = lane.call("POST", &format!("{path}/obligations/none"), &json!({})).await?;
    ensure!(status == 404, "{status}");
    a_finding_that_joins_brings_its_duty(stage, &lane).await
}

/// The incident of a sequence on instances is malware; the finding that joins it says that data left.
async fn a_finding_that_joins_brings_its_duty(stage: &Stage, lane: &Lane) -> Result<()> {
    let account = "100000000064";
    lane.deliver(&stage.event("guardduty/critical-sequence-of-instances.json", account)?).await?;
    let incident =
        rehearsal::until(rehearsal::SOON, async || Ok(lane.incidents(account).await?.pop()));
    let path = format!("/incidents/{}", incident.await?.context("no incident opened")?);
    let read = async || {
        let incident = lane.ok("GET", &path, &Value::Null).await?;
        anyhow::Ok(incident["notification_deadlines"][0].clone())
    };
    lane.watch().await?;
    let clock = read().await?;
    ensure!(clock["within_hours"] == 72 && clock["restarts"] == 0, "{clock}");

    let before = told(lane, "rui").await?.len();
    lane.deliver(&stage.event("guardduty/high-part-of-a-sequence.json", account)?).await?;
    let shorter = rehearsal::until(rehearsal::SOON, async || {
        lane.watch().await?;
        Ok(Some(read().await?).filter(|clock| clock["within_hours"] == 4))
    });
    let clock = shorter.await?.context("the duty of the finding that joined has no clock")?;
    ensure!(clock["reminders_sent"] == json!(["started"]) && clock["restarts"] == 1, "{clock}");
    ensure!(clock["incident_types"] == json!(["malware", "data_exposure"]), "{clock}");
    // The earlier deadline is told, though the first start was.
    ensure!(told(lane, "rui").await?.len() == before + 1);
    ensure!(lane.watch().await?["duties"] == 0);
    Ok(())
}
