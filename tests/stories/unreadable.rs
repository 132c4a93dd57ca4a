//! An event that cannot be read.

use anyhow::{Result, ensure};
use rehearsal::End;

use crate::stage::Stage;

pub(crate) async fn is_kept_whole_with_the_path_of_the_fault(stage: &Stage) -> Result<()> {
    for (file, path) in [
        ("guardduty/unreadable-severity.json", "detail.severity: expected f64"),
        ("guardduty/unreadable-no-account.json", "detail: missing field `accountId`"),
        (
            "security-hub/unreadable-no-label.json",
            "detail.findings[0].Severity: missing field `Label`",
        ),
    ] {
        let event = stage.event(file, "100000000010")?;
        let delivery = stage.system.send(&event).await?;
        let [answer] = delivery.answers.as_slice() else { anyhow::bail!("{delivery:?}") };
        let End::Failed(reason) = &answer.end else { anyhow::bail!("{answer:?}") };
        ensure!(reason == &format!("cannot read the event: {path}"), "{reason}");
        let kept = stage.system.failed_events().await?;
        ensure!(kept.iter().any(|failed| failed["requestPayload"] == event), "{file} is lost");
    }
    Ok(())
}
