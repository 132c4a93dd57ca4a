//! Lines of an incident's timeline that are no sends, and the findings that they are about.

use jiff::Timestamp;
use muster_domain::finding::{Finding, FindingIdentity};
use muster_domain::incident::Actor;
use muster_domain::value::severity::Severity;
use serde::{Deserialize, Serialize};

/// A line of an incident's timeline that is no send: who did what, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// When.
    pub at: Timestamp,
    /// What, as one word: `opened`, `step`, `emergency`, `acknowledged`, `resolved`.
    pub what: String,
    /// Who: a contact's id, a caller's ARN or `Muster`.
    pub by: String,
    /// A sentence for people, without names, numbers or addresses.
    pub text: String,
    /// The finding it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Box<NamedFinding>>,
}

/// What names a finding on a timeline, and leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFinding {
    /// Which finding it is, the same by every route.
    pub identity: FindingIdentity,
    /// How severe it is.
    pub severity: Severity,
    /// The product's own type.
    pub finding_type: String,
    /// One line.
    pub title: String,
    /// What it is about, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Where a person looks at it.
    pub console_link: String,
}

impl Fact {
    /// What `by` did at this time.
    #[must_use]
    pub fn new(at: Timestamp, what: &str, by: &Actor, text: &str) -> Self {
        let (what, by, text) = (what.to_owned(), by.to_string(), text.to_owned());
        Self { at, what, by, text, finding: None }
    }

    /// Returns what Muster did at this time about `finding`.
    #[must_use]
    pub fn about(at: Timestamp, what: &str, finding: &Finding, text: &str) -> Self {
        let finding = NamedFinding {
            identity: finding.identity.clone(),
            severity: finding.severity,
            finding_type: finding.finding_type.clone(),
            title: finding.title.clone(),
            resource: finding.resource.clone(),
            console_link: finding.console_link.clone(),
        };
        Self { finding: Some(Box::new(finding)), ..Self::new(at, what, &Actor::Muster, text) }
    }
}

/// Whether any finding but `identity` is active, by an incident's facts: on it, and not closed at its source since.
#[must_use]
pub(super) fn others_active(facts: &[Fact], identity: &FindingIdentity) -> bool {
    let mut last: std::collections::BTreeMap<&FindingIdentity, (Timestamp, bool)> =
        std::collections::BTreeMap::new();
    for fact in facts {
        let Some(finding) = &fact.finding else { continue };
        let active = fact.what != CLOSED;
        let known = last.entry(&finding.identity).or_insert((fact.at, active));
        if fact.at >= known.0 {
            *known = (fact.at, active);
        }
    }
    last.into_iter().any(|(other, (_, active))| active && other != identity)
}

/// The word for a finding that its source reports closed.
pub(super) const CLOSED: &str = "closed_at_source";
/// The word for a finding that its source has reopened.
pub(super) const REOPENED: &str = "reopened_at_source";

#[cfg(test)]
mod tests {
    use muster_domain::value::incident_type::IncidentType;

    use super::*;

    #[test]
    fn what_is_closed_counts_until_it_is_reopened() {
        let finding = |name: &str| {
            let account = "111122223333".to_owned();
            let finding = Finding::assumed(Severity::High, IncidentType::Malware, account);
            Finding { identity: FindingIdentity::guardduty(name), ..finding }
        };
        let (a, b) = (finding("a"), finding("b"));
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut facts = vec![
            Fact::about(at(1), "opened", &a, ""),
            Fact::about(at(2), "attached", &b, ""),
            Fact::new(at(2), "step", &Actor::Muster, ""),
        ];
        assert!(others_active(&facts, &a.identity));
        facts.insert(0, Fact::about(at(3), CLOSED, &b, ""));
        assert!(!others_active(&facts, &a.identity));
        facts.push(Fact::about(at(4), REOPENED, &b, ""));
        assert!(others_active(&facts, &a.identity));
        assert!(!others_active(&[], &a.identity));
    }
}
