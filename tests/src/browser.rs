//! A real browser: headless Chromium, driven by the scripts of `tests/browser/`.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::home::repository;

/// Longest wait for what the browser needs: a first installation of Chromium takes a minute or two.
const INSTALL: Duration = Duration::from_mins(20);
/// Longest wait for one script; the script's own limit is ten minutes.
const SCRIPT: Duration = Duration::from_mins(11);

static INSTALLED: OnceCell<()> = OnceCell::const_new();

/// Installs Chromium and the scripts' packages, once for a process.
async fn install() -> Result<()> {
    let install = Command::new(repository().join("tests/browser/install"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let end =
        tokio::time::timeout(INSTALL, install).await.context("installing takes too long")??;
    let said = String::from_utf8_lossy(&end.stderr);
    ensure!(end.status.success(), "what the browser needs cannot be installed: {said}");
    Ok(())
}

/// Opens a page on a screen as wide as a small phone's (360 px), and does these steps, each of which
/// must hold: what was seen at each.
///
/// # Errors
/// The first step that does not hold, and why.
pub async fn browse(url: &str, dark: bool, steps: &[Value]) -> Result<Value> {
    INSTALLED.get_or_try_init(install).await?;
    let script = json!({ "url": url, "width": 360, "height": 740, "dark": dark, "steps": steps });
    let mut child = Command::new("node")
        .arg(repository().join("tests/browser/drive.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("node does not start; the browser's scripts need Node 20 or later")?;
    let mut stdin = child.stdin.take().context("no way to hand the script over")?;
    stdin.write_all(script.to_string().as_bytes()).await?;
    drop(stdin);
    let end = tokio::time::timeout(SCRIPT, child.wait_with_output()).await;
    let end = end.context("the browser does not come to an end")??;
    let told = String::from_utf8_lossy(&end.stdout);
    let Ok(result) = serde_json::from_str::<Value>(&told) else {
        bail!("the browser says {told:?} and {:?}", String::from_utf8_lossy(&end.stderr));
    };
    match &result["failed"] {
        Value::Null => Ok(result["steps"].clone()),
        failed => {
            let step = failed["step"].as_u64().and_then(|step| usize::try_from(step).ok());
            let what = step.and_then(|step| steps.get(step.saturating_sub(1)));
            bail!("{url}: {}: {}", what.unwrap_or(&Value::Null), failed["why"])
        }
    }
}
