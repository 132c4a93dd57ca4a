//! A stack with a number to call from calls people.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{SOON, Sent, until};
use serde_json::json;

use crate::stage::{LANE_MAIL, Stage};

const FROM: &str =
    "arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef";
const ANSWERS: &str = "+14255550171";
const OPTED_OUT: &str = "+14255550172";

pub(crate) async fn calls_come_from_the_number_of_the_stack(stage: &Stage) -> Result<()> {
    let given = [("VoiceOriginationIdentity", FROM), ("ReconcileFindings", "false")];
    let lane = Box::pin(stage.system.lane("calls", &given)).await?;
    for (id, number) in [("ida", ANSWERS), ("otto", OPTED_OUT)] {
        let contact = json!({
            "id": id, "name": id, "roles": ["incident_commander"], "time_zone": "Europe/Oslo",
            "channels": [
                {"type": "voice", "address": number},
                {"type": "email", "address": format!("{id}{LANE_MAIL}")}
            ]
        });
        lane.ok("POST", "/contacts", &contact).await?;
    }
    stage.system.opt_out(OPTED_OUT)?;
    lane.deliver(&stage.event("guardduty/high-crypto-mining.json", "100000000041")?).await?;
    let id = until(SOON, async || Ok(lane.incidents("100000000041").await?.pop())).await?;
    let id = id.context("no incident opened")?;
    let send = |contact: &str, channel: &str, state: &str| Sent {
        contact: contact.to_owned(),
        channel: channel.to_owned(),
        state: state.to_owned(),
    };
    let wanted = [
        send("ida", "email", "sent"),
        send("ida", "voice", "sent"),
        send("otto", "email", "sent"),
        send("otto", "voice", "failed"),
    ];
    let mut last = Vec::new();
    let settled = until(SOON, async || {
        last = lane.sends(&id).await?;
        Ok((last == wanted).then_some(()))
    });
    let settled = settled.await?.is_some();
    ensure!(settled, "{last:?}");
    let [(from, said)] = stage
        .system
        .calls_to(ANSWERS)?
        .try_into()
        .map_err(|calls| anyhow::anyhow!("one call was expected: {calls:?}"))?;
    ensure!(from == FROM && said.contains("High severity: malware"), "{from}: {said}");
    ensure!(said.contains("ending in 0 0 4 1") && !said.contains("http"), "{said}");
    lane.ok("POST", &format!("/incidents/{id}/resolve"), &serde_json::Value::Null).await?;
    // What makes connections at the start is meant to be refused; nothing else may be.
    let refused = stage.system.refused_outside()?;
    let ours: Vec<_> = refused.iter().filter(|refusal| !refusal.contains("SendVoice")).collect();
    ensure!(ours.is_empty(), "{ours:?}");
    Ok(())
}
