//! Releases as `infra/package` would write them, with the functions as they were built for the stories.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::functions::{architecture, build};
use crate::home::{Home, repository};
use crate::progress::Progress;
use crate::system::System;

/// What is published of `infra/` beside the functions.
const BESIDE: [&str; 4] =
    ["muster.yaml", "forwarder.yaml", "deploy-policy.json", "boundary-policy.json"];

impl System {
    /// A release with the functions as they were built for the stories; `version` makes its bytes its own.
    ///
    /// # Errors
    /// What cannot be built or written.
    pub async fn release(&self, version: &str) -> Result<PathBuf> {
        let mut release = Dist::new(version)?;
        for function in build(&Progress::begin()).await? {
            let zip = stripped(&release.dir, &function.program, version).await?;
            release.keep(&format!("{}-{}.zip", function.name, architecture()), &zip)?;
        }
        release.close(version)
    }

    /// A release without any function, to see what becomes of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn empty_release(&self, version: &str) -> Result<PathBuf> {
        Dist::new(version)?.close(version)
    }

    /// A release of a commit with another template than this clone's.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn release_of_another_commit(&self, version: &str) -> Result<PathBuf> {
        let mut release = Dist::new(version)?;
        release.infra.insert("muster.yaml", hex(b"another template")?);
        release.close(version)
    }
}

/// What infra/package would write.
struct Dist {
    dir: PathBuf,
    sums: String,
    infra: BTreeMap<&'static str, String>,
}

impl Dist {
    fn new(version: &str) -> Result<Self> {
        let dir = Home::of_this_process().scratch().join(format!("dist-{version}"));
        fs::create_dir_all(&dir)?;
        let beside = repository().join("infra");
        let sum = |name| Ok((name, hex(&fs::read(beside.join(name))?)?));
        Ok(Self {
            dir,
            sums: String::new(),
            infra: BESIDE.map(sum).into_iter().collect::<Result<_>>()?,
        })
    }

    fn keep(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        fs::write(self.dir.join(name), bytes)?;
        Ok(writeln!(self.sums, "{}  {name}", hex(bytes)?)?)
    }

    fn close(mut self, version: &str) -> Result<PathBuf> {
        let about = json!({
            "version": version, "commit": "0".repeat(40), "changed": false, "architectures": [architecture()],
            "infra": self.infra
        });
        self.keep("release.json", about.to_string().as_bytes())?;
        fs::write(self.dir.join("SHA256SUMS"), &self.sums)?;
        Ok(self.dir)
    }
}

/// The SHA-256 of these bytes, as `sha256sum` writes it.
fn hex(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// A program without what only a debugger reads, zipped.
async fn stripped(dist: &Path, program: &Path, version: &str) -> Result<Vec<u8>> {
    let small = dist.join("bootstrap.stripped");
    let strip = Command::new("strip").arg("-o").arg(&small).arg(program).status().await;
    ensure!(strip.context("strip does not start")?.success(), "strip fails");
    let bytes = fs::read(&small)?;
    fs::remove_file(small)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o755);
    writer.start_file("bootstrap", options)?;
    writer.write_all(&bytes)?;
    writer.set_comment(version)?;
    Ok(writer.finish()?.into_inner())
}
