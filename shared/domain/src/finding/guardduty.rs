//! `GuardDuty Finding` as EventBridge delivers it: camelCase, nearly everything optional.

use serde::Deserialize;

use super::{Finding, FindingIdentity, Quiet, Route, console};
use crate::given::{Given, known};
use crate::incident_type::IncidentType;
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
        let path = format!(
            "guardduty/home?region={}#/findings?macros=current&fId={}",
            finding.region, finding.id
        );
        Self {
            identity: FindingIdentity::guardduty(&finding.arn),
            route: Route::GuardDuty,
            severity: Severity::from_guardduty(finding.severity),
            incident_type: IncidentType::from_guardduty(&finding.r#type),
            title: known(finding.title.as_ref()).unwrap_or(&finding.r#type).clone(),
            description: known(finding.description.as_ref()).cloned().unwrap_or_default(),
            resource: known(finding.resource.as_ref()).and_then(Resource::words),
            console_link: console(&finding.region, &path),
            finding_type: finding.r#type,
            account: finding.account_id,
            region: finding.region,
            quiet,
        }
    }
}
