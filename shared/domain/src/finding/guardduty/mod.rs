//! `GuardDuty Finding` as EventBridge delivers it: camelCase, nearly everything optional.

mod actor;
mod place;
mod sequence;

use serde::Deserialize;

pub(super) use actor::actor;
pub(super) use sequence::{sequence_details, signals};

use super::console::guardduty_link;
use super::lines::Lines;
use super::tree::Tree;
use super::{Finding, FindingIdentity, FindingSource, InactiveReason, classify, scan};
use crate::value::category::Category;
use crate::value::severity::Severity;

/// The `detail` of a `GuardDuty Finding` event. Only what a page cannot do without is required; an
/// optional field of an unexpected type is passed over.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a GuardDuty finding")]
pub struct GuardDutyFinding {
    account_id: String,
    arn: String,
    id: String,
    region: String,
    severity: f64,
    r#type: String,
    #[serde(default)]
    title: Tree,
    #[serde(default)]
    description: Tree,
    #[serde(default)]
    resource: Tree,
    #[serde(default)]
    service: Tree,
    #[serde(default)]
    updated_at: Tree,
    #[serde(default)]
    associated_attack_sequence_arn: Tree,
}

impl GuardDutyFinding {
    /// Returns the findings that it belongs with: the sequence it is part of, those that it is made of
    /// itself, and the scans that found the same objects.
    fn related(&self) -> Vec<FindingIdentity> {
        let parent = self.associated_attack_sequence_arn.as_text();
        let parent = parent.map(|arn| FindingIdentity::guardduty(&arn));
        // A signal names a finding by its ARN, or by its id within the sequence's own detector.
        let (detector, _) = self.arn.split_once("/finding/").unwrap_or((&self.arn, ""));
        let signals = signals(self.service.at("detection/sequence"), |uid, _| {
            let arn = uid.starts_with("arn:").then(|| uid.to_owned());
            let arn = arn.unwrap_or_else(|| format!("{detector}/finding/{uid}"));
            FindingIdentity::guardduty(&arn)
        });
        let scans = scan::scans_of(&self.r#type, &self.account_id, &self.resource);
        let own = FindingIdentity::guardduty(&self.arn);
        own.others(parent.into_iter().chain(signals).chain(scans))
    }
}

/// Returns why a finding with this `service` is nothing to act on, if it is not.
pub(super) fn quiet(service: &Tree) -> Option<InactiveReason> {
    if is_sample(service) {
        Some(InactiveReason::Sample)
    } else if service.is_true("archived") {
        Some(InactiveReason::Archived)
    } else {
        None
    }
}

/// Whether "generate sample findings" made it. Samples since 2022 carry the mark inside a JSON text as
/// well, and `GetFindings` only there.
fn is_sample(service: &Tree) -> bool {
    let info = service.at("additionalInfo");
    let inside = info.text("value").or_else(|| info.as_text()).is_some_and(|value| {
        let dense: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        dense.contains("\"sample\":true")
    });
    inside || info.is_true("sample")
}

impl From<GuardDutyFinding> for Finding {
    fn from(finding: GuardDutyFinding) -> Self {
        let GuardDutyFinding { resource, service, .. } = &finding;
        let mut lines = Lines::default();
        lines.append(place::place(resource));
        lines.append(sequence_details(service.at("detection/sequence")));
        lines.append(actor::threats(service));
        lines.append(actor::identities(resource));
        lines.append(actor(service));
        let incident_type = classify::guardduty(&finding.r#type);
        Self {
            identity: FindingIdentity::guardduty(&finding.arn),
            source: FindingSource::GuardDuty,
            severity: Severity::from_guardduty(finding.severity),
            incident_type,
            category: Category::Threat,
            exploited: false,
            title: finding.title.as_text().unwrap_or_else(|| finding.r#type.clone()),
            description: finding.description.as_text().unwrap_or_default(),
            resource: place::headline(resource, service),
            console_url: guardduty_link(&finding.region, &finding.id),
            inactive_reason: quiet(service),
            first_seen_at: service.time("eventFirstSeen"),
            last_seen_at: service.time("eventLastSeen").or_else(|| finding.updated_at.as_time()),
            updated_at: finding.updated_at.as_time(),
            count: service.count("count"),
            related_findings: finding.related(),
            details: lines.into_details(),
            reported_at: None,
            custom_action: None,
            drill: None,
            finding_type: finding.r#type,
            account: finding.account_id,
            region: finding.region,
        }
        .cleaned()
    }
}
