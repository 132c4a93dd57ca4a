//! The one place where tests wait: they look for a state again and again, until an end that is far away.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Longest wait for a state. A machine with other work takes minutes for what an idle one does in a second, and a test
/// that passes waits no longer than the state takes to come.
pub const SOON: Duration = Duration::from_mins(5);
/// How long nothing is looked at in between.
const EVERY: Duration = Duration::from_millis(200);
/// The same, where the thread itself waits.
const BLOCKED: Duration = Duration::from_millis(20);

/// Asks until there is an answer, or until `limit` is over; then the last one that there was none.
///
/// # Errors
/// Those of `ask`.
pub async fn until<T>(
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<Option<T>> {
    let began = Instant::now();
    loop {
        let over = began.elapsed() > limit;
        let answer = ask().await?;
        if answer.is_some() || over {
            return Ok(answer);
        }
        pause().await;
    }
}

/// Blocks this thread until `state` holds, or until `limit` is over, and returns whether it holds. For places that
/// cannot await, such as the end of a value.
pub(crate) fn block_until(limit: Duration, mut state: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        let over = began.elapsed() > limit;
        if state() {
            return true;
        }
        if over {
            return false;
        }
        std::thread::sleep(BLOCKED);
    }
}

/// A moment in which nothing is asked.
pub(crate) async fn pause() {
    tokio::time::sleep(EVERY).await;
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn a_thread_waits_no_longer_than_the_state_takes() {
        let mut looks = 0;
        let third = || {
            looks += 1;
            looks == 3
        };
        assert!(block_until(SOON, third));
        assert_eq!(looks, 3);
        assert!(!block_until(Duration::ZERO, || false));
        // The state is looked at also when there is no time at all.
        assert!(block_until(Duration::ZERO, || true));
    }

    fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// A time that is long enough on one machine is too short on another. The wire delays calls on purpose.
    #[test]
    fn nothing_else_sleeps() {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = Vec::new();
        sources(tests, &mut all);
        let may = [tests.join("src/waiting.rs"), tests.join("src/wire")];
        all.retain(|path| !may.iter().any(|allowed| path.starts_with(allowed)));
        assert!(all.len() > 60, "{} sources", all.len());
        for path in all {
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains("time::sleep("),
                "{} waits for a time, not for a state",
                path.display()
            );
        }
    }
}
