//! Lines of an incident's timeline that are no sends, and the findings that they are about.

use jiff::Timestamp;
use muster_domain::finding::{Finding, FindingIdentity};
use muster_domain::incident::Actor;
use muster_domain::incident::event::EventType;
use muster_domain::value::severity::Severity;
use serde::{Deserialize, Serialize};

/// An event in an incident timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimelineEvent {
    /// Time of the event.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Type of the event.
    pub event: EventType,
    /// Actor of the event: a contact ID, the IAM ARN or token subject of a caller, or `Muster`.
    #[cfg_attr(feature = "schema", schema(example = "contact:ada-lovelace"))]
    pub by: String,
    /// Description in one sentence, without names, phone numbers, or email addresses.
    #[cfg_attr(feature = "schema", schema(example = "Ada Lovelace acknowledged the incident."))]
    pub message: String,
    /// Finding of the event. Omitted if the event is not about a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub finding: Option<Box<NamedFinding>>,
}

/// A finding in a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NamedFinding {
    /// Identity of the finding, independent of its source.
    pub identity: FindingIdentity,
    /// Severity of the finding.
    pub severity: Severity,
    /// Finding type of the product.
    #[cfg_attr(feature = "schema", schema(example = "Backdoor:EC2/C&CActivity.B"))]
    pub finding_type: String,
    /// Title, in one line.
    #[cfg_attr(feature = "schema", schema(example = "Command and control activity"))]
    pub title: String,
    /// Affected resource. Omitted if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, example = "i-0abcd1234ef567890"))]
    pub resource: Option<String>,
    /// URL of the finding in the AWS console.
    #[cfg_attr(
        feature = "schema",
        schema(example = "https://console.aws.amazon.com/securityhub/home")
    )]
    pub console_url: String,
}

impl TimelineEvent {
    /// What `by` did at this time.
    #[must_use]
    pub fn new(at: Timestamp, event: EventType, by: &Actor, text: &str) -> Self {
        Self { at, event, by: by.to_string(), message: text.to_owned(), finding: None }
    }

    /// Returns what Muster did at this time about `finding`.
    #[must_use]
    pub fn about(at: Timestamp, event: EventType, finding: &Finding, text: &str) -> Self {
        let finding = NamedFinding {
            identity: finding.identity.clone(),
            severity: finding.severity,
            finding_type: finding.finding_type.clone(),
            title: finding.title.clone(),
            resource: finding.resource.clone(),
            console_url: finding.console_url.clone(),
        };
        Self { finding: Some(Box::new(finding)), ..Self::new(at, event, &Actor::Muster, text) }
    }
}

/// Whether any finding but `identity` is active, by an incident's facts: on it, and not closed at its source since.
#[must_use]
pub(super) fn others_active(facts: &[TimelineEvent], identity: &FindingIdentity) -> bool {
    let mut last: std::collections::BTreeMap<&FindingIdentity, (Timestamp, bool)> =
        std::collections::BTreeMap::new();
    for fact in facts {
        let Some(finding) = &fact.finding else { continue };
        let active = fact.event != EventType::ClosedAtSource;
        let known = last.entry(&finding.identity).or_insert((fact.at, active));
        if fact.at >= known.0 {
            *known = (fact.at, active);
        }
    }
    last.into_iter().any(|(other, (_, active))| active && other != identity)
}

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
            TimelineEvent::about(at(1), EventType::Opened, &a, ""),
            TimelineEvent::about(at(2), EventType::FindingAdded, &b, ""),
            TimelineEvent::new(at(2), EventType::StepStarted, &Actor::Muster, ""),
        ];
        assert!(others_active(&facts, &a.identity));
        facts.insert(0, TimelineEvent::about(at(3), EventType::ClosedAtSource, &b, ""));
        assert!(!others_active(&facts, &a.identity));
        facts.push(TimelineEvent::about(at(4), EventType::ReopenedAtSource, &b, ""));
        assert!(others_active(&facts, &a.identity));
        assert!(!others_active(&[], &a.identity));
    }
}
