//! Who may call what.

use anyhow::{Result, ensure};

use crate::stage::{Stage, bystander};

/// A read, two reveals, an edit, an answer to an incident, and the erasure of a history. What gets
/// through to the API finds nothing there to change, hence 404.
const CALLS: [(&str, &str); 9] = [
    ("GET", "/contacts/cora-called"),
    ("GET", "/contacts/cora-called/channels"),
    ("GET", "/contacts/export"),
    ("DELETE", "/contacts/nobody"),
    ("POST", "/incidents/none/acknowledge"),
    ("POST", "/contacts/nobody/changes/erase"),
    // Paths that are one route to whoever judges them and another once they are parsed as a URL: they
    // lead nowhere, whoever calls.
    ("GET", "/contacts/cora-called%5Cchannels"),
    ("GET", "/contacts/export%23x"),
    ("POST", "/contacts/nobody/changes/erase%3F/offboard"),
];

pub(crate) async fn may_do_what_their_policy_says(stage: &Stage) -> Result<()> {
    stage.ok("POST", "/contacts", Some(&bystander("Cora Called"))).await?;
    for (kind, expected) in [
        ("Reader", [200, 403, 403, 403, 403, 403]),
        ("Editor", [200, 403, 403, 404, 403, 403]),
        ("Revealer", [200, 200, 200, 403, 403, 403]),
        ("Responder", [403, 403, 403, 403, 404, 403]),
        ("Administrator", [200, 200, 200, 404, 404, 404]),
    ] {
        let statuses = stage.system.as_caller(kind, &CALLS).await?;
        let (plain, odd) = statuses.split_at(expected.len());
        ensure!(plain == expected, "{kind}: {plain:?}, expected {expected:?}");
        ensure!(odd.iter().all(|status| [403, 404].contains(status)), "{kind}: {odd:?}");
    }
    stage.ok("DELETE", "/contacts/cora-called", None).await?;

    let roles = stage.ok("GET", "/roles", None).await?;
    ensure!(roles.as_array().map(Vec::len) == Some(7), "{roles}");
    ensure!(
        roles[0]["role"] == "incident_commander" && roles[0]["escalation_level"] == 1,
        "{roles}"
    );

    // Alive, for anybody, and no more than that.
    let (status, body) = stage.system.public_get_by_path("/health").await?;
    ensure!(status == 200 && body == r#"{"status":"ok"}"#, "{status} {body}");
    Ok(())
}
