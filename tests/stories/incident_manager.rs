//! An account with Incident Manager has its contacts and escalations in step; one without loses nothing.

use anyhow::{Result, ensure};
use rehearsal::{Lane, SOON, until};
use serde_json::{Map, Value, json};

use crate::stage::{LANE_MAIL, Stage};

fn contact(id: &str, name: &str, level: u8, channels: &Value) -> Value {
    json!({
        "id": id, "name": name, "roles": ["incident_commander"], "escalation_level": level,
        "time_zone": "Europe/Oslo", "channels": channels
    })
}

fn channels(id: &str, numbers: &[&str]) -> Value {
    let mut channels = vec![json!({"type": "email", "address": format!("{id}{LANE_MAIL}")})];
    channels.extend(numbers.iter().map(|number| json!({"type": "sms", "address": number})));
    channels.into()
}

/// Waits until the stream has brought Incident Manager where it should be.
async fn engaged(
    stage: &Stage,
    ready: impl Fn(&Map<String, Value>) -> bool,
) -> Result<Map<String, Value>> {
    let found = until(SOON, async || Ok(Some(stage.system.engaged()?).filter(|all| ready(all))));
    if let Some(all) = found.await? {
        return Ok(all);
    }
    let all = stage.system.engaged()?;
    let people: Vec<_> = all.iter().filter(|(alias, _)| alias.contains("contact")).collect();
    anyhow::bail!("it stays {}", json!(people))
}

async fn reconcile(lane: &Lane, dry_run: bool) -> Result<Value> {
    let input = json!({ "reconcile": true, "dry_run": dry_run });
    let end = lane.invoke("incident-manager-sync", &input).await?;
    end.map_err(|error| anyhow::anyhow!(error))
}

fn addresses(contact: &Value) -> Vec<&str> {
    let channels = contact["channels"].as_array().into_iter().flatten();
    channels.filter_map(|channel| channel["DeliveryAddress"]["SimpleAddress"].as_str()).collect()
}

pub(crate) async fn is_kept_in_step_with_the_roster(stage: &Stage) -> Result<()> {
    let _alone = stage.incident_manager.lock().await;
    let given = [("IncidentManagerPrefix", "day"), ("IncidentManager", "auto")];
    let without = Box::pin(stage.system.lane("day", &given)).await?;
    without
        .ok("POST", "/contacts", &contact("dee", "Dee", 1, &channels("dee", &["+14255550178"])))
        .await?;
    // Without a replication set nothing happens, and nothing fails.
    let answer = reconcile(&without, false).await?;
    ensure!(answer["enabled"] == false && answer["failures"] == json!([]), "{answer}");
    let looked = without.invoke("incident-mirror", &json!({ "poll": true })).await?;
    ensure!(looked.is_ok(), "the look at open records fails: {looked:?}");
    let all = stage.system.engaged()?;
    ensure!(
        !all.keys().any(|alias| alias.starts_with("day-")),
        "an account without it has contacts"
    );

    stage.system.use_incident_manager(true)?;
    let given = [("IncidentManagerPrefix", "night"), ("IncidentManager", "auto")];
    let lane = Box::pin(stage.system.lane("night", &given)).await?;
    // Whatever is not ours stays as it is.
    let foreign = json!({ "Alias": "nightwatch", "Type": "PERSONAL", "DisplayName": "Night watch", "Plan": {} });
    stage.system.by_hand("CreateContact", foreign)?;
    let plan = json!({
        "name": "Once", "rounds": 1, "round_interval_minutes": 75,
        "steps": [{"after_minutes": 0, "targets": ["severity_team"]}]
    });
    lane.ok("POST", "/escalation-plans", &plan).await?;
    let name = "O'Brien (Ops), Dr.";
    let numbers = ["+14255550175", "+14255550176"];
    lane.ok("POST", "/contacts", &contact("pat", name, 1, &channels("pat", &numbers))).await?;
    lane.ok(
        "POST",
        "/contacts",
        &contact("quinn", "Quinn", 2, &channels("quinn", &["+14255550177"])),
    )
    .await?;
    let answer = reconcile(&lane, false).await?;
    ensure!(answer["failures"] == json!([]) && answer["enabled"] == true, "{answer}");
    let all = engaged(stage, |all| all.contains_key("night-contact-quinn")).await?;
    let pat = &all["night-contact-pat"];
    ensure!(pat["display_name"] == "OBrien Ops Dr.", "{pat}");
    ensure!(addresses(pat) == [&format!("pat{LANE_MAIL}"), numbers[0], numbers[1]], "{pat}");
    let arns = |contact: &Value, plan: bool| -> Vec<Value> {
        let list = if plan { &contact["plan"]["Stages"] } else { &contact["channels"] };
        let arn = |one: &Value| {
            let target = &one["Targets"][0]["ChannelTargetInfo"]["ContactChannelId"];
            if plan { target.clone() } else { one["ContactChannelArn"].clone() }
        };
        list.as_array().into_iter().flatten().map(arn).collect()
    };
    ensure!(arns(pat, true) == arns(pat, false), "the plan is not in order: {pat}");
    let stages = all["night-plan-once-high"]["plan"]["Stages"].clone();
    let minutes: Vec<_> =
        stages.as_array().into_iter().flatten().map(|s| s["DurationInMinutes"].clone()).collect();
    ensure!(minutes == [30, 30, 15], "{stages}");
    ensure!(stages[0]["Targets"].as_array().map(Vec::len) == Some(2), "{stages}");

    // The stream brings what changes.
    lane.ok("PATCH", "/contacts/quinn", &json!({ "name": "Quinn Q" })).await?;
    engaged(stage, |all| all["night-contact-quinn"]["display_name"] == "Quinn Q").await?;
    let fewer = json!({ "channels": [
        {"type": "sms", "address": numbers[1]},
        {"type": "email", "address": format!("new{LANE_MAIL}")}
    ] });
    lane.ok("PATCH", "/contacts/pat", &fewer).await?;
    let all = engaged(stage, |all| addresses(&all["night-contact-pat"]).len() == 2).await?;
    let kept = arns(&all["night-contact-pat"], true);
    let before = arns(pat, false);
    ensure!(kept == [before[2].clone(), before[0].clone()], "{kept:?} of {before:?}");

    // What somebody does by hand is shown by a dry run, and put back by the next.
    let arn = all["night-contact-quinn"]["arn"].clone();
    stage.system.by_hand("UpdateContact", json!({ "ContactId": arn, "DisplayName": "Boss" }))?;
    stage.system.by_hand("DeleteContactChannel", json!({ "ContactChannelId": kept[1] }))?;
    let drift = json!({
        "night-contact-pat": ["create_channel", "set_plan"], "night-contact-quinn": ["rename"]
    });
    let answer = reconcile(&lane, true).await?;
    ensure!(answer["drift"] == drift && answer["dry_run"] == true, "{answer}");
    ensure!(stage.system.engaged()?["night-contact-quinn"]["display_name"] == "Boss");
    let answer = reconcile(&lane, false).await?;
    ensure!(answer["drift"] == drift && answer["failures"] == json!([]), "{answer}");
    let answer = reconcile(&lane, false).await?;
    ensure!(answer["drift"] == json!({}), "{answer}");
    let inactive = answer["channels_not_activated"].as_array().map(Vec::len);
    ensure!(inactive == Some(4), "nobody has activated anything: {answer}");
    let standing = lane.ok("GET", "/incident-manager", &Value::Null).await?;
    ensure!(standing["last_sync"] == answer, "{standing}");

    activates(&lane).await?;

    // Throttling and a failure are come through, and what fails is said.
    stage.system.fail_outside("ssm-contacts", "ListContactChannels", "ThrottlingException", 4)?;
    lane.ok("PATCH", "/contacts/quinn", &json!({ "name": "Quinn R" })).await?;
    engaged(stage, |all| all["night-contact-quinn"]["display_name"] == "Quinn R").await?;

    // Who leaves goes, after every plan that mentions them.
    lane.ok("POST", "/contacts/quinn/offboard?allow_gaps=true&reason=test", &Value::Null).await?;
    let all = engaged(stage, |all| !all.contains_key("night-contact-quinn")).await?;
    let targets = &all["night-plan-once-high"]["plan"]["Stages"][0]["Targets"];
    ensure!(targets.as_array().map(Vec::len) == Some(1), "{targets}");
    ensure!(all["nightwatch"]["display_name"] == "Night watch", "what is not ours was touched");
    stage.system.use_incident_manager(false)?;
    let refused = stage.system.refused_outside()?;
    let ours: Vec<_> = refused.iter().filter(|refusal| !refusal.contains("SendVoice")).collect();
    ensure!(ours.is_empty(), "{ours:?}");
    Ok(())
}

/// A channel's owner reads a code and gives it back.
async fn activates(lane: &Lane) -> Result<()> {
    let path = "/contacts/quinn/channels/2/activation";
    let sent = lane.ok("POST", path, &json!({})).await?;
    ensure!(sent["status"] == "code_sent", "{sent}");
    let wrong = lane.ok("POST", path, &json!({ "code": "999999" })).await;
    ensure!(wrong.is_err_and(|error| error.to_string().contains("422")), "a wrong code was taken");
    let done = lane.ok("POST", path, &json!({ "code": "123456" })).await?;
    ensure!(done["status"] == "activated", "{done}");
    let answer = reconcile(lane, false).await?;
    ensure!(answer["channels_not_activated"].as_array().map(Vec::len) == Some(3), "{answer}");
    Ok(())
}
