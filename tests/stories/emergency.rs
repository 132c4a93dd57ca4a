//! What pages nobody is said on the emergency topic: by the pager if nobody is there, by the responder if the escalation
//! cannot begin, and by the escalation itself if the pager fails for good.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Fault, Kind, Lane, SOON, until};

use crate::stage::{EMERGENCY_PHONE, Stage};

async fn said(lane: &Lane, part: &str) -> Result<()> {
    let heard = async || {
        let all = lane.heard().await?;
        Ok(all.iter().any(|message| message.contains(part)).then_some(()))
    };
    let heard = until(SOON, heard).await?;
    heard.with_context(|| format!("the emergency topic was not told {part:?}"))
}

pub(crate) async fn what_pages_nobody_is_said_where_the_owner_hears_it(
    stage: &Stage,
) -> Result<()> {
    let given = [("EmergencyPhone", EMERGENCY_PHONE)];
    let lane = Box::pin(stage.system.lane("muster-empty", &given)).await?;
    let file = "guardduty/high-crypto-mining.json";
    lane.deliver(&stage.event(file, "100000000058")?).await?;
    said(&lane, "100000000058").await?;
    lane.wire.arm(Fault::always("states:StartExecution", Kind::Fail))?;
    lane.deliver(&stage.event(file, "100000000059")?).await?;
    said(&lane, "100000000059").await?;
    lane.wire.disarm();
    let fault = Fault::always("dynamodb:Query", Kind::Fail);
    lane.wire.arm(Fault { holding: "delivery#".to_owned(), ..fault })?;
    lane.deliver(&stage.event(file, "100000000060")?).await?;
    said(&lane, "Muster stopped paging").await?;
    lane.wire.disarm();
    // A phone rings for each, and shows nothing of a finding on its lock screen.
    let texts = lane.texts(EMERGENCY_PHONE).await?;
    for part in [
        "MUSTER EMERGENCY: incident ",
        "Muster cannot page. Read the email",
        "Muster stopped paging",
    ] {
        ensure!(texts.iter().any(|text| text.contains(part)), "no text {part:?}: {texts:?}");
    }
    // One part of 160 characters, with what SNS puts before a topic's text.
    let long = texts.iter().find(|text| text.chars().count() > 148);
    ensure!(long.is_none(), "a text of several parts: {long:?}");
    let finding = |text: &String| text.contains("account") || text.contains("malware");
    ensure!(!texts.iter().any(finding), "a text says what the finding says: {texts:?}");
    Ok(())
}
