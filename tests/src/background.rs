//! The process that `cargo local --detach` starts: it holds the system and the stand-in, and outlives the command.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use crate::home::Home;
use crate::progress::{complain, say};
use crate::waiting::block_until;

/// The argument by which the process is told from others, also from one that has got its id since.
pub(crate) const FLAG: &str = "--background";
/// How often the home is asked whether the story is told.
const LOOK: Duration = Duration::from_millis(100);
/// Longest wait for a process that was asked to end.
const END: Duration = Duration::from_secs(10);

/// This program once more, in a process group of its own; dropping it before its story is told ends it.
#[derive(Debug)]
pub struct Background {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
    told: bool,
}

impl Background {
    /// Starts this program with these arguments.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        let program = std::env::current_exe().context("this program cannot be found")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the command, which passes it on.
            .process_group(0)
            .spawn()
            .context("the background process does not start")?;
        let out = child.stdout.take().context("the background process has no output")?;
        let err = child.stderr.take().context("the background process has no output")?;
        let (out, err) = (BufReader::new(out).lines(), BufReader::new(err).lines());
        Ok(Self { child, out, err, told: false })
    }

    /// Passes on what it says until the story of the system in this home is told, and returns whether it went well.
    ///
    /// # Errors
    /// It has ended before that; it has said why.
    pub async fn told(&mut self, home: &Home) -> Result<bool> {
        let (mut out, mut err) = (true, true);
        let mut looks = tokio::time::interval(LOOK);
        while out || err {
            tokio::select! {
                line = self.out.next_line(), if out => match line? {
                    Some(line) => say(line),
                    None => out = false,
                },
                line = self.err.next_line(), if err => match line? {
                    Some(line) => complain(line),
                    None => err = false,
                },
                _ = looks.tick() => {
                    let state = home.state().filter(|state| state.background == self.child.id());
                    if let Some(well) = state.and_then(|state| state.went_well) {
                        self.pass_on_the_rest().await?;
                        self.told = true;
                        return Ok(well);
                    }
                }
            }
        }
        let status = self.child.wait().await?;
        self.told = true;
        bail!("the local system ended before its story was told ({status})");
    }

    /// What was said before the story was noted as told is in the pipes already.
    async fn pass_on_the_rest(&mut self) -> Result<()> {
        while let Ok(line) = tokio::time::timeout(LOOK, self.out.next_line()).await {
            let Some(line) = line? else { break };
            say(line);
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        block_until(END, || !matches!(self.child.try_wait(), Ok(None)));
    }
}
