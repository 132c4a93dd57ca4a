//! Whoever silences Muster is told of, whatever the stack hands over comes by TLS, and findings of other Regions
//! and accounts come in.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use rehearsal::{Forwarder, Lane, PAGE_ACTION, SOON, until};
use serde_json::{Value, json};

use crate::stage::{LANE_PHONE, Stage};

/// What `CloudTrail` says of a call on our stack's parts, by the names that the deployed stack gave them.
fn call(service: &str, name: &str, given: &Value) -> Value {
    json!({
        "version": "0", "id": "00000000-0000-4000-8000-00000000c0de", "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{service}"), "account": "111122223333", "time": "2026-11-24T03:00:00Z",
        "region": "us-east-1", "resources": [],
        "detail": {
            "eventSource": format!("{service}.amazonaws.com"), "eventName": name,
            "eventID": "11111111-2222-4333-8444-555555555555", "sourceIPAddress": "192.0.2.7",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory"},
            "requestParameters": given, "responseElements": null
        }
    })
}

pub(crate) async fn whoever_silences_it_is_told_of_at_once(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("muster-tamper", &[]).await?;
    let parts = lane.parts().await?;
    let part =
        |name: &str| parts.get(name).cloned().with_context(|| format!("the stack has no {name}"));
    let topic = part("EmergencyTopic")?;
    let subscription = format!("{topic}:11111111-2222-4333-8444-555555555555");
    let machine = part("Escalation")?;
    let execution = format!("{}:run", machine.replace(":stateMachine:", ":execution:"));
    let cases = [
        call("events", "DisableRule", &json!({ "name": part("GuardDutyRule")? })),
        call(
            "events",
            "RemoveTargets",
            &json!({ "rule": part("SecurityHubRule")?, "ids": ["finding-responder"] }),
        ),
        call("events", "DeleteEventBus", &json!({ "name": part("Bus")? })),
        call("scheduler", "DeleteSchedule", &json!({ "name": part("MonthlyReview")? })),
        call("sns", "DeleteTopic", &json!({ "topicArn": topic })),
        call("sns", "Unsubscribe", &json!({ "subscriptionArn": subscription })),
        call("sns", "SetSMSAttributes", &json!({ "attributes": {"MonthlySpendLimit": "0"} })),
        call("ses", "PutAccountSendingAttributes", &json!({ "sendingEnabled": false })),
        call(
            "lambda",
            "PutFunctionConcurrency20171031",
            &json!({
                "functionName": part("Pager")?, "reservedConcurrentExecutions": 0
            }),
        ),
        call(
            "lambda",
            "UpdateFunctionCode20150331v2",
            &json!({
                "functionName": format!("arn:aws:lambda:us-east-1:111122223333:function:{}", part("FindingResponder")?)
            }),
        ),
        call("states", "DeleteStateMachine", &json!({ "stateMachineArn": machine })),
        call("states", "StopExecution", &json!({ "executionArn": execution })),
        call(
            "kms",
            "ScheduleKeyDeletion",
            &json!({ "keyId": part("Key")?, "pendingWindowInDays": 7 }),
        ),
        call("dynamodb", "DeleteTable", &json!({ "tableName": part("RosterTable")? })),
        call(
            "dynamodb",
            "UpdateContinuousBackups",
            &json!({ "tableName": part("IncidentsTable")? }),
        ),
        call("cloudformation", "DeleteStack", &json!({ "stackName": "muster-tamper" })),
        call(
            "monitoring",
            "DisableAlarmActions",
            &json!({ "alarmNames": [part("HeartbeatAlarm")?] }),
        ),
        call("cloudtrail", "StopLogging", &json!({ "name": "organisation" })),
    ];
    for event in &cases {
        lane.told_by_rules(event).await?;
    }
    // A mapping names its function in the answer only.
    let mut mapping = call(
        "lambda",
        "UpdateEventSourceMapping20150331",
        &json!({ "uUID": "x", "enabled": false }),
    );
    let function = format!("arn:aws:lambda:us-east-1:111122223333:function:{}", part("Announcer")?);
    mapping["detail"]["responseElements"] = json!({ "functionArn": function });
    lane.told_by_rules(&mapping).await?;
    let names: Vec<&str> = cases
        .iter()
        .chain([&mapping])
        .filter_map(|event| event["detail"]["eventName"].as_str())
        .collect();
    let told = async || {
        let heard = lane.heard().await?;
        let said =
            |name: &&str| heard.iter().any(|text| text.contains(name) && text.contains("mallory"));
        Ok(names.iter().all(said).then_some(()))
    };
    if until(SOON, told).await?.is_none() {
        bail!("not all of {names:?} are told of: {:?}", lane.heard().await?);
    }

    quiet(&lane, &parts).await
}

/// What is not ours, was refused, changes nothing, or is the stack's own change, is no alarm.
async fn quiet(lane: &Lane, parts: &BTreeMap<String, String>) -> Result<()> {
    let part =
        |name: &str| parts.get(name).cloned().with_context(|| format!("the stack has no {name}"));
    let topic = part("EmergencyTopic")?;
    let mut refused = call("events", "DisableRule", &json!({ "name": part("GuardDutyRule")? }));
    refused["detail"]["errorCode"] = "AccessDenied".into();
    let mut own =
        call("lambda", "UpdateFunctionCode20150331v2", &json!({ "functionName": part("Pager")? }));
    own["detail"]["userIdentity"]["invokedBy"] = "cloudformation.amazonaws.com".into();
    let quiet = [
        refused,
        own,
        call("events", "DisableRule", &json!({ "name": "payroll-nightly" })),
        call("events", "DescribeRule", &json!({ "name": part("GuardDutyRule")? })),
        call("sns", "Publish", &json!({ "topicArn": topic })),
        call("dynamodb", "DeleteTable", &json!({ "tableName": "payroll" })),
        call("lambda", "UpdateFunctionCode20150331v2", &json!({ "functionName": "payroll" })),
        call(
            "kms",
            "ScheduleKeyDeletion",
            &json!({ "keyId": "11111111-2222-4333-8444-555555555555" }),
        ),
        call("cloudformation", "DeleteStack", &json!({ "stackName": "payroll" })),
    ];
    for event in &quiet {
        let rules = lane.told_by_rules(event).await?;
        ensure!(rules.is_empty(), "{event} is taken for tampering by {rules:?}");
    }
    Ok(())
}

pub(crate) async fn topics_and_queues_take_nothing_without_tls(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("muster-plain", &[]).await?;
    let mut tried = 0;
    for (name, id) in &lane.parts().await? {
        let (kind, form) = if name.ends_with("Topic") {
            ("sns", format!("Action=Publish&TopicArn={id}&Message=x&Version=2010-03-31"))
        } else if name.ends_with("Queue") {
            ("sqs", format!("Action=SendMessage&QueueUrl={id}&MessageBody=x&Version=2012-11-05"))
        } else {
            continue;
        };
        let plain = lane.by("http", kind, &form).await?;
        ensure!(plain == 403, "{name} answers {plain} without TLS");
        let sealed = lane.by("https", kind, &form).await?;
        ensure!(sealed == 200, "{name} answers {sealed} by TLS");
        tried += 1;
    }
    ensure!(tried >= 8, "only {tried} topics and queues were found");
    Ok(())
}

pub(crate) async fn findings_of_another_region_page_here_and_never_go_round(
    stage: &Stage,
) -> Result<()> {
    let mut event = stage.event("guardduty/high-crypto-mining.json", "100000000057")?;
    event["region"] = "eu-west-1".into();
    let lane = stage.system.lane("muster-hub", &[]).await?;
    let person = json!({
        "name": "Kaya Hub", "roles": ["incident_commander"], "time_zone": "Europe/Berlin",
        "channels": [
            {"type": "email", "address": "kaya@lane.example.com"}, {"type": "sms", "address": LANE_PHONE}
        ]
    });
    lane.ok("POST", "/contacts", &person).await?;
    let bus = "arn:aws:events:us-east-1:111122223333:event-bus/muster-hub";
    let there = stage.system.forwarder("eu-west-1", bus, &event).await?;
    ensure!(there == Forwarder { sends: "yes".into(), to: vec![bus.into()] }, "{there:?}");
    ensure!(lane.on_its_bus(&event).await?, "no rule of the bus takes what was sent on");
    let opened = async || {
        let all = lane.incidents("100000000057").await?;
        let Some(id) = all.first() else { return Ok(None) };
        Ok((lane.sends(id).await?.len() >= 2).then_some(all))
    };
    let incidents = until(SOON, opened).await?.context("nobody was paged")?;
    ensure!(incidents.len() == 1, "{incidents:?}");

    // A person asks for the team where findings are aggregated, which can be elsewhere; other tools' actions stay there.
    let mut asked = stage.event("security-hub/custom-action-low.json", "100000000057")?;
    let sent = stage.system.forwarder("eu-west-1", bus, &asked).await?;
    ensure!(sent.to == [bus], "{sent:?}");
    ensure!(lane.on_its_bus(&asked).await?, "no rule of the bus takes what a person asks for");
    asked["resources"] = json!([PAGE_ACTION.replace("/muster", "/RemediatewithASR")]);
    let sent = stage.system.forwarder("eu-west-1", bus, &asked).await?;
    ensure!(sent.to.is_empty(), "another tool's action is sent on: {sent:?}");
    ensure!(!lane.on_its_bus(&asked).await?, "another tool's action is heard on the bus");
    // So are the results of malware scans, those with threats.
    for (status, times) in [("THREATS_FOUND", 1), ("NO_THREATS_FOUND", 0)] {
        let scan = json!({
            "version": "0", "id": "00000000-0000-4000-8000-0000000005ca", "source": "aws.guardduty",
            "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "account": "100000000057", "time": "2026-11-24T03:00:00Z", "region": "eu-west-1", "resources": [],
            "detail": {"scanStatus": "COMPLETED", "scanResultDetails": {"scanResultStatus": status}}
        });
        let sent = stage.system.forwarder("eu-west-1", bus, &scan).await?;
        ensure!(sent.to.len() == times, "{status}: {sent:?}");
    }

    // Where the bus is, nothing is sent: a finding there is on the default bus already.
    let here = stage.system.forwarder("us-east-1", bus, &event).await?;
    ensure!(here.to.is_empty() && here.sends.starts_with("no"), "{here:?}");
    // What the stack itself says is no finding, so nobody in the organization can begin a drill by it.
    let mut drill = event.clone();
    (drill["source"], drill["detail-type"]) = ("muster".into(), "Muster Drill Requested".into());
    let quiet = stage.system.forwarder("eu-west-1", bus, &drill).await?;
    ensure!(quiet.to.is_empty(), "a drill is sent on: {quiet:?}");
    Ok(())
}
