//! Lines for people: results on standard output, progress on standard error.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// How often a slow step says that it is still at it.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Writes one line to standard output. A reader that has gone away is no failure of ours.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes one line to standard error.
pub fn complain(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Progress on standard error, each line with the time since the beginning.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    began: Instant,
}

impl Progress {
    /// Begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self { began: Instant::now() }
    }

    /// Writes one line.
    pub fn note(&self, line: impl Display) {
        let elapsed = self.began.elapsed().as_secs_f64();
        complain(format_args!("[{elapsed:6.1} s] {line}"));
    }

    /// Says what is done, and again every ten seconds until it is.
    pub async fn step<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        self.step_with(what, || None, Box::pin(work)).await
    }

    /// Says what is done, and again every ten seconds how far it is, if that is known.
    pub async fn step_with<T>(
        &self,
        what: &str,
        standing: impl Fn() -> Option<String>,
        work: impl Future<Output = T>,
    ) -> T {
        self.note(what);
        let began = Instant::now();
        let mut work = std::pin::pin!(work);
        loop {
            if let Ok(end) = tokio::time::timeout(HEARTBEAT, &mut work).await {
                return end;
            }
            let seconds = began.elapsed().as_secs();
            let so_far = standing().map(|standing| format!(": {standing}")).unwrap_or_default();
            self.note(format!("  still at it after {seconds} s{so_far}"));
        }
    }
}
