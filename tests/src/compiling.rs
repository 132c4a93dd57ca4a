//! What cargo is compiling, and about how long the rest takes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::process::Command;

/// The part of cargo's messages that says which package is done, and whether it had to be compiled.
#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    fresh: bool,
}

#[derive(Debug, Default)]
struct Seen {
    /// Packages that were there already.
    fresh: BTreeSet<String>,
    /// Packages that were compiled, the last of them last.
    compiled: Vec<String>,
}

/// A build that is under way.
#[derive(Debug)]
pub(crate) struct Compiling {
    /// How many packages there are; 0 if cargo does not say.
    packages: usize,
    began: Instant,
    seen: Mutex<Seen>,
}

impl Compiling {
    /// Begins now. Asks cargo how many packages the workspace has on this machine.
    pub(crate) async fn begin(cargo: &Path, workspace: &Path) -> Self {
        let tree = Command::new(cargo)
            .args(["tree", "--workspace", "--edges", "normal,build", "--prefix", "none"])
            .current_dir(workspace)
            .stdin(Stdio::null())
            .output()
            .await;
        let tree = tree.map(|output| output.stdout).unwrap_or_default();
        let packages = packages(&String::from_utf8_lossy(&tree));
        Self { packages, began: Instant::now(), seen: Mutex::default() }
    }

    /// Takes one line of cargo's messages.
    pub(crate) fn read(&self, line: &str) {
        let Ok(done) = serde_json::from_str::<Artifact>(line) else { return };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if done.fresh {
            seen.fresh.insert(done.package_id);
        } else if !seen.compiled.contains(&done.package_id) {
            seen.compiled.push(done.package_id);
        }
    }

    /// Says how far it is: `212 of 260 crates, muster-domain was the last; about 40 s left`.
    pub(crate) fn standing(&self) -> Option<String> {
        self.standing_after(self.began.elapsed())
    }

    fn standing_after(&self, elapsed: Duration) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (done, packages) = (seen.fresh.len() + seen.compiled.len(), self.packages);
        let left = packages.checked_sub(done).filter(|left| *left > 0)?;
        let Some(last) = seen.compiled.last().map(|id| name(id)) else {
            return Some(format!("{done} of {packages} crates"));
        };
        let each = elapsed.as_secs_f64() / f64::from(u32::try_from(seen.compiled.len()).ok()?);
        let rest = each * f64::from(u32::try_from(left).ok()?);
        Some(format!("{done} of {packages} crates, {last} was the last; about {rest:.0} s left"))
    }
}

/// How many packages a tree names. One that was named before has a mark, and stands for itself.
fn packages(tree: &str) -> usize {
    let named = tree.lines().map(|line| line.strip_suffix(" (*)").unwrap_or(line));
    named.collect::<BTreeSet<_>>().len()
}

/// The name in a package's ID: `registry+https://…#serde@1.0.228`, `path+file:///…/pager#muster-pager@0.1.0`, or
/// `path+file:///…/rehearsal#0.1.0`.
fn name(id: &str) -> &str {
    let (path, rest) = id.rsplit_once('#').unwrap_or(("", id));
    match rest.split_once('@') {
        Some((name, _)) => name,
        None => path.rsplit('/').next().unwrap_or(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiling(packages: usize, lines: &[&str]) -> Compiling {
        let build = Compiling { packages, began: Instant::now(), seen: Mutex::default() };
        for line in lines {
            build.read(line);
        }
        build
    }

    #[test]
    fn a_package_counts_once() {
        assert_eq!(packages("serde v1.0.228\njiff v1.0.2\nserde v1.0.228 (*)\n"), 2);
    }

    #[test]
    fn the_rest_takes_as_long_as_what_was_compiled() {
        let fresh =
            r#"{"reason":"compiler-artifact","package_id":"registry+x#a@1.0.0","fresh":true}"#;
        let pager = r#"{"reason":"compiler-artifact","package_id":"path+file:///w/pager#muster-pager@0.1.0","fresh":false}"#;
        let other = r#"{"reason":"compiler-artifact","package_id":"path+file:///w/rehearsal#0.1.0","fresh":false}"#;
        let minute = Duration::from_mins(1);
        let build = compiling(5, &[fresh, pager, pager, other, "no message"]);
        let expected = "3 of 5 crates, rehearsal was the last; about 60 s left";
        assert_eq!(build.standing_after(minute).as_deref(), Some(expected));
        // Nothing was compiled yet: there is nothing to reckon with.
        let begun = compiling(5, &[fresh]).standing_after(minute);
        assert_eq!(begun.as_deref(), Some("1 of 5 crates"));
        assert_eq!(compiling(1, &[pager]).standing_after(minute), None);
    }
}
