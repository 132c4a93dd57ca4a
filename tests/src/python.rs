//! The virtual environment that MiniStack runs from, made once and used by every local system.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::process::Command;

use crate::home::{repository, shared};
use crate::progress::Progress;
use crate::waiting::pause;

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// MiniStack's program, installed first if need be.
///
/// # Errors
/// What is missing: Python, its `venv`, or a package.
pub(crate) async fn ministack(progress: &Progress) -> Result<PathBuf> {
    let dir = shared().join("venv");
    fs::create_dir_all(shared()).context("cannot make the directory .local")?;
    let lock = File::create(shared().join("venv.lock")).context("cannot make a lock file")?;
    // Another system may be making it just now.
    while lock.try_lock().is_err() {
        pause().await;
    }
    let program = dir.join("bin").join("ministack");
    let made_for = dir.join("made-for.txt");
    if fs::read_to_string(&made_for).is_ok_and(|text| text == REQUIREMENTS) && program.exists() {
        return Ok(program);
    }
    progress.step("installing MiniStack into .local/venv (once)", install(&dir)).await?;
    fs::write(made_for, REQUIREMENTS).context("cannot finish the virtual environment")?;
    Ok(program)
}

/// The models of AWS's services, which botocore brings along with MiniStack, whose program this is.
///
/// # Errors
/// They are not where they should be.
pub(crate) fn models(program: &Path) -> Result<PathBuf> {
    let venv = program.parent().and_then(Path::parent).context("MiniStack is in no directory")?;
    let versions = fs::read_dir(venv.join("lib")).context("the virtual environment is broken")?;
    let data = |version: fs::DirEntry| version.path().join("site-packages/botocore/data");
    let mut found = versions.flatten().map(data).filter(|data| data.is_dir());
    found.next().context("botocore has brought no models of AWS's services")
}

/// Makes a new RSA key with the environment's Python: PKCS #8, DER.
///
/// # Errors
/// Python does not start, or makes none.
pub(crate) async fn rsa_key() -> Result<Vec<u8>> {
    let script = repository().join("tests").join("ministack").join("rsa_key.py");
    let python = shared().join("venv").join("bin").join("python");
    let made = run(Command::new(python).arg(script)).await?;
    ensure!(made.status.success(), "Python makes no RSA key: {}", last_line(&made));
    STANDARD.decode(made.stdout.trim_ascii()).context("Python's RSA key cannot be read")
}

async fn install(dir: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(dir);
    let version =
        run(Command::new("python3").args(["-c", "import sys; print(sys.version_info >= (3, 10))"]))
            .await?;
    ensure!(
        version.stdout.starts_with(b"True"),
        "Python 3.10 or later is missing: `python3` is an older one"
    );
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(dir)).await?;
    if !made.status.success() {
        bail!("Python cannot make a virtual environment (its venv module): {}", last_line(&made));
    }
    let requirements = repository().join("tests").join("requirements.txt");
    let installed = run(Command::new(dir.join("bin").join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--no-input", "--require-hashes", "--requirement"])
        .arg(requirements))
    .await?;
    if !installed.status.success() {
        bail!("pip cannot install MiniStack: {}", last_line(&installed));
    }
    Ok(())
}

async fn run(command: &mut Command) -> Result<Output> {
    match command.kill_on_drop(true).output().await {
        Ok(output) => Ok(output),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("Python 3 is missing: install Python 3.10 or later, so that `python3` runs")
        }
        Err(error) => Err(error).context("Python does not start"),
    }
}

fn last_line(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&all);
    let errors = text.lines().filter(|line| line.starts_with("ERROR"));
    errors.chain(text.lines()).rfind(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}
