//! The process at the other end of a connection, and its end.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// Kills the function that holds the other end of the connection from this address. Nothing but a
/// function's own process is ever killed.
pub(super) fn kill(from: SocketAddr) -> Result<()> {
    let pid = owner(from.port()).context("nobody is found at the other end of a connection")?;
    let line = std::fs::read(format!("/proc/{pid}/cmdline"))?;
    let program = line.split(|byte| *byte == 0).next().unwrap_or_default();
    ensure!(program.ends_with(b"bootstrap"), "process {pid} is no function");
    kill_process(Pid::from_raw(pid).context("no process id")?, Signal::KILL)?;
    Ok(())
}

/// The process that has a connection with this local port. Only Linux says so.
fn owner(port: u16) -> Option<i32> {
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let end = format!(":{port:04X}");
    let inode = table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let local = fields.get(1)?.ends_with(&end);
        local.then(|| fields.get(9).map(|inode| format!("socket:[{inode}]")))?
    })?;
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.find(|pid| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let mut links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        links.any(|link| link.to_str() == Some(&inode))
    })
}
