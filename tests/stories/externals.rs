//! Organizations that help, or must be told.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::Stage;

pub(crate) async fn are_kept_like_contacts_and_start_with_aws(stage: &Stage) -> Result<()> {
    let started = stage.ok("POST", "/external-resources/starters", None).await?;
    ensure!(started["created"].as_array().map(Vec::len) == Some(4), "{started}");
    let again = stage.ok("POST", "/external-resources/starters", None).await?;
    ensure!(again["existing"].as_array().map(Vec::len) == Some(4), "{again}");

    let regulator = json!({
        "organization": "Data Protection Authority", "type": "regulator",
        "contact_email": "breach@authority.example.org", "time_zone": "Europe/Berlin",
        "notification_obligations": [{"incident_types": ["data_exposure"], "within_hours": 72}]
    });
    let made = stage.ok("POST", "/external-resources", Some(&regulator)).await?;
    ensure!(made["id"] == "data-protection-authority" && made["version"] == 1, "{made}");
    ensure!(
        made["type"] == "regulator" && made["notification_obligations"][0]["within_hours"] == 72,
        "{made}"
    );
    let path = "/external-resources/data-protection-authority";
    let filled_in = json!({"contract_number": "C-2026-0042", "contact_phone": "+4930123456"});
    let patched = stage.ok("PATCH", path, Some(&filled_in)).await?;
    ensure!(patched["version"] == 2 && patched["type"] == "regulator", "{patched}");
    let read = stage.ok("GET", path, None).await?;
    ensure!(read == patched, "{read}");
    let list = stage.ok("GET", "/external-resources?limit=200", None).await?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(5), "{list}");
    let history = stage.ok("GET", &format!("{path}/changes"), None).await?;
    ensure!(history["items"].as_array().map(Vec::len) == Some(2), "{history}");

    let wrong = json!({"organization": "", "type": "friend", "fax": "1"});
    let (status, problem) = stage.system.api("POST", "/external-resources", Some(&wrong)).await?;
    let faults = problem["errors"].as_array().map_or(0, Vec::len);
    ensure!(status == 422 && faults >= 3, "{status} {problem}");
    stage.ok("DELETE", path, None).await.map(drop)
}
