//! Escalation plans and the policy, edited by the API and followed by the real path.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::stage::{BOTH, Stage, bystander, pages};

const ACCOUNT: &str = "100000000013";

pub(crate) async fn are_kept_like_contacts_and_followed(stage: &Stage) -> Result<()> {
    let steps = json!([
        {"after_minutes": 0, "targets": ["contact:bruno-keller"]},
        {"after_minutes": 5, "targets": ["role:legal_counsel"], "channels": ["email"]}
    ]);
    let plan = json!({
        "name": "Penetration test", "incident_types": ["penetration_test"], "steps": steps,
        "rounds": 1, "round_interval_minutes": 10
    });
    let made = stage.ok("POST", "/escalation-plans", Some(&plan)).await?;
    ensure!(made["id"] == "penetration-test" && made["version"] == 1, "{made}");
    let path = "/escalation-plans/penetration-test";

    // The preview and the real path choose it for its type alone.
    let at = "at=2026-12-24T10:00:00Z&severity=high";
    let team = stage.ok("GET", &format!("/team?incident_type=penetration_test&{at}"), None).await?;
    ensure!(team["escalation_plan"] == "penetration-test", "{team}");
    ensure!(team["members"][0]["contact"] == "bruno-keller", "{team}");
    ensure!(team["members"].as_array().map(Vec::len) == Some(1), "{team}");
    let other = stage.ok("GET", &format!("/team?incident_type=malware&{at}"), None).await?;
    ensure!(other["escalation_plan"] == "default", "{other}");

    let mut event = stage.event("guardduty/high-crypto-mining.json", ACCOUNT)?;
    event["detail"]["type"] = json!("PenTest:IAMUser/KaliLinux");
    let incident = crate::stage::opened(&stage.system.send(&event).await?)?;
    let first = pages(["bruno-keller"], &BOTH);
    stage.expect(&incident, first.clone()).await?;
    stage.system.next_step(&incident).await?;
    let second = crate::stage::and(first, pages(["grace-mwangi"], &["email"]));
    stage.expect(&incident, second).await?;
    stage.resolve(&incident).await?;
    ensure!(
        stage.incident(&incident).await?["escalation_plan"]["id"] == "penetration-test",
        "the plan is kept"
    );

    // A plan that names nobody is refused, and so is the departure of whom a plan names.
    let nobody = json!({"steps": [{"after_minutes": 0, "targets": ["contact:nobody-here"]}]});
    let (status, problem) = stage.system.api("PATCH", path, Some(&nobody)).await?;
    ensure!(status == 409 && problem["gaps"][0]["code"] == "plan_contact_missing", "{problem}");
    stage.ok("POST", "/contacts", Some(&bystander("Nell Named"))).await?;
    let mut named = bystander("Lou Leaver");
    named["backup_contact"] = json!("nell-named");
    stage.ok("POST", "/contacts", Some(&named)).await?;
    let lou = json!({"steps": [{"after_minutes": 0, "targets": ["contact:lou-leaver"]}]});
    stage.ok("PATCH", path, Some(&lou)).await?;
    let (status, problem) = stage.system.api("DELETE", "/contacts/lou-leaver", None).await?;
    ensure!(
        status == 409 && problem["gaps"][0]["subject"]["escalation_plan"] == "penetration-test",
        "{problem}"
    );
    let departed = stage.ok("POST", "/contacts/lou-leaver/offboard", None).await?;
    ensure!(departed["escalation_plans"] == json!(["penetration-test"]), "{departed}");
    let mended = stage.ok("GET", path, None).await?;
    ensure!(mended["steps"][0]["targets"] == json!(["contact:nell-named"]), "{mended}");
    ensure!(mended["version"] == 3, "{mended}");

    let wrong = json!({"name": "x", "steps": [{"after_minutes": -1, "targets": ["everybody"]}]});
    let (status, problem) = stage.system.api("POST", "/escalation-plans", Some(&wrong)).await?;
    let fields: Vec<&Value> =
        problem["errors"].as_array().into_iter().flatten().map(|f| &f["field"]).collect();
    ensure!(
        status == 422 && fields == ["steps[0].after_minutes", "steps[0].targets[0]"],
        "{problem}"
    );
    let list = stage.ok("GET", "/escalation-plans?q=penetration", None).await?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    stage.ok("DELETE", path, None).await?;
    for id in ["lou-leaver", "nell-named"] {
        stage.ok("DELETE", &format!("/contacts/{id}"), None).await?;
    }
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?;
    ensure!(history["items"].as_array().map(Vec::len) == Some(4), "{history}");

    // What is built in can be read, replaced and had back.
    let built_in = stage.ok("GET", "/escalation-plans/default", None).await?;
    ensure!(built_in["version"] == 0, "{built_in}");
    let (status, problem) = stage.system.api("DELETE", "/escalation-plans/default", None).await?;
    ensure!(status == 409 && problem["type"] == "urn:muster:built-in-entry", "{status} {problem}");
    Ok(())
}

pub(crate) async fn an_acknowledged_incident_that_nobody_resolves_pages_again(
    stage: &Stage,
) -> Result<()> {
    let plan = json!({
        "name": "Traces removed", "incident_types": ["logging_tampering"],
        "steps": [{"after_minutes": 0, "targets": ["contact:chen-li"]}],
        "round_interval_minutes": 2, "acknowledgment_timeout_minutes": 1
    });
    stage.ok("POST", "/escalation-plans", Some(&plan)).await?;
    let mut event = stage.event("guardduty/high-crypto-mining.json", "100000000020")?;
    event["detail"]["type"] = json!("Stealth:IAMUser/CloudTrailLoggingDisabled");
    let incident = crate::stage::opened(&stage.system.send(&event).await?)?;
    let once = pages(["chen-li"], &BOTH);
    stage.expect(&incident, once.clone()).await?;
    stage.ok("POST", &format!("/incidents/{incident}/acknowledge"), None).await?;
    // Waits are shorter here, but what is on record has real times: this minute is a real one.
    stage.expect(&incident, crate::stage::and(once.clone(), once)).await?;
    let told = stage.incident(&incident).await?;
    ensure!(told["run"] == 2 && told["status"] == "open", "{told}");
    stage.resolve(&incident).await?;
    stage.ok("DELETE", "/escalation-plans/traces-removed", None).await.map(drop)
}

pub(crate) async fn an_organisation_is_told_beside_the_people(stage: &Stage) -> Result<()> {
    let firm = json!({
        "organization": "Retained Forensics", "type": "forensics", "contract_number": "C-42",
        "contact_email": "hotline@forensics.example.com", "contact_phone": "+14255550180"
    });
    stage.ok("POST", "/external-resources", Some(&firm)).await?;
    let plan = json!({
        "name": "Data out", "incident_types": ["data_exposure"],
        "rounds": 1, "round_interval_minutes": 60,
        "steps": [{
            "after_minutes": 0, "targets": ["contact:dara-novak", "external:retained-forensics"]
        }]
    });
    stage.ok("POST", "/escalation-plans", Some(&plan)).await?;
    let path = "/external-resources/retained-forensics";
    let (status, problem) = stage.system.api("DELETE", path, None).await?;
    let gaps = &problem["gaps"];
    ensure!(status == 409 && gaps.as_array().map(Vec::len) == Some(1), "{status} {problem}");
    ensure!(gaps[0]["code"] == "plan_resource_missing", "{problem}");
    let subject = json!({"type": "escalation_plan", "escalation_plan": "data-out"});
    ensure!(gaps[0]["subject"] == subject, "{problem}");
    let description = gaps[0]["description"].as_str().unwrap_or_default();
    ensure!(description.contains("retained-forensics"), "{problem}");

    let mut event = stage.event("guardduty/high-crypto-mining.json", "100000000022")?;
    event["detail"]["type"] = json!("Exfiltration:S3/AnomalousBehavior");
    let incident = crate::stage::opened(&stage.system.send(&event).await?)?;
    let both = crate::stage::and(
        pages(["dara-novak"], &BOTH),
        pages(["external:retained-forensics"], &["email"]),
    );
    stage.expect(&incident, both).await?;
    let messages = stage.system.messages().await?;
    let mail = messages.iter().find(|message| message.to == "hotline@forensics.example.com");
    let mail = mail.map(|message| message.text.as_str()).unwrap_or_default();
    ensure!(mail.contains("C-42") && mail.contains(&incident), "{mail}");
    // Neither a link nor anything of the finding leaves the house.
    ensure!(!mail.contains("/ack/") && !mail.contains("i-0a1b2c3d4e5f60718"), "{mail}");
    stage.resolve(&incident).await?;
    stage.ok("DELETE", "/escalation-plans/data-out", None).await?;
    stage.ok("DELETE", path, None).await.map(drop)
}

pub(crate) async fn a_first_step_waits_and_an_organization_alone_is_notified_alone(
    stage: &Stage,
) -> Result<()> {
    let firm = json!({
        "organization": "Standby Scrubbing", "type": "vendor",
        "contact_email": "desk@scrubbing.example.com"
    });
    stage.ok("POST", "/external-resources", Some(&firm)).await?;
    let plan = json!({
        "name": "Flood", "incident_types": ["service_disruption"],
        "rounds": 1, "round_interval_minutes": 60,
        "steps": [
            {"after_minutes": 1, "targets": ["external:standby-scrubbing"]},
            {"after_minutes": 5, "targets": ["contact:elif-aydin"]}
        ]
    });
    stage.ok("POST", "/escalation-plans", Some(&plan)).await?;

    let mut event = stage.event("guardduty/high-crypto-mining.json", "100000000023")?;
    event["detail"]["type"] = json!("Backdoor:EC2/DenialOfService.Dns");
    let team = stage.ok("GET", "/team?incident_type=service_disruption", None).await?;
    let notified = json!([{"resource": "standby-scrubbing", "channels": ["email"]}]);
    ensure!(team["after_minutes"] == 1 && team["members"] == json!([]), "{team}");
    ensure!(team["external_resources"] == notified, "{team}");
    let answer = stage.ok("POST", "/simulate", Some(&event)).await?;
    let course = answer[0]["steps"].as_array().cloned().unwrap_or_default();
    let minutes: Vec<_> = course.iter().filter_map(|turn| turn["after_minutes"].as_i64()).collect();
    ensure!(minutes == [1, 5, 61], "{answer}");
    ensure!(course[0]["external_resources"] == notified, "{answer}");
    ensure!(course[1]["pages"][0]["contact"] == "elif-aydin", "{answer}");

    let incident = crate::stage::opened(&stage.system.send(&event).await?)?;
    let alone = pages(["external:standby-scrubbing"], &["email"]);
    // What is on record has real times, so this minute is a real one. The stage would notice a commander.
    stage.expect(&incident, alone.clone()).await?;
    let told = stage.incident(&incident).await?;
    let at = |name: &str| told[name].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let timeline = told["timeline"].as_array().into_iter().flatten();
    let step = timeline
        .filter(|line| line["event"] == "step_started")
        .find_map(|line| line["at"].as_str());
    let step = step.and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let waited = at("opened_at").zip(step).map(|(opened, step)| step.duration_since(opened));
    ensure!(waited.is_some_and(|waited| waited.as_secs() >= 60), "{waited:?} {told}");
    stage.expect(&incident, crate::stage::and(alone, pages(["elif-aydin"], &BOTH))).await?;
    stage.resolve(&incident).await?;
    stage.ok("DELETE", "/escalation-plans/flood", None).await?;
    stage.ok("DELETE", "/external-resources/standby-scrubbing", None).await.map(drop)
}

pub(crate) async fn the_policy_can_be_changed_and_reset(stage: &Stage) -> Result<()> {
    // Of a branch: every other story lives by the policy of the main stack.
    let branch = stage.system.branch("policies").await?;
    let admin = branch.token("root", "admin")?;
    let call = async |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        branch.call(&admin, method, path, "application/json", body).await
    };
    let (_, built_in) = call("GET", "/policy", Value::Null).await?;
    ensure!(
        built_in["min_paging_severity"]["threats"] == "medium" && built_in["version"] == 0,
        "{built_in}"
    );
    let (status, changed) =
        call("PATCH", "/policy", json!({"min_paging_severity": "high"})).await?;
    ensure!(status == 200 && changed["version"] == 1, "{status} {changed}");
    ensure!(
        changed["min_paging_severity"]["threats"] == "high"
            && changed["max_escalation_level_high"] == 3,
        "{changed}"
    );
    let (status, problem) = call(
        "PUT",
        "/policy",
        json!({"max_escalation_level": 4, "max_escalation_level_high": 1, "version": 1}),
    )
    .await?;
    ensure!(
        status == 422 && problem["errors"][0]["field"] == "max_escalation_level_high",
        "{status} {problem}"
    );
    let (status, problem) = call("PUT", "/policy", json!({"version": 0})).await?;
    ensure!(
        status == 409 && problem["type"] == "urn:muster:version-conflict",
        "{status} {problem}"
    );
    let (_, team) = call("GET", "/team?severity=medium", Value::Null).await?;
    ensure!(team["would_page"] == false, "{team}");
    let (status, _) = call("DELETE", "/policy", Value::Null).await?;
    ensure!(status == 204, "{status}");
    let (_, again) = call("GET", "/policy", Value::Null).await?;
    ensure!(again == built_in, "what is built in holds again: {again}");
    // Made anew, it counts on: no copy of the first one passes for it.
    let (_, anew) = call("PUT", "/policy", json!({})).await?;
    ensure!(anew["version"] == 2, "{anew}");
    let (_, history) = call("GET", "/policy/changes", Value::Null).await?;
    ensure!(history["items"].as_array().map(Vec::len) == Some(3), "{history}");
    Ok(())
}
