//! MiniStack as a process: started on a free port, ended with every function it runs.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use tokio::process::{Child, Command};

use crate::cloud::{ACCOUNT, KEY, REGION};
use crate::home::{Access, Home, repository};
use crate::waiting::{SOON, until};

/// How often another port is tried; somebody else may take a free one first.
const PORTS: usize = 3;

/// A running MiniStack; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Ministack {
    child: Child,
    pid: i32,
    pub access: Access,
}

/// What differs from one system to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// What each second between a state machine's tries takes, in seconds.
    pub wait_scale: f64,
    /// What each second between an escalation's steps takes, in seconds.
    pub step_scale: f64,
    /// The port where functions find SNS, if it is not MiniStack's own.
    pub sns: Option<u16>,
    /// The port where functions find what MiniStack lacks.
    pub outside: Option<u16>,
}

impl Ministack {
    pub(crate) async fn start(program: &Path, home: &Home, settings: Settings) -> Result<Self> {
        let mut last = None;
        for _ in 0..PORTS {
            match Self::start_once(program, home, settings).await {
                Ok(started) => return Ok(started),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("MiniStack was not tried")))
    }

    async fn start_once(program: &Path, home: &Home, settings: Settings) -> Result<Self> {
        let access = Access { port: free_port()?, secret: secret()? };
        let log = File::create(home.log()).context("cannot make MiniStack's log")?;
        let endpoint = |port| format!("http://127.0.0.1:{port}");
        let sns = settings.sns.unwrap_or(access.port);
        // An environment of its own: nothing of the user's AWS settings may reach the functions,
        // which inherit it.
        let mut command = Command::new(program.with_file_name("python"));
        command
            .arg(repository().join("tests").join("ministack").join("serve.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.scratch())
            .env("TMPDIR", home.scratch())
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("MUSTER_DECISIONS", home.decisions())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", access.port.to_string())
            .env("MINISTACK_HOST", "localhost")
            .env("MINISTACK_REGION", REGION)
            .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
            .env("AUTH", "true")
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", &access.secret)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ENDPOINT_URL", endpoint(access.port))
            .env("AWS_ENDPOINT_URL_SNS", endpoint(sns))
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("SFN_WAIT_SCALE", settings.wait_scale.to_string())
            .env("SFN_STEP_SCALE", settings.step_scale.to_string())
            .env("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.1")
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone().context("cannot open MiniStack's log")?)
            .stderr(log)
            .process_group(0);
        if let Some(port) = settings.outside {
            command.envs(crate::outside::ENDPOINTS.map(|name| (name, endpoint(port))));
        }
        // For whoever wants to see what becomes of a role without one of its statements.
        if let Some(left_out) = std::env::var_os("MUSTER_WITHOUT") {
            command.env("MUSTER_WITHOUT", left_out);
        }
        let child = command.spawn().context("MiniStack does not start")?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.context("MiniStack has no process id")?;
        let mut started = Self { child, pid, access };
        started.ready(home).await?;
        Ok(started)
    }

    async fn ready(&mut self, home: &Home) -> Result<()> {
        let url = format!("http://127.0.0.1:{}/_ministack/ready", self.access.port);
        let http = crate::cloud::http_client()?;
        let answers = until(SOON, async || {
            if let Some(status) = self.child.try_wait()? {
                let log = std::fs::read_to_string(home.log()).unwrap_or_default();
                let line = log.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
                bail!("MiniStack ended as it started ({status}): {line}");
            }
            if http.get(&url).send().await.is_ok_and(|reply| reply.status().is_success()) {
                return Ok(Some(()));
            }
            Ok(None)
        });
        let answers = answers.await?;
        let (limit, log) = (SOON.as_secs(), home.log());
        answers.with_context(|| format!("MiniStack did not answer in {limit} s: {}", log.display()))
    }

    pub(crate) const fn pid(&self) -> i32 {
        self.pid
    }

    /// Returns when it has ended, which it does not do by itself.
    pub(crate) async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        end(self.pid);
        // Reaped, or it would stay in the process table while we live.
        let _ = self.child.try_wait();
    }
}

/// Ends MiniStack and every function it runs. All its state is in memory and in our own scratch
/// directory, so there is nothing that a gentler end would save.
pub(crate) fn end(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Whether that process is there and is a MiniStack.
pub(crate) fn runs(pid: i32) -> bool {
    is(pid, "ministack")
}

/// Whether that process is there and has this word in its command line. Process ids are used again, so where the
/// system says what a process is, it is asked.
pub(crate) fn is(pid: i32, word: &str) -> bool {
    alive(pid)
        && std::fs::read(format!("/proc/{pid}/cmdline"))
            .map_or(true, |line| String::from_utf8_lossy(&line).contains(word))
}

/// Whether there is a process with that id.
pub(crate) fn alive(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Whoever knows it may do anything in the local cloud, so other users of the machine must not.
fn secret() -> Result<String> {
    let low = getrandom::u64().context("the machine has no randomness")?;
    let high = getrandom::u64().context("the machine has no randomness")?;
    Ok(format!("{high:016x}{low:016x}"))
}
