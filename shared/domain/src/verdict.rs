//! What a finding leads to, decided from the policy and what the ledger knows of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Quiet};
use crate::id::IncidentId;
use crate::policy::Policy;
use crate::severity::Severity;

/// What the ledger knows of one finding, by its identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The incident it opened, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The highest severity people were paged for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paged: Option<Severity>,
    /// Whether the incident's escalation is known to have started.
    #[serde(default)]
    pub started: bool,
    /// How often it was delivered, by all routes.
    pub deliveries: u64,
    /// When it first came.
    pub first_at: Timestamp,
    /// When it last came.
    pub last_at: Timestamp,
}

/// Why a finding was recorded and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Less severe than the policy pages for.
    BelowThreshold,
    /// Made by "generate sample findings".
    Sample,
    /// Archived at its source.
    Archived,
    /// Suppressed in Security Hub.
    Suppressed,
    /// Marked as resolved in Security Hub.
    Resolved,
    /// Marked in Security Hub as handed on.
    Notified,
    /// A control that passed.
    Passed,
}

impl Reason {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BelowThreshold => "below_threshold",
            Self::Sample => "sample",
            Self::Archived => "archived",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
            Self::Notified => "notified",
            Self::Passed => "passed",
        }
    }
}

impl From<Quiet> for Reason {
    fn from(quiet: Quiet) -> Self {
        match quiet {
            Quiet::Sample => Self::Sample,
            Quiet::Archived => Self::Archived,
            Quiet::Suppressed => Self::Suppressed,
            Quiet::Resolved => Self::Resolved,
            Quiet::Notified => Self::Notified,
            Quiet::Passed => Self::Passed,
        }
    }
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Open a new incident and page its team.
    Open,
    /// The finding is known: count it.
    Repeat {
        /// The incident it opened.
        incident: IncidentId,
        /// Whether that incident's escalation must still be started: whoever opened it may have
        /// died in between.
        start: bool,
    },
    /// Count it, and page nobody.
    Record(Reason),
}

/// The verdict on `finding`, given what the ledger knows of it.
#[must_use]
pub fn decide(policy: &Policy, finding: &Finding, known: Option<&LedgerEntry>) -> Verdict {
    // An incident whose escalation has not started comes before everything: also before a later
    // copy of the finding that says "archived".
    if let Some(entry) = known
        && let Some(incident) = &entry.incident
        && (!entry.started || finding.quiet.is_none())
    {
        return Verdict::Repeat { incident: incident.clone(), start: !entry.started };
    }
    match finding.quiet {
        Some(quiet) => Verdict::Record(quiet.into()),
        None if finding.severity < policy.page_from => Verdict::Record(Reason::BelowThreshold),
        None => Verdict::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FindingIdentity, Route};
    use crate::incident_type::IncidentType;

    fn finding(severity: Severity, quiet: Option<Quiet>) -> Finding {
        Finding {
            identity: FindingIdentity::guardduty("x"),
            route: Route::GuardDuty,
            severity,
            incident_type: IncidentType::Malware,
            finding_type: String::new(),
            account: "111122223333".into(),
            region: "eu-central-1".into(),
            title: String::new(),
            description: String::new(),
            resource: None,
            console_link: String::new(),
            quiet,
        }
    }

    fn entry(incident: Option<&str>, started: bool) -> LedgerEntry {
        LedgerEntry {
            incident: incident.map(|id| id.parse().unwrap()),
            paged: None,
            started,
            deliveries: 1,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn verdicts() {
        let check = |severity, quiet, known: Option<LedgerEntry>, expected: Verdict| {
            let policy = Policy::default();
            assert_eq!(decide(&policy, &finding(severity, quiet), known.as_ref()), expected);
        };
        let repeat = |start| Verdict::Repeat { incident: "i".parse().unwrap(), start };
        check(Severity::Medium, None, None, Verdict::Open);
        check(Severity::Low, None, None, Verdict::Record(Reason::BelowThreshold));
        check(Severity::Critical, Some(Quiet::Sample), None, Verdict::Record(Reason::Sample));
        // Recorded before, grave now.
        check(Severity::High, None, Some(entry(None, false)), Verdict::Open);
        check(Severity::High, None, Some(entry(Some("i"), true)), repeat(false));
        // Opened by somebody who died before starting the escalation.
        check(Severity::High, None, Some(entry(Some("i"), false)), repeat(true));
        check(Severity::High, Some(Quiet::Archived), Some(entry(Some("i"), false)), repeat(true));
        let archived = Verdict::Record(Reason::Archived);
        check(Severity::High, Some(Quiet::Archived), Some(entry(Some("i"), true)), archived);
    }
}
