//! Whether Muster can page, before it has to.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::stage::Stage;

pub(crate) async fn says_what_still_needs_somebody(stage: &Stage) -> Result<()> {
    let _alone = stage.incident_manager.lock().await;
    let report = stage.ok("GET", "/readiness", None).await?;
    let check = |part: &str| -> Result<&Value> {
        let mut checks = report["checks"].as_array().into_iter().flatten();
        checks.find(|check| check["part"] == part).with_context(|| format!("no {part}: {report}"))
    };
    for part in
        ["roster_table", "incidents_table", "state_machine", "emergency_topic", "sender_identity"]
    {
        ensure!(check(part)?["standing"] == "ready", "{report}");
    }
    // The stand-in for SNS says that the account is in the sandbox, as new accounts are.
    ensure!(check("sms")?["standing"] == "needs_somebody", "{report}");
    ensure!(report["checks"][0]["part"] == "sms", "what needs somebody comes first: {report}");
    // The local cloud has no Incident Manager, and Muster does not mind.
    ensure!(check("incident_manager")?["standing"] == "off", "{report}");
    ensure!(report["ready"] == false, "{report}");
    Ok(())
}
