//! The process at the other end of a connection, and its end.

use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// Whether a process that runs this program may be killed.
pub(super) type Guard = fn(&Path) -> bool;

/// Functions have this name on Lambda, and so in MiniStack's scratch folder. Nothing else has it.
pub(super) fn is_function(program: &Path) -> bool {
    program.file_name().is_some_and(|name| name == "bootstrap")
}

/// # Errors
/// This machine does not say which process a connection belongs to; only Linux does.
pub(super) fn can_be_found() -> Result<()> {
    have(Path::new("/proc/net/tcp"))
}

fn have(table: &Path) -> Result<()> {
    let there = table.exists();
    ensure!(there, "callers cannot be killed here: it takes {} to find them", table.display());
    Ok(())
}

/// The process at the other end of a connection. Only this machine's, and only IPv4.
pub(super) fn find(theirs: SocketAddr, ours: SocketAddr) -> Option<u32> {
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let ends = (written(theirs)?, written(ours)?);
    let inode = table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let found = (fields.next()?, fields.next()?) == (ends.0.as_str(), ends.1.as_str());
        // A connection whose owner is gone has inode 0.
        found.then(|| fields.nth(6)).flatten().filter(|inode| *inode != "0")
    })?;
    let socket = format!("socket:[{inode}]");
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.find(|pid| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let mut links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        links.any(|link| link.as_os_str().as_bytes() == socket.as_bytes())
    })
}

/// An end of a connection as the table has it: the address as the machine keeps it in memory, read as a
/// number of the machine's own byte order, and the port.
fn written(end: SocketAddr) -> Option<String> {
    let SocketAddr::V4(end) = end else { return None };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(end.ip().octets()), end.port()))
}

/// Kills that process, if it is one that may be.
///
/// # Errors
/// It may not be, or is gone.
pub(super) fn kill(pid: Option<u32>, guard: Guard) -> Result<()> {
    let pid = pid.context("nobody is found at the other end of the connection")?;
    let program = program(pid).with_context(|| format!("process {pid} is gone"))?;
    let other = pid != std::process::id();
    ensure!(other && guard(&program), "process {pid}, {}, is no function", program.display());
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("no process id")?;
    kill_process(pid, Signal::KILL).context("the caller cannot be killed")
}

/// What a process runs, by its command line: its file may have been replaced since.
fn program(pid: u32) -> Option<PathBuf> {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let first = line.split(|byte| *byte == 0).next().filter(|first| !first.is_empty())?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_called_bootstrap_is_a_function() {
        assert!(is_function(Path::new("/tmp/x/bootstrap")));
        assert!(!is_function(Path::new("/tmp/x/notbootstrap")));
        assert!(!is_function(Path::new("/tmp/bootstrap/python3")));
    }

    #[test]
    fn we_are_never_killed() {
        let error = kill(Some(std::process::id()), |_| true).unwrap_err().to_string();
        assert!(error.ends_with("is no function"), "{error}");
    }

    #[test]
    fn a_machine_without_the_table_is_told_so() {
        let error = have(Path::new("/nowhere/tcp")).unwrap_err().to_string();
        assert_eq!(error, "callers cannot be killed here: it takes /nowhere/tcp to find them");
    }
}
