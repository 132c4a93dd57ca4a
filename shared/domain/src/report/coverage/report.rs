//! The report for people: as a document, and as a message to the roster's owner.

use super::{CoverageGap, CoverageReport};
use crate::document::Document;
use crate::message::page::minute;
use crate::value::severity::Severity;

/// How many people, plans or channels the message to the owner names of each kind.
const MOST_TOLD: usize = 3;

impl CoverageReport {
    /// The report as a document.
    #[must_use]
    pub fn document(&self) -> Document {
        let subtitle = format!("What the incident response roster lacks, {}.", minute(self.at));
        let mut document = Document::new("Coverage report", subtitle);
        document.section("In numbers");
        let totals = &self.totals;
        let row = |name: &str, number: usize| vec![name.to_owned(), number.to_string()];
        document.table(
            "Totals",
            &["What", "How many"],
            vec![
                row("People", totals.contacts),
                row("Due for review", totals.review_due),
                row("Unconfirmed", totals.unconfirmed),
                row("Channels", totals.channels),
                row("Channels proven lately", totals.channels_verified),
                row("Channels that are dead", totals.channels_undeliverable),
                row("Roles that nobody fills", totals.roles_unfilled),
            ],
        );
        if self.gaps.is_empty() {
            document.notice("Nothing lacks.");
        }
        if self.omitted_count > 0 {
            document.notice(format!("{} more findings are not listed here.", self.omitted_count));
        }
        for severity in Severity::ALL.into_iter().rev() {
            let rows: Vec<_> =
                self.gaps.iter().filter(|f| f.severity == severity).map(row_of).collect();
            if rows.is_empty() {
                continue;
            }
            let title = format!("{}: {}", severity.shout(), rows.len());
            document.section(title);
            let head = ["About", "What lacks", "Why it matters", "What to do"];
            document.table(&format!("Findings, {}", severity.name()), &head, rows);
        }
        document
    }

    /// The message for the roster's owner: its subject, and a text with the gravest findings.
    #[must_use]
    pub fn summary(&self) -> (String, String) {
        let count = |severity: Severity| {
            self.totals.gaps.get(&severity).map(|n| format!("{n} {}", severity.name()))
        };
        let counts: Vec<_> = Severity::ALL.into_iter().rev().filter_map(count).collect();
        if counts.is_empty() {
            return ("Muster: the roster lacks nothing".to_owned(), "Nothing lacks.\n".to_owned());
        }
        let totals = &self.totals;
        let mut text = format!(
            "What the incident response roster lacks, {}: {}.\n\n{} people, {} due for review, {} \
             unconfirmed. {} of {} channels proven lately, {} dead.\n\n",
            minute(self.at),
            counts.join(", "),
            totals.contacts,
            totals.review_due,
            totals.unconfirmed,
            totals.channels_verified,
            totals.channels,
            totals.channels_undeliverable,
        );
        // Those of a kind together: hundreds of channels must not hide the one role.
        let mut kinds: Vec<Vec<&CoverageGap>> = Vec::new();
        for finding in &self.gaps {
            let same = |kind: &&mut Vec<&CoverageGap>| {
                kind.first()
                    .is_some_and(|f| (f.code, f.severity) == (finding.code, finding.severity))
            };
            match kinds.iter_mut().find(same) {
                Some(kind) => kind.push(finding),
                None => kinds.push(vec![finding]),
            }
        }
        for kind in &kinds {
            let Some(CoverageGap { severity, description: what, recommendation: todo, .. }) =
                kind.first()
            else {
                continue;
            };
            let about: Vec<_> = kind.iter().take(MOST_TOLD).map(|f| f.subject.words()).collect();
            let more = kind.len().saturating_sub(MOST_TOLD);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let what = if kind.len() == 1 { what.as_str() } else { kind_of(kind) };
            let line =
                format!("- {}: {}{more}: {what} {todo}\n", severity.shout(), about.join("; "));
            text.push_str(&line);
        }
        text.push_str("\nGET /coverage?format=html has all of it.\n");
        (format!("Muster: the roster lacks {} things", self.gaps.len() + self.omitted_count), text)
    }
}

/// What findings of a kind have in common.
fn kind_of<'a>(kind: &[&'a CoverageGap]) -> &'a str {
    match kind {
        [first, rest @ ..] if rest.iter().all(|f| f.description == first.description) => {
            &first.description
        }
        [first, ..] => first.impact,
        [] => "",
    }
}

fn row_of(finding: &CoverageGap) -> Vec<String> {
    vec![
        finding.subject.words(),
        finding.description.clone(),
        finding.impact.to_owned(),
        finding.recommendation.to_owned(),
    ]
}
