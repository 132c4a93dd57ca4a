//! A release is published, launched by somebody who may do just that, upgraded and rolled back under an open
//! escalation, and removed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use rehearsal::{BUCKET, Deployer, Lane, SOON, Sent, refused, until};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::stage::{LAUNCH_PHONES, Stage};

const STACK: &str = "muster-launch";
const SENDER: &str = "muster@lane.example.com";
const PEOPLE: [&str; 2] = ["ines-duarte", "jonas-weber"];
/// The release that all of these stories publish.
static FIRST: OnceCell<PathBuf> = OnceCell::const_new();

/// All that must be given, and what keeps the shared stage quiet.
fn given(deployer: &Deployer) -> Vec<(&str, &str)> {
    vec![
        ("OwnerEmail", "owner@lane.example.com"),
        ("SenderAddress", SENDER),
        ("PermissionsBoundary", deployer.boundary()),
        ("IncidentManager", "off"),
        ("ReconcileFindings", "false"),
        ("WelcomeNewContacts", "false"),
        ("PageAction", "create"),
    ]
}

/// What went out for an incident: as our records have it, and as it arrived.
async fn sent(lane: &Lane, incident: &str) -> Result<Vec<Sent>> {
    let all = lane.sends(incident).await?;
    Ok(all.into_iter().filter(|send| send.state == "sent").collect())
}

async fn arrived(lane: &Lane) -> Result<usize> {
    let mut all = 0;
    for (person, phone) in PEOPLE.iter().zip(LAUNCH_PHONES) {
        let (texts, mails) = lane.arrived(phone, &format!("{person}@lane.example.com")).await?;
        all += texts + mails;
    }
    Ok(all)
}

/// Waits until so many pages are out for the incident.
async fn paged(lane: &Lane, incident: &str, times: usize) -> Result<()> {
    let out = async || Ok((sent(lane, incident).await?.len() >= times).then_some(()));
    let in_time = until(SOON, out).await?;
    let all = lane.sends(incident).await?;
    in_time.with_context(|| format!("{times} pages were due for {incident}: {all:?}"))?;
    let now = sent(lane, incident).await?.len();
    ensure!(now == times, "{times} pages were due for {incident}, and {now} went out");
    Ok(())
}

async fn drill(lane: &Lane) -> Result<String> {
    let asked = json!({ "mode": "live", "severity": "high", "incident_type": "malware", "account": "100000000056" });
    let answer = lane.ok("POST", "/drills", &asked).await?;
    Ok(answer["id"].as_str().context("the drill has no id")?.to_owned())
}

async fn everything(lane: &Lane) -> Result<Value> {
    Ok(json!({
        "people": lane.ok("GET", "/contacts", &Value::Null).await?["items"],
        "changes": lane.ok("GET", "/changes", &Value::Null).await?["items"],
        "policy": lane.ok("GET", "/policy", &Value::Null).await?,
    }))
}

async fn load(lane: &Lane) -> Result<()> {
    for (person, phone) in PEOPLE.iter().zip(LAUNCH_PHONES) {
        let contact = json!({
            "name": person.replace('-', " "), "id": person, "roles": ["incident_commander"],
            "channels": [
                {"type": "sms", "address": phone},
                {"type": "email", "address": format!("{person}@lane.example.com")}
            ],
            "time_zone": "Europe/Lisbon"
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    Ok(())
}

pub(crate) async fn a_release_is_launched_upgraded_rolled_back_and_removed(
    stage: &Stage,
) -> Result<()> {
    let system = &stage.system;
    let first = FIRST.get_or_try_init(|| system.release("1.0.0")).await?;
    let second = system.release("1.1.0").await?;
    let old = system.publish(first, "1.0.0").await?;
    // A version is what it was: published again it is found there, and other bytes are refused.
    ensure!(system.publish(first, "1.0.0").await? == old, "it moved");
    let from = second.to_string_lossy();
    let other = ["--bucket", BUCKET, "--from", &from, "--version", "1.0.0"];
    refused(&system.script("publish", &other).await?, "with other bytes")?;
    let new = system.publish(&second, "1.1.0").await?;

    system.knows_sender(SENDER).await?;
    let deployer = system.deployer("launcher").await?;
    let end = deployer.create(STACK, &old, &given(&deployer)).await?;
    ensure!(end == "CREATE_COMPLETE", "{end}");
    let again = deployer.create(STACK, &old, &given(&deployer)).await;
    ensure!(
        again.is_err_and(|error| error.to_string().contains("already exists")),
        "created twice"
    );

    let (lane, outputs) = deployer.lane(system, STACK).await?;
    for output in ["NextStep", "DashboardUrl", "BusArn", "ReaderPolicyArn"] {
        ensure!(outputs.contains_key(output), "no output {output}");
    }
    // The dashboard is filled in to the last name, and has a place for every alarm.
    let dashboard = lane.dashboard().await?;
    ensure!(!dashboard.to_string().contains("${"), "not filled in: {dashboard}");
    let widgets = dashboard["widgets"].as_array().context("a dashboard without widgets")?;
    let alarms = widgets.iter().find(|widget| widget["type"] == "alarm").context("no alarms")?;
    let shown = alarms["properties"]["alarms"].as_array().map_or(0, Vec::len);
    let parts = lane.parts().await?;
    let there = parts.keys().filter(|name| {
        ["Alarm", "Errors", "Throttles", "NearLimit"].iter().any(|end| name.ends_with(end))
    });
    ensure!(widgets.len() > 12 && shown == there.count(), "{shown} alarms are shown: {dashboard}");

    only_its_own_action_pages(&lane, &parts).await?;

    load(&lane).await?;
    let before = everything(&lane).await?;

    // The first hour's end: a drill has paged everybody, and is answered.
    let practice = drill(&lane).await?;
    paged(&lane, &practice, 4).await?;
    lane.ok("POST", &format!("/incidents/{practice}/acknowledge"), &json!({})).await?;

    // Another version comes while nobody has answered: the next step is taken, each page once.
    let open = drill(&lane).await?;
    paged(&lane, &open, 4).await?;
    let end = deployer.update(STACK, &new, &[]).await?;
    ensure!(end == "UPDATE_COMPLETE", "{end}");
    ensure!(everything(&lane).await? == before, "the upgrade has changed what was there");
    system.next_step(&open).await?;
    paged(&lane, &open, 8).await?;

    // And back.
    let end = deployer.update(STACK, &old, &[]).await?;
    ensure!(end == "UPDATE_COMPLETE", "{end}");
    ensure!(everything(&lane).await? == before, "the way back has changed what was there");
    system.next_step(&open).await?;
    paged(&lane, &open, 12).await?;
    lane.ok("POST", &format!("/incidents/{open}/acknowledge"), &json!({})).await?;
    let answered = lane.ok("GET", &format!("/drills/{open}"), &Value::Null).await?;
    ensure!(answered["id"] == open.as_str(), "{answered}");
    ensure!(sent(&lane, &practice).await?.len() == 4, "an answered drill has paged again");
    ensure!(arrived(&lane).await? == 16, "{} messages arrived, not 16", arrived(&lane).await?);

    removed(stage, &deployer, &outputs).await
}

/// The stack has made its custom action, and hears no other.
async fn only_its_own_action_pages(lane: &Lane, parts: &BTreeMap<String, String>) -> Result<()> {
    let own = parts.get("PageActionTarget").context("the stack has made no custom action")?;
    let text = std::fs::read_to_string(
        rehearsal::repository().join("events/security-hub/custom-action-low.json"),
    )?;
    let mut event: Value = serde_json::from_str(&text)?;
    for (action, heard) in [(own.as_str(), 1), (rehearsal::PAGE_ACTION, 0)] {
        event["resources"] = json!([action]);
        let rules = lane.told_by_rules(&event).await?;
        ensure!(rules.len() == heard, "{action} is heard by {rules:?}");
    }
    Ok(())
}

/// The stack goes; what people have entered stays, under the key that opens it.
async fn removed(
    stage: &Stage,
    deployer: &Deployer,
    outputs: &BTreeMap<String, String>,
) -> Result<()> {
    let end = deployer.delete(STACK).await?;
    ensure!(end == "DELETE_COMPLETE", "{end}");
    for table in ["RosterTable", "IncidentsTable"] {
        let name = outputs.get(table).context("no such output")?;
        ensure!(stage.system.has_table(name).await?, "{table} is gone with the stack");
    }
    ensure!(stage.system.has_key(&outputs["KeyArn"]).await?, "the key is gone with the stack");
    Ok(())
}

pub(crate) async fn a_half_failed_stack_is_removed_and_made_anew(stage: &Stage) -> Result<()> {
    const HALF: &str = "muster-half";
    let system = &stage.system;
    let dist = FIRST.get_or_try_init(|| system.release("1.0.0")).await?;
    let url = system.publish(dist, "1.0.0").await?;
    system.knows_sender(SENDER).await?;
    let deployer = system.deployer("launcher-again").await?;
    // A bus of that name is there already: the stack comes to an end half-way, and is taken back.
    system.occupy(HALF, true).await?;
    let end = deployer.create(HALF, &url, &given(&deployer)).await?;
    ensure!(end.starts_with("ROLLBACK_COMPLETE: ") && end.contains("Bus"), "{end}");
    // Trying again changes nothing: what is left has to be deleted first.
    let again = deployer.create(HALF, &url, &given(&deployer)).await;
    ensure!(!again.as_ref().is_ok_and(|end| end == "CREATE_COMPLETE"), "made over it: {again:?}");
    let end = deployer.delete(HALF).await?;
    ensure!(end == "DELETE_COMPLETE", "{end}");
    system.occupy(HALF, false).await?;
    let end = deployer.create(HALF, &url, &given(&deployer)).await?;
    ensure!(end == "CREATE_COMPLETE", "{end}");
    // A change that fails leaves everything as it was.
    // A version that is not there: what was changed by then is changed back.
    let missing = ("ArtifactPrefix", "never-published/");
    let end = deployer.update(HALF, &url, &[missing]).await?;
    ensure!(end.starts_with("UPDATE_ROLLBACK_COMPLETE: "), "{end}");
    let (lane, _) = deployer.lane(system, HALF).await?;
    lane.ok("GET", "/contacts", &Value::Null).await?;
    let end = deployer.delete(HALF).await?;
    ensure!(end == "DELETE_COMPLETE", "{end}");
    Ok(())
}

/// Each wrong value, and what the refusal says about what would do.
const WRONG: &[(&str, &str, &str)] = &[
    ("OwnerEmail", "nobody", "an e-mail address such as"),
    ("SenderAddress", "Muster <muster@example.com>", "a bare e-mail address such as"),
    ("AuthMode", "basic", "IAM"),
    ("JwtIssuer", "login.example.com", "an https address"),
    ("JwtAudience", "two words", "texts without blanks"),
    ("ScopePrefix", "two words", "a text without blanks"),
    ("AllowedOrigins", "https://portal.example.com/app", "origins without a path"),
    ("VoiceOriginationIdentity", "+14255550100", "an ARN such as"),
    ("WebhookSigningSecret", "whsec_swordfish", "whsec_ followed by the base64"),
    ("ApiDestinationUrl", "http://example.com", "an https address"),
    ("ApiDestinationKey", "", "1 to 512 characters"),
    ("EmergencyPhone", "425 555 0100", "a phone number with its country code such as"),
    ("PageAction", "RemediateWithASR", "none, create, or an ARN such as"),
    ("ReconcileFindings", "yes", "true"),
    ("SampleFindingsAsDrills", "1", "true"),
    ("ReviewSchedule", "monthly", "an expression such as"),
    ("ReviewTimeZone", "Central Europe", "IANA time zone such as"),
    ("ReviewIntervalDays", "0", "from 1 to 730"),
    ("UnansweredReminders", "13", "from 1 to 12"),
    ("ChannelTestSchedule", "monthly", "an expression such as"),
    ("ChannelVerificationDays", "731", "from 1 to 730"),
    ("DrillIntervalDays", "0", "from 1 to 730"),
    ("WelcomeNewContacts", "no", "true"),
    ("IncidentManager", "maybe", "auto"),
    ("IncidentManagerPrefix", "Muster-1", "1 to 32 of"),
    ("PagingBackend", "pigeon", "native"),
    ("IncidentManagerManualEdits", "leave", "revert"),
    ("ResponsePlanTopics", "incidents", "ARNs of topics such as"),
    ("ResponsePlanChatTopics", "incidents", "ARNs of topics such as"),
    ("RunbookDocument", "a b", "the name of a document such as"),
    ("RunbookRoleArn", "runbook", "an ARN such as"),
    ("OrganizationId", "example", "an organisation's id such as"),
    ("PermissionsBoundary", "boundary", "an ARN such as"),
    ("ReservedConcurrency", "-1", "0 for none"),
    ("SmsSpendAlarmUsd", "0", "a number of US dollars such as"),
    ("DeletionProtection", "on", "true"),
    ("IncidentRetentionDays", "29", "a number of days from 30 to 3650"),
    ("ArtifactBucket", "My Bucket", "the name of a bucket such as"),
    ("ArtifactPrefix", "1.0.0", "folder names that each end in a slash"),
    // A release may have been built for one of them only.
    ("Architecture", "x86", "is not in AllowedValues"),
    // Combinations that could only fail later, or do nothing.
    ("ArtifactBucket", "unpublished", "was not published"),
    ("AuthMode", "JWT", "needs JwtIssuer"),
    ("JwtIssuer", "https://login.example.com", "AuthMode is IAM"),
    ("PagingBackend", "both", "PagingBackend must be native"),
    ("RunbookDocument", "AWS-RunShellScript", "needs RunbookRoleArn"),
    ("RunbookRoleArn", "arn:aws:iam::111122223333:role/runbook", "needs RunbookDocument"),
    ("ApiDestinationUrl", "https://example.com/events", "needs ApiDestinationKey"),
    ("ApiDestinationKey", "swordfish", "no ApiDestinationUrl"),
];

pub(crate) async fn a_wrong_parameter_is_refused_before_anything_is_made(
    stage: &Stage,
) -> Result<()> {
    let system = &stage.system;
    let dist = FIRST.get_or_try_init(|| system.release("1.0.0")).await?;
    let url = system.publish(dist, "1.0.0").await?;
    let deployer = system.deployer("launcher-in-error").await?;
    let template = std::fs::read_to_string(rehearsal::repository().join("infra/muster.yaml"))?;
    let parameters = template.split("\nParameters:\n").nth(1).context("no parameters")?;
    let parameters = parameters.split("\nConditions:\n").next().unwrap_or_default();
    for line in parameters.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "))
    {
        let name = line.trim().trim_end_matches(':');
        ensure!(WRONG.iter().any(|(parameter, ..)| *parameter == name), "{name} is not tried");
    }
    // The local cloud refuses any template with these types, unless they are not asked for.
    let others = template.replace("AWS::Events::ApiDestination", "AWS::SNS::Topic");
    let others = others.replace("AWS::Events::Connection", "AWS::SNS::Topic");
    let others = others.replace("Default: unpublished", "Default: muster-artifacts-us-east-1");
    let beside = system.put_template("beside/muster.yaml", others).await?;
    for (name, value, words) in WRONG {
        let mut all: BTreeMap<_, _> = given(&deployer).into_iter().collect();
        all.insert(name, value);
        let all: Vec<_> = all.into_iter().collect();
        let url = if value.starts_with("https://example.com") { &beside } else { &url };
        match deployer.create("muster-wrong", url, &all).await {
            Err(error) if error.to_string().contains(words) => {}
            Err(error) => bail!("{name} {value:?}: expected {words:?}, got {error}"),
            Ok(end) => bail!("{name} {value:?} was taken: {end}"),
        }
        let known = deployer.lane(system, "muster-wrong").await.is_ok();
        ensure!(!known, "{name} {value:?} was refused, and there is a stack all the same");
    }
    Ok(())
}

pub(crate) async fn what_cannot_be_published_is_said(stage: &Stage) -> Result<()> {
    let system = &stage.system;
    let dist = system.empty_release("1.0.3")?;
    let from = dist.to_string_lossy();
    let cases: &[(&[&str], &str)] = &[
        (&["--bucket", "My_Bucket", "--from", &from], "3 to 42 of a-z"),
        (&["--bucket", BUCKET, "--from", "/nowhere"], "run infra/package first"),
        (&["--bucket", BUCKET, "--from", &from, "--version", "a/b"], "such as 1.2.0"),
        (&["--bucket", BUCKET, "--from", &from, "--readers", "me"], "an organisation's id such as"),
    ];
    for (arguments, words) in cases {
        refused(&system.script("publish", arguments).await?, words)?;
    }
    let other = system.release_of_another_commit("1.0.4")?;
    let other = ["--bucket", BUCKET, "--from", &other.to_string_lossy()];
    refused(
        &system.script("publish", &other).await?,
        "muster.yaml is not of the release's commit",
    )?;
    // A bucket that is there already keeps its readers, and what is in it its bytes.
    let publish = ["--bucket", BUCKET, "--from", &from, "--version", "1.0.3"];
    let organisation = [&publish[..], &["--readers", "o-a1b2c3d4e5"]].concat();
    for arguments in [&organisation[..], &publish] {
        let said = system.script("publish", arguments).await?;
        ensure!(said.good, "{}{}", said.out, said.error);
        let readers = system.readers().await?;
        ensure!(readers.contains("o-a1b2c3d4e5"), "who may read: {readers}");
    }
    // What was changed after it was packaged is not what the sums say.
    std::fs::write(dist.join("release.json"), "{}")?;
    refused(&system.script("publish", &publish).await?, "run infra/package again")
}
