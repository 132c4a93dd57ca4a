//! Findings that were added to an incident after it opened, as the email and the page list them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::blocks::shown;
use super::{Block, capitalized, counted, minute};
use crate::value::severity::Severity;

/// Most findings that a message lists; the others are a number.
const MOST_LISTED: usize = 5;

/// A finding that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedLine {
    /// When it was added.
    pub at: Timestamp,
    /// What it is, in one line.
    pub text: String,
}

impl JoinedLine {
    /// Returns the line for a finding: severity, title, and resource.
    #[must_use]
    pub fn of(severity: Severity, title: &str, resource: Option<&str>, at: Timestamp) -> Self {
        let resource = resource.map(|resource| format!(" ({resource})")).unwrap_or_default();
        Self { at, text: format!("{}: {title}{resource}", capitalized(severity.name())) }
    }
}

/// The findings that were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// The number of all of them.
    pub count: u64,
    /// Some of them, the newest first.
    pub latest: Vec<JoinedLine>,
}

impl Joined {
    /// Returns `count` findings with the newest of `lines`; there are at least as many as there are lines.
    #[must_use]
    pub fn new(count: u64, mut lines: Vec<JoinedLine>) -> Self {
        let count = count.max(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        lines.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.text.cmp(&b.text)));
        lines.truncate(MOST_LISTED);
        Self { count, latest: lines }
    }

    /// Returns the sentence that says how many were added; nothing if none was.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let were = counted(self.count, "finding was", "findings were");
        let end = match u64::try_from(self.latest.len()) {
            Ok(listed) if listed == self.count => ":",
            Ok(1..) => ". The latest:",
            _ => ".",
        };
        (self.count > 0).then(|| format!("{were} added to this incident{end}"))
    }

    /// Returns the lines, each with its time.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.latest
            .iter()
            .map(|line| format!("{}: {}", minute(line.at), shown(&line.text)))
            .collect()
    }

    /// Returns the part of an email that lists them.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let Some(sentence) = self.sentence() else { return Vec::new() };
        let mut blocks = vec![Block::Head("Also in this incident"), Block::Text(sentence)];
        if !self.latest.is_empty() {
            blocks.push(Block::List(self.lines()));
        }
        blocks
    }
}
