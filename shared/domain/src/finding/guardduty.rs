//! `GuardDuty Finding` as EventBridge delivers it: camelCase, nearly everything optional.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Category, Finding, FindingIdentity, Quiet, Route, classify, console, moment};
use crate::given::{Given, known};
use crate::severity::Severity;

type Optional<T> = Option<Given<T>>;

/// The `detail` of a `GuardDuty Finding` event. Only what a page cannot do without is required;
/// an optional field of an unexpected type is passed over.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a GuardDuty finding")]
pub struct GuardDutyFinding {
    account_id: String,
    arn: String,
    id: String,
    region: String,
    severity: f64,
    r#type: String,
    title: Optional<String>,
    description: Optional<String>,
    resource: Optional<Resource>,
    service: Optional<Service>,
    updated_at: Optional<String>,
    associated_attack_sequence_arn: Optional<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(rename = "resourceType")]
    kind: Optional<String>,
    instance_details: Optional<Instance>,
    access_key_details: Optional<AccessKey>,
    s3_bucket_details: Optional<Vec<Named>>,
    eks_cluster_details: Optional<Named>,
    lambda_details: Optional<Function>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    instance_id: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessKey {
    user_name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Function {
    function_name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    archived: Optional<bool>,
    additional_info: Optional<AdditionalInfo>,
    event_last_seen: Optional<String>,
    detection: Optional<Detection>,
}

#[derive(Clone, Debug, Deserialize)]
struct Detection {
    sequence: Optional<Sequence>,
}

#[derive(Clone, Debug, Deserialize)]
struct Sequence {
    signals: Optional<Vec<Given<Signal>>>,
}

/// What a sequence is made of: findings, and events that are no findings.
#[derive(Clone, Debug, Deserialize)]
struct Signal {
    uid: String,
    r#type: String,
}

#[derive(Clone, Debug, Deserialize)]
struct AdditionalInfo {
    sample: Optional<bool>,
    value: Optional<String>,
}

impl AdditionalInfo {
    /// Samples since 2022 carry the mark inside a JSON text as well, and `GetFindings` only there.
    fn sample(&self) -> bool {
        let inside = known(self.value.as_ref()).is_some_and(|value| {
            let dense: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            dense.contains("\"sample\":true")
        });
        inside || known(self.sample.as_ref()) == Some(&true)
    }
}

impl Resource {
    /// What the finding is about, most telling part first: in findings about an instance the access
    /// key is the attacker's means, in findings about a bucket the bucket is what was touched.
    fn words(&self) -> Option<String> {
        let kind = known(self.kind.as_ref())?;
        let bucket = known(self.s3_bucket_details.as_ref()).and_then(|list| list.first());
        let name = match kind.as_str() {
            "Instance" => known(self.instance_details.as_ref()).map(|i| i.instance_id.as_str()),
            "AccessKey" => known(self.access_key_details.as_ref()).map(|a| a.user_name.as_str()),
            "S3Bucket" => bucket.map(|b| b.name.as_str()),
            "EKSCluster" => known(self.eks_cluster_details.as_ref()).map(|e| e.name.as_str()),
            "Lambda" => known(self.lambda_details.as_ref()).map(|l| l.function_name.as_str()),
            _ => None,
        };
        Some(name.map_or_else(|| kind.clone(), |name| format!("{kind} {name}")))
    }
}

impl GuardDutyFinding {
    /// The findings it belongs with: the sequence it is part of, and what it is made of itself.
    fn related(&self) -> Vec<FindingIdentity> {
        let service = known(self.service.as_ref());
        let detection = service.and_then(|service| known(service.detection.as_ref()));
        let sequence = detection.and_then(|detection| known(detection.sequence.as_ref()));
        let signals = sequence.and_then(|sequence| known(sequence.signals.as_ref()));
        let findings = signals.into_iter().flatten().filter_map(Given::as_ref);
        let findings = findings.filter(|signal| signal.r#type == "FINDING");
        // A signal names a finding by its ARN, or by its id within the sequence's own detector.
        let (detector, _) = self.arn.split_once("/finding/").unwrap_or((&self.arn, ""));
        let identity = |uid: &str| {
            let arn = uid.starts_with("arn:").then(|| uid.to_owned());
            let arn = arn.unwrap_or_else(|| format!("{detector}/finding/{uid}"));
            FindingIdentity::guardduty(&arn)
        };
        let parent = known(self.associated_attack_sequence_arn.as_ref());
        let parent = parent.map(|arn| FindingIdentity::guardduty(arn));
        let own = FindingIdentity::guardduty(&self.arn);
        let related = parent.into_iter().chain(findings.map(|signal| identity(&signal.uid)));
        // Signals may name a finding twice.
        let related: BTreeSet<_> = related.filter(|identity| *identity != own).collect();
        related.into_iter().collect()
    }
}

impl From<GuardDutyFinding> for Finding {
    fn from(finding: GuardDutyFinding) -> Self {
        let service = known(finding.service.as_ref());
        let info = service.and_then(|service| known(service.additional_info.as_ref()));
        let archived = service.and_then(|service| known(service.archived.as_ref()));
        let quiet = if info.is_some_and(AdditionalInfo::sample) {
            Some(Quiet::Sample)
        } else if archived == Some(&true) {
            Some(Quiet::Archived)
        } else {
            None
        };
        let last_seen = moment(&[
            &service.and_then(|service| service.event_last_seen.clone()),
            &finding.updated_at,
        ]);
        let related = finding.related();
        let path = format!(
            "guardduty/home?region={}#/findings?macros=current&fId={}",
            finding.region, finding.id
        );
        Self {
            identity: FindingIdentity::guardduty(&finding.arn),
            route: Route::GuardDuty,
            severity: Severity::from_guardduty(finding.severity),
            incident_type: classify::guardduty(&finding.r#type),
            title: known(finding.title.as_ref()).unwrap_or(&finding.r#type).clone(),
            description: known(finding.description.as_ref()).cloned().unwrap_or_default(),
            resource: known(finding.resource.as_ref()).and_then(Resource::words),
            console_link: console(&finding.region, &path),
            finding_type: finding.r#type,
            account: finding.account_id,
            region: finding.region,
            quiet,
            last_seen,
            reported_at: None,
            related,
            drill: None,
            category: Category::Threat,
            exploited: false,
            details: Vec::new(),
            first_seen: None,
            updated_at: moment(&[&finding.updated_at]),
            count: None,
            asked: None,
        }
    }
}
