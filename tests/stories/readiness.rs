//! Whether Muster can page, before it has to.

use anyhow::{Context as _, Result, ensure};
use rehearsal::refused;
use serde_json::Value;

use crate::stage::Stage;

pub(crate) async fn says_what_still_needs_somebody(stage: &Stage) -> Result<()> {
    let _alone = stage.incident_manager.lock().await;
    let report = stage.ok("GET", "/readiness", None).await?;
    let check = |part: &str| -> Result<&Value> {
        let mut checks = report["checks"].as_array().into_iter().flatten();
        checks
            .find(|check| check["component"] == part)
            .with_context(|| format!("no {part}: {report}"))
    };
    for part in
        ["roster_table", "incidents_table", "state_machine", "emergency_topic", "sender_identity"]
    {
        ensure!(check(part)?["status"] == "ready", "{report}");
    }
    // The stand-in for SNS says that the account is in the sandbox, as new accounts are.
    ensure!(check("sms")?["status"] == "action_required", "{report}");
    ensure!(report["checks"][0]["component"] == "sms", "what needs somebody comes first: {report}");
    // The local cloud has no Incident Manager, and Muster does not mind.
    ensure!(check("incident_manager")?["status"] == "disabled", "{report}");
    ensure!(report["ready"] == false, "{report}");
    let link = check("sms")?["console_url"].as_str().unwrap_or_default();
    ensure!(link.starts_with("https://us-east-1.console.aws.amazon.com/sns/"), "{report}");
    ensure!(
        check("roster_table")?["console_url"].is_null(),
        "what is ready needs no link: {report}"
    );
    Ok(())
}

pub(crate) async fn the_preflight_lists_what_lacks_in_order(stage: &Stage) -> Result<()> {
    let system = &stage.system;
    let said = system.script("preflight", &["--sender", "nobody@nowhere.example.com"]).await?;
    // In a fresh clone it installs what it needs, and says so.
    let quiet = said.error.lines().all(|line| line.contains("installing the pinned packages"));
    ensure!(!said.good && quiet, "{said:?}");
    let place =
        |words: &str| said.out.find(words).with_context(|| format!("no {words:?}: {said:?}"));
    ensure!(
        place("1. needed: sender identity")? < place("SMS sandbox: the account is in")?,
        "{said:?}"
    );
    place("https://us-east-1.console.aws.amazon.com/ses/home?region=us-east-1#/identities")?;
    place("Incident Manager")?;

    let stack = ["--sender", "muster@example.com", "--stack", "muster"];
    let known = system.script("preflight", &stack).await?;
    ensure!(known.out.contains("ok  sender identity"), "{known:?}");
    ensure!(known.out.contains("ok  subscriptions"), "{known:?}");
    let absent = ["--sender", "muster@example.com", "--stack", "muster-of-nobody"];
    let absent = system.script("preflight", &absent).await?;
    ensure!(!absent.good && absent.out.contains("subscriptions: it cannot be asked"), "{absent:?}");
    refused(
        &system.script("preflight", &["--sender", "Muster <m@example.com>"]).await?,
        "a bare e-mail address",
    )
}
