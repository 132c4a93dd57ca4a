//! A stream's records replayed, out of order and poisoned, by AWS's own rules.

use anyhow::{Result, ensure};
use rehearsal::record;
use serde_json::{Value, json};

use crate::stage::{LANE_MAIL, Stage};

pub(crate) async fn a_poison_record_holds_nobody_up_and_is_reported(stage: &Stage) -> Result<()> {
    let _alone = stage.incident_manager.lock().await;
    stage.system.use_incident_manager(true)?;
    let given = [("IncidentManagerPrefix", "shard"), ("IncidentManager", "auto")];
    let lane = Box::pin(stage.system.lane("shard", &given)).await?;
    // Somebody has made something else by hand under the name that one of ours would have.
    let taken = json!({ "Alias": "shard-contact-bad", "Type": "ESCALATION", "Plan": {} });
    stage.system.by_hand("CreateContact", taken)?;
    for id in ["amy", "bad", "cal"] {
        let contact = json!({
            "id": id, "name": id, "roles": ["security_analyst"], "time_zone": "Europe/Oslo",
            "channels": [
                {"type": "email", "address": format!("{id}{LANE_MAIL}")},
                {"type": "voice", "address": "+14255550179"}
            ]
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    let of =
        |number: usize, id: &str| record(number, &format!("contact#{id}"), "contact", &json!({}));
    let batch = [of(1, "amy"), of(2, "bad"), of(3, "cal")];
    let fed = lane.feed("incident-manager-sync", &batch, 2).await?;
    let expected = vec![vec![format!("{:021}", 2), format!("{:021}", 3)]];
    ensure!((fed.calls, &fed.abandoned) == (3, &expected), "{fed:?}");
    // What came after it in its batch was done all the same.
    let all = stage.system.engaged()?;
    for id in ["amy", "cal"] {
        let contact = &all[&format!("shard-contact-{id}")];
        ensure!(contact["channels"].as_array().map(Vec::len) == Some(2), "{contact}");
    }
    let report = lane.invoke("incident-manager-sync", &json!({ "reconcile": true })).await?;
    let report = report.map_err(|error| anyhow::anyhow!(error))?;
    let first = &report["failures"][0];
    ensure!(first["alias"] == "shard-contact-bad", "{report}");
    ensure!(first["code"] == "ConflictException", "{report}");

    // Replayed, twice, in any order, and with what nobody can read: the same state.
    let before = json!(stage.system.engaged()?);
    let strange = record(7, "contact#No Id", "contact", &Value::Null);
    let batch = [of(6, "cal"), strange, of(4, "amy"), of(5, "cal"), of(4, "amy")];
    let fed = lane.feed("incident-manager-sync", &batch, 2).await?;
    ensure!(fed.abandoned.is_empty() && fed.calls == 1, "{fed:?}");
    ensure!(json!(stage.system.engaged()?) == before, "a replay has changed something");

    // A call that fails is come through by the next try.
    stage.system.fail_outside("ssm-contacts", "GetContact", "AccessDeniedException", 1)?;
    let fed = lane.feed("incident-manager-sync", &[of(8, "amy")], 2).await?;
    ensure!(fed.abandoned.is_empty() && fed.calls == 2, "{fed:?}");
    stage.system.use_incident_manager(false)
}

pub(crate) async fn what_cannot_be_read_is_not_told_and_the_rest_is(stage: &Stage) -> Result<()> {
    let lane = Box::pin(stage.system.lane("teller", &[("ReconcileFindings", "false")])).await?;
    let image = |text: &str| {
        json!({
            "pk": {"S": "incident#20261123-0000000000"}, "sk": {"S": "event#opened"},
            "at": {"S": "2026-11-23T03:00:00Z"}, "event": {"S": text}, "by": {"S": "Muster"}
        })
    };
    // A fact without its text, and one of an incident that is gone.
    let pk = "incident#20261123-0000000000";
    let mut whole = image("opened");
    whole["message"] = json!({ "S": "Opened." });
    let batch: [Value; 2] =
        [record(1, pk, "event#opened", &image("opened")), record(2, pk, "event#opened", &whole)];
    let fed = lane.feed("announcer", &batch, 2).await?;
    ensure!(fed.calls == 1 && fed.abandoned.is_empty(), "{fed:?}");
    Ok(())
}
