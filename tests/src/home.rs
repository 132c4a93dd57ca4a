//! Where a local system keeps its files, and what other commands need to know about it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::stack::Stack;
use crate::waiting::block_until;
use crate::{background, ministack};

/// The name of the file for IAM's decisions.
const DECISIONS: &str = "decisions.jsonl";
/// The name of the file that the process which holds the system has locked.
const LOCK: &str = "lock";
/// Longest wait until a process that was killed has let go of the lock.
const FREE: Duration = Duration::from_secs(5);
const ALREADY: &str = "a local system is up already; `cargo local down` ends it";

/// The repository this crate was built in.
#[must_use]
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// What every local system of this repository shares: the virtual environment, and the homes.
pub(crate) fn shared() -> PathBuf {
    repository().join(".local")
}

/// The directory of one local system. Systems with different homes do not disturb each other.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
}

/// A running system, as `system.json` has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// MiniStack's process, which leads a group with all the functions in it.
    pub pid: i32,
    pub access: Access,
    /// Absent until the stack is deployed.
    pub stack: Option<Stack>,
    /// The process that holds the system, if it runs in the background.
    #[serde(default)]
    pub background: Option<u32>,
    /// Absent until the story is told.
    #[serde(default)]
    pub went_well: Option<bool>,
}

/// How to reach MiniStack and sign for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Access {
    pub port: u16,
    pub secret: String,
}

impl Home {
    /// The system of `cargo local`.
    #[must_use]
    pub fn local() -> Self {
        Self { dir: shared() }
    }

    /// A system of this process's own, for tests.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self { dir: shared().join(format!("test-{}", std::process::id())) }
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.dir.join("tmp")
    }

    /// The log of MiniStack; it also has what the functions write.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.dir.join("ministack.log")
    }

    /// What IAM decided about roles, a line for each kind of call. `MUSTER_DECISIONS` names a file that outlives the
    /// system.
    #[must_use]
    pub fn decisions(&self) -> PathBuf {
        let kept = std::env::var_os("MUSTER_DECISIONS").map(PathBuf::from);
        kept.unwrap_or_else(|| self.dir.join(DECISIONS))
    }

    fn state_file(&self) -> PathBuf {
        self.dir.join("system.json")
    }

    /// Makes the directory and takes it for this process, until the file is dropped.
    pub(crate) fn take(&self) -> Result<File> {
        fs::create_dir_all(self.scratch())
            .with_context(|| format!("cannot make {}", self.dir.display()))?;
        let lock = File::create(self.dir.join(LOCK)).context("cannot make a lock file")?;
        match lock.try_lock() {
            Ok(()) if self.state().is_some_and(|state| ministack::runs(state.pid)) => {
                bail!(ALREADY)
            }
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => bail!(ALREADY),
            Err(TryLockError::Error(error)) => Err(error).context("cannot lock the lock file"),
        }
    }

    pub(crate) fn state(&self) -> Option<State> {
        serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()
    }

    /// Written for its owner only: the secret in it signs for everything.
    pub(crate) fn keep(&self, state: &State) -> Result<()> {
        let text = serde_json::to_vec_pretty(state)?;
        let write = || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(self.state_file())?.write_all(&text)
        };
        write().context("cannot write the state file")
    }

    /// Notes that the story of the system that runs here is told, for the command that waits for that.
    ///
    /// # Errors
    /// No system runs here, or the note cannot be written.
    pub fn note_told(&self, went_well: bool) -> Result<()> {
        let state = self.state().context("the local system was ended")?;
        self.keep(&State { went_well: Some(went_well), ..state })
    }

    /// Ends the system that runs here, if one does, and says whether one did.
    #[must_use]
    pub fn end(&self) -> bool {
        let state = self.state();
        // First, so that it does not find its system gone and clear the home of the next one.
        let holder = state.as_ref().and_then(|state| state.background);
        let holder = holder.and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = holder.filter(|pid| ministack::is(*pid, background::FLAG)) {
            ministack::end(pid);
            self.wait_until_free();
        }
        let running = state.filter(|state| ministack::runs(state.pid));
        if let Some(state) = &running {
            ministack::end(state.pid);
        }
        self.clear();
        running.is_some()
    }

    /// Returns when no process holds the lock, at the latest after a few seconds: the system frees the lock of a
    /// process that was killed, but not in the same instant.
    fn wait_until_free(&self) {
        let Ok(lock) = File::open(self.dir.join(LOCK)) else { return };
        block_until(FREE, || lock.try_lock().is_ok());
    }

    /// Removes what a system that has ended leaves behind; its log stays.
    pub(crate) fn clear(&self) {
        let _ = fs::remove_file(self.state_file());
        let _ = fs::remove_file(self.dir.join(DECISIONS));
        let _ = fs::remove_dir_all(self.scratch());
    }
}

/// Ends systems of tests that died without ending them, and removes their homes.
pub(crate) fn sweep() {
    let Ok(entries) = fs::read_dir(shared()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix("test-")?.parse().ok());
        let home = Home { dir: entry.path() };
        if owner.is_some_and(|owner| !ministack::alive(owner)) {
            let _ = home.end();
            let _ = fs::remove_dir_all(&home.dir);
        }
    }
}
