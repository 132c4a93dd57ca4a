//! An incident never swallows what goes on: contacts hear of what joins, what continues, and what its source closes.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, SOON, link_in, until};
use serde_json::{Value, json};

use crate::stage::{LANE_MAIL, NIA_PHONE as NIA, OLA_PHONE as OLA, Stage};

const HIGH: &str = "guardduty/high-crypto-mining.json";

/// A lane with a commander and a lead, each with a number of their own.
async fn staffed(stage: &Stage, name: &str) -> Result<Lane> {
    let lane = stage.system.lane(name, &[]).await?;
    let person = |id: &str, role: &str, phone: &str| {
        json!({
            "id": id, "name": id, "roles": [role], "time_zone": "UTC",
            "channels": [
                {"type": "sms", "address": phone},
                {"type": "email", "address": format!("{id}-{name}{LANE_MAIL}")}
            ]
        })
    };
    lane.ok("POST", "/contacts", &person("nia", "incident_commander", NIA)).await?;
    lane.ok("POST", "/contacts", &person("ola", "technical_lead", OLA)).await?;
    Ok(lane)
}

/// What became of an event: its verdict, and why it was recorded and no more.
async fn decided(lane: &Lane, event: &Value) -> Result<(String, String)> {
    let answer = lane.invoke("finding-responder", event).await?;
    let outcome = answer.map_err(|error| anyhow::anyhow!(error))?["outcomes"][0].clone();
    let text = |name: &str| outcome[name].as_str().unwrap_or_default().to_owned();
    Ok((text("verdict"), text("reason")))
}

async fn verdict(lane: &Lane, event: &Value) -> Result<String> {
    Ok(decided(lane, event).await?.0)
}

/// The texts to a number that this incident's account is named in, once there are as many.
async fn texts(lane: &Lane, number: &str, account: &str, wanted: usize) -> Result<Vec<String>> {
    let short = format!("..{}", &account[account.len() - 4..]);
    let found = until(SOON, async || {
        let mut all = lane.texts(number).await?;
        all.retain(|text| text.contains(&short));
        ensure!(all.len() <= wanted, "{wanted} texts are enough: {all:?}");
        Ok((all.len() == wanted).then_some(all))
    });
    found.await?.with_context(|| format!("{wanted} texts about {short} to {number}"))
}

/// Another finding of the same kind.
fn another(mut event: Value, id: &str, severity: f64) -> Value {
    let arn = event["detail"]["arn"].as_str().unwrap_or_default().to_owned();
    let (detector, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
    event["detail"]["arn"] = json!(format!("{detector}/{id}"));
    event["detail"]["id"] = json!(id);
    event["detail"]["severity"] = json!(severity);
    event["detail"]["title"] = json!(format!("Finding {id}"));
    event
}

pub(crate) async fn what_joins_and_what_continues_is_told(stage: &Stage) -> Result<()> {
    let lane = staffed(stage, "goeson").await?;
    let account = "100000000064";
    let event = stage.event(HIGH, account)?;
    ensure!(verdict(&lane, &event).await? == "opened");
    let incident = lane.incidents(account).await?.pop().context("an incident")?;
    let path = format!("/incidents/{incident}");
    let read = async || lane.ok("GET", &path, &Value::Null).await;
    let page = texts(&lane, NIA, account, 1).await?;
    texts(&lane, OLA, account, 1).await?;
    let link = link_in(&page[0], "/ack/")?;
    ensure!(lane.fill(&link, &[]).await?.status == 200);

    // A distinct finding joins: whoever acknowledged is told once, and nobody else.
    let joins = another(event.clone(), "joins", 8.0);
    ensure!(verdict(&lane, &joins).await? == "grouped");
    let told = texts(&lane, NIA, account, 2).await?;
    ensure!(told[1].contains("finding added"), "{told:?}");
    ensure!(verdict(&lane, &joins).await? == "repeated");
    let noted = until(SOON, async || {
        let facts = lane.facts(&incident).await?;
        Ok(facts.contains(&"update_sent".to_owned()).then_some(()))
    });
    noted.await?.context("the timeline says who was told")?;
    texts(&lane, OLA, account, 1).await?;
    let now = read().await?;
    ensure!(now["finding_count"] == 2 && now["status"] == "acknowledged", "{now}");
    let joined = now["timeline"].as_array().into_iter().flatten();
    let joined = joined.filter(|line| line["event"] == "finding_added").collect::<Vec<_>>();
    ensure!(joined[0]["finding"]["title"] == "Finding joins", "{joined:?}");

    // Five hours later the first finding is seen again: everybody is paged again, and told why.
    lane.age_incident(&incident, 5).await?;
    let mut again = event.clone();
    let seen = jiff::Timestamp::now().to_string();
    again["detail"]["service"]["eventLastSeen"] = json!(seen);
    ensure!(verdict(&lane, &again).await? == "escalation_restarted");
    texts(&lane, NIA, account, 3).await?;
    texts(&lane, OLA, account, 2).await?;
    let now = read().await?;
    ensure!(now["cause"]["type"] == "still_happening" && now["status"] == "open", "{now}");
    ensure!(verdict(&lane, &again).await? == "repeated", "once for each time that it is seen");
    // The link of the first message was used: it has no button and leads to the newest message.
    let old = lane.open(&link).await?;
    ensure!(old.status == 200 && !old.html.contains("<button>"), "{}", old.html);
    let pressed = lane.fill(&link, &[]).await?;
    ensure!(pressed.status == 410 && !pressed.html.contains("<button>"), "{}", pressed.html);
    ensure!(pressed.html.contains("Open the newest message about this incident"));

    // A more severe one is the headline from now on. Both know of the incident: one message each.
    let grave = another(event.clone(), "headline", 9.5);
    ensure!(verdict(&lane, &grave).await? == "escalation_restarted");
    let told = texts(&lane, NIA, account, 4).await?;
    ensure!(told[3].contains("now CRITICAL (was HIGH)"), "{told:?}");
    texts(&lane, OLA, account, 3).await?;
    let now = read().await?;
    ensure!(now["title"] == "Finding headline" && now["severity"] == "critical", "{now}");
    ensure!(now["finding"]["title"] == "Finding headline" && now["finding_count"] == 3, "{now}");

    // A day later whoever acknowledged hears that it is not resolved, once.
    let link = link_in(&told[3], "/ack/")?;
    ensure!(lane.fill(&link, &[]).await?.status == 200);
    lane.age_incident(&incident, 24).await?;
    let looks = futures::future::try_join_all((0..3).map(|_| lane.watch())).await?;
    let told = texts(&lane, NIA, account, 5).await?;
    ensure!(told[4].contains("unresolved"), "{told:?} {looks:?}");
    lane.watch().await?;
    lane.ok("POST", &format!("{path}/resolve"), &Value::Null).await?;
    lane.age_incident(&incident, 24).await?;
    lane.watch().await?;
    texts(&lane, NIA, account, 5).await?;
    texts(&lane, OLA, account, 3).await.map(drop)
}

pub(crate) async fn what_no_contact_took_up_is_told_to_the_owner(stage: &Stage) -> Result<()> {
    let lane = staffed(stage, "unowned").await?;
    let account = "100000000065";
    let event = stage.event(HIGH, account)?;
    ensure!(verdict(&lane, &event).await? == "opened");
    let incident = lane.incidents(account).await?.pop().context("an incident")?;
    texts(&lane, OLA, account, 1).await?;
    // By a portal: there is nobody to write to.
    lane.ok("POST", &format!("/incidents/{incident}/acknowledge"), &Value::Null).await?;
    ensure!(verdict(&lane, &another(event.clone(), "second", 8.0)).await? == "grouped");
    lane.age_incident(&incident, 24).await?;
    lane.watch().await?;
    let heard = until(SOON, async || {
        let heard = lane.owner_heard().await?;
        Ok((heard.iter().filter(|text| text.contains(&incident)).count() == 2).then_some(heard))
    });
    let heard = heard.await?.context("the owner hears of both")?;
    ensure!(heard.iter().any(|text| text.contains("not resolved")), "{heard:?}");
    texts(&lane, NIA, account, 1).await?;
    // A group has an age: a finding of the next day opens an incident that names this one.
    lane.age_incident(&incident, 24).await?;
    ensure!(verdict(&lane, &another(event, "next-day", 8.0)).await? == "opened");
    let mut incidents = lane.incidents(account).await?;
    incidents.retain(|id| *id != incident);
    let next = lane.ok("GET", &format!("/incidents/{}", incidents[0]), &Value::Null).await?;
    ensure!(next["previous_incident"] == json!(incident), "{next}");
    texts(&lane, OLA, account, 2).await.map(drop)
}

/// A control of Security Hub, as it stands at a time.
fn control(account: &str, compliance: &str, workflow: &str, updated: &str) -> Value {
    json!({
        "version": "0", "id": format!("control-{updated}"), "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported", "account": account,
        "time": updated, "region": "eu-central-1", "resources": [],
        "detail": { "findings": [{
            "SchemaVersion": "2018-10-08",
            "Id": format!("arn:aws:securityhub:eu-central-1:{account}:security-control/EC2.19/finding/1"),
            "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/securityhub",
            "GeneratorId": "security-control/EC2.19", "AwsAccountId": account,
            "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
            // A person who sets the workflow changes no time of the finding.
            "CreatedAt": "2026-11-27T14:30:00Z", "UpdatedAt": "2026-11-27T14:30:00Z",
            "LastObservedAt": "2026-11-27T14:30:00Z", "Severity": {"Label": "CRITICAL"},
            "Title": "Security groups should not allow unrestricted access", "Description": "A rule is open.",
            "Resources": [{"Type": "AwsEc2SecurityGroup", "Region": "eu-central-1",
                "Id": format!("arn:aws:ec2:eu-central-1:{account}:security-group/sg-1")}],
            "Workflow": {"Status": workflow}, "RecordState": "ACTIVE", "Compliance": {"Status": compliance}
        }] }
    })
}

pub(crate) async fn what_its_source_closes_is_told_and_ends_what_it_should(
    stage: &Stage,
) -> Result<()> {
    let lane = staffed(stage, "closes").await?;
    let account = "100000000066";
    let failed = control(account, "FAILED", "NEW", "2026-11-27T14:30:00Z");
    // Controls wake nobody until the policy says so.
    ensure!(decided(&lane, &failed).await? == ("recorded".into(), "below_threshold".into()));
    let policy = json!({"min_paging_severity": {"controls": "critical"}});
    lane.ok("PUT", "/policy", &policy).await?;
    let warning = control(account, "WARNING", "NEW", "2026-11-27T14:31:00Z");
    ensure!(decided(&lane, &warning).await? == ("recorded".into(), "inconclusive".into()));
    ensure!(verdict(&lane, &failed).await? == "opened");
    let incident = lane.incidents(account).await?.pop().context("an incident")?;
    let path = format!("/incidents/{incident}");
    let page = texts(&lane, NIA, account, 1).await?;
    texts(&lane, OLA, account, 1).await?;
    let fixed = control(account, "PASSED", "RESOLVED", "2026-11-27T14:45:00Z");
    ensure!(verdict(&lane, &fixed).await? == "closed");
    ensure!(verdict(&lane, &fixed).await? == "recorded", "once");
    let now = lane.ok("GET", &path, &Value::Null).await?;
    ensure!(now["closed_at_source"]["stopped"] == true && now["status"] == "open", "{now}");
    let shown = lane.open(&link_in(&page[0], "/ack/")?).await?;
    ensure!(shown.html.contains("fixed"), "{}", shown.html);
    // The next step is due, and pages nobody.
    lane.make_late(&incident).await?;
    lane.watch().await?;
    texts(&lane, OLA, account, 1).await?;
    // A late copy of what was reported before changes nothing; reopened by hand, it pages again.
    ensure!(verdict(&lane, &failed).await? == "repeated");
    let reopened = control(account, "FAILED", "NEW", "2026-11-27T15:00:00Z");
    ensure!(verdict(&lane, &reopened).await? == "reopened");
    texts(&lane, NIA, account, 2).await?;
    texts(&lane, OLA, account, 2).await?;
    let now = lane.ok("GET", &path, &Value::Null).await?;
    ensure!(now["cause"]["type"] == "reopened" && now["closed_at_source"].is_null(), "{now}");
    // The closing from before, delivered again, does not end the paging.
    ensure!(decided(&lane, &fixed).await? == ("recorded".into(), "passed".into()));
    let now = lane.ok("GET", &path, &Value::Null).await?;
    ensure!(now["closed_at_source"].is_null(), "{now}");
    let facts = lane.facts(&incident).await?;
    for fact in ["closed_at_source", "reopened_at_source"] {
        ensure!(facts.contains(&fact.to_owned()), "{facts:?}");
    }
    lane.ok("POST", &format!("{path}/resolve"), &Value::Null).await?;

    // A threat that is archived while people are paged: they go on, and are told.
    let account = "100000000067";
    let threat = stage.event(HIGH, account)?;
    ensure!(verdict(&lane, &threat).await? == "opened");
    let incident = lane.incidents(account).await?.pop().context("an incident")?;
    let page = texts(&lane, NIA, account, 1).await?;
    texts(&lane, OLA, account, 1).await?;
    let mut archived = threat.clone();
    archived["detail"]["service"]["archived"] = json!(true);
    // Delivered before the active copy, or not known to be later: an old word ends nothing.
    ensure!(verdict(&lane, &archived).await? == "recorded");
    archived["time"] = json!("2026-11-23T03:10:00Z");
    ensure!(verdict(&lane, &archived).await? == "closed");
    let now = lane.ok("GET", &format!("/incidents/{incident}"), &Value::Null).await?;
    ensure!(
        now["closed_at_source"]["state"] == "archived"
            && now["closed_at_source"]["stopped"] == false,
        "{now}"
    );
    let shown = lane.open(&link_in(&page[0], "/ack/")?).await?;
    ensure!(shown.html.contains("archived"), "{}", shown.html);
    lane.ok("POST", &format!("/incidents/{incident}/resolve"), &Value::Null).await?;

    // What Security Hub suppresses stays quiet by GuardDuty's own route, too.
    let account = "100000000068";
    let direct = stage.event(HIGH, account)?;
    let mut copy = stage.event("security-hub/guardduty-high-crypto-mining.json", account)?;
    let finding = &mut copy["detail"]["findings"][0];
    finding["Id"] = direct["detail"]["arn"].clone();
    finding["Workflow"]["Status"] = json!("SUPPRESSED");
    let suppressed = ("recorded".to_owned(), "suppressed".to_owned());
    ensure!(decided(&lane, &copy).await? == suppressed);
    ensure!(decided(&lane, &direct).await? == suppressed);
    copy["detail"]["findings"][0]["Workflow"]["Status"] = json!("NEW");
    ensure!(verdict(&lane, &copy).await? == "opened", "no longer suppressed");
    texts(&lane, OLA, account, 1).await?;
    // The direct copy says that it is a sample: that ends the incident once, however often it comes.
    let mut sample = direct.clone();
    sample["detail"]["service"]["additionalInfo"]["sample"] = json!(true);
    ensure!(verdict(&lane, &sample).await? == "closed");
    let ended = ("recorded".to_owned(), "sample".to_owned());
    ensure!(decided(&lane, &sample).await? == ended);
    ensure!(decided(&lane, &sample).await? == ended, "and no more");
    texts(&lane, OLA, account, 1).await.map(drop)
}
