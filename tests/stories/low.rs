//! Findings that page nobody.

use anyhow::{Result, ensure};

use crate::stage::Stage;

const ACCOUNT: &str = "100000000004";

pub(crate) async fn is_recorded_and_pages_nobody(stage: &Stage) -> Result<()> {
    for (file, reason) in [
        ("guardduty/low-port-probe.json", "below_threshold"),
        ("guardduty/sample-critical.json", "sample"),
        ("guardduty/archived-high.json", "archived"),
        ("security-hub/control-passed.json", "passed"),
        ("security-hub/no-finding.json", "no_finding"),
    ] {
        let delivery = stage.system.send(&stage.event(file, ACCOUNT)?).await?;
        let decisions: Vec<_> = delivery.decisions().collect();
        ensure!(decisions.len() == 1, "{file}: {delivery:?}");
        ensure!(decisions[0].verdict == "recorded", "{file}: {delivery:?}");
        ensure!(decisions[0].reason.as_deref() == Some(reason), "{file}: {delivery:?}");
    }
    // That nothing was sent is seen when the curtain falls: no story expects it.
    let incidents = stage.system.incidents().await?;
    ensure!(incidents.iter().all(|incident| incident["account"] != ACCOUNT), "{incidents:?}");
    Ok(())
}
