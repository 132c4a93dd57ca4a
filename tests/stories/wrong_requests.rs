//! Requests that are wrong.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::Stage;

pub(crate) async fn are_refused_and_say_why(stage: &Stage) -> Result<()> {
    let five = json!({
        "name": "", "roles": ["boss"], "time_zone": "Mars/Olympus", "escalation_level": 9,
        "channels": [{"type": "sms", "address": "555-0101"}, {"type": "email", "address": "a@example.com"}]
    });
    let (status, problem) = stage.system.api("POST", "/contacts", Some(&five)).await?;
    ensure!(status == 422, "{status} {problem}");
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    let fields: Vec<_> = faults.iter().filter_map(|fault| fault["field"].as_str()).collect();
    ensure!(
        fields == ["name", "roles[0]", "channels[0].address", "time_zone", "escalation_level"],
        "{fields:?}"
    );
    ensure!(faults.iter().all(|fault| fault["example"].is_string()), "{faults:?}");

    for (method, path, body, expected) in [
        ("GET", "/nothing", Vec::new(), 404),
        ("GET", "/contacts/nobody", Vec::new(), 404),
        ("GET", "/incidents/none", Vec::new(), 404),
        ("PATCH", "/contacts", b"{}".to_vec(), 405),
        ("POST", "/contacts", b"{\"name\":".to_vec(), 400),
        ("POST", "/contacts", vec![b' '; 256 * 1024 + 1], 413),
        ("GET", "/contacts?limit=1000", Vec::new(), 400),
        ("GET", "/contacts?cursor=none", Vec::new(), 400),
    ] {
        let (status, body) = stage.system.api_text(method, path, body).await?;
        ensure!(status == expected, "{method} {path} answers {status}: {body}");
        let problem: serde_json::Value = serde_json::from_str(&body)?;
        ensure!(problem["status"] == expected && problem["title"].is_string(), "{problem}");
    }

    // Without a signature the gateway lets nobody in.
    let contacts = format!("{}/contacts", stage.system.api_endpoint());
    ensure!(stage.system.public_get(&contacts).await?.0 == 403);
    Ok(())
}
