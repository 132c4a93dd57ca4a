//! The functions as Lambda takes them: built by cargo, each zipped as `bootstrap`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::compiling::Compiling;
use crate::home::repository;
use crate::progress::Progress;

/// A function, ready to upload.
#[derive(Debug)]
pub(crate) struct Function {
    pub name: String,
    pub zip: Vec<u8>,
    /// Where cargo put it.
    pub program: PathBuf,
}

/// The part of cargo's messages that tells where a program is.
#[derive(Deserialize)]
struct Built {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// How the variables begin in which cargo tells a program of its own package.
const OF_A_PACKAGE: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_PACKAGE"];

/// Builds every function of the workspace.
///
/// The examples are named along with the programs because cargo then takes the very features that
/// it takes for `cargo test --workspace`, and compiles no dependency a second time.
///
/// # Errors
/// A failed build; cargo has said why on standard error.
pub(crate) async fn build(progress: &Progress) -> Result<Vec<Function>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let compiling = Compiling::begin(Path::new(&cargo), &repository()).await;
    let standing = || compiling.standing();
    progress.step_with("building the functions", standing, built(&cargo, &compiling)).await
}

async fn built(cargo: &OsStr, compiling: &Compiling) -> Result<Vec<Function>> {
    let mut build = Command::new(cargo);
    // What cargo told this program of its own package would look like a change to build scripts that read these
    // variables, ring's among them: it would be compiled again by each.
    for (name, _) in std::env::vars_os() {
        let of_package = |name: &str| OF_A_PACKAGE.iter().any(|begin| name.starts_with(begin));
        if name.to_str().is_some_and(of_package) {
            build.env_remove(name);
        }
    }
    let mut child = build
        .args(["build", "--workspace", "--bins", "--examples"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cargo does not start")?;
    let mut messages = String::new();
    let mut lines = BufReader::new(child.stdout.take().context("cargo says nothing")?).lines();
    while let Some(line) = lines.next_line().await? {
        compiling.read(&line);
        messages.push_str(&line);
        messages.push('\n');
    }
    let status = child.wait().await?;
    ensure!(status.success(), "the functions do not build; cargo says why above");
    let programs = programs(messages.as_bytes());
    ensure!(!programs.is_empty(), "cargo built no function");
    tokio::task::spawn_blocking(move || {
        let zipped = |(name, path): (String, PathBuf)| {
            let zip = zip(&path).with_context(|| format!("cannot zip {}", path.display()))?;
            Ok(Function { name, zip, program: path })
        };
        programs.into_iter().map(zipped).collect()
    })
    .await?
}

fn programs(messages: &[u8]) -> BTreeMap<String, PathBuf> {
    let lines = messages.split(|byte| *byte == b'\n');
    let built = lines.filter_map(|line| serde_json::from_slice::<Built>(line).ok());
    built
        .filter(|built| built.target.kind == ["bin"])
        .filter_map(|built| Some((built.target.name, built.executable?)))
        .collect()
}

/// Stored, not compressed: it goes no further than this machine.
fn zip(program: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(program)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len() + 1024)));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o755);
    writer.start_file("bootstrap", options)?;
    writer.write_all(&bytes)?;
    Ok(writer.finish()?.into_inner())
}

/// The host's processor, as the template and the zip files' names have it.
pub(crate) const fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_what_cargo_built_as_bins() {
        let messages = br#"{"reason":"compiler-artifact","target":{"name":"muster","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"pager","kind":["bin"]},"executable":"/t/debug/pager"}
{"reason":"compiler-artifact","target":{"name":"local","kind":["example"]},"executable":"/t/debug/examples/local"}
{"reason":"build-finished","success":true}
"#;
        let found = programs(messages);
        assert_eq!(found, BTreeMap::from([("pager".to_owned(), PathBuf::from("/t/debug/pager"))]));
    }
}
