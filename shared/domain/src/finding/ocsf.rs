//! `Findings Imported V2`: findings of the unified Security Hub, in OCSF.

use jiff::Timestamp;
use serde::Deserialize;

use super::classify::{self, OcsfFacts, OcsfVulnerability};
use super::{Finding, FindingIdentity, Quiet, Route, UNKNOWN_REGION, console};
use crate::given::{Given, known};
use crate::severity::Severity;

type Optional<T> = Option<Given<T>>;

/// `activity_id` of a finding that was closed (OCSF, Findings category).
const CLOSED: i64 = 3;
/// `compliance.status_id` of a control that passed (OCSF, Compliance object).
const PASS: i64 = 1;

/// One finding in OCSF. Only what a page cannot do without is required.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "a finding in OCSF")]
pub struct OcsfFinding {
    finding_info: FindingInfo,
    metadata: Metadata,
    cloud: Cloud,
    severity_id: i64,
    status_id: Optional<i64>,
    activity_id: Optional<i64>,
    class_uid: Optional<i64>,
    compliance: Optional<Compliance>,
    vulnerabilities: Optional<Vec<Given<OcsfVulnerability>>>,
    resources: Optional<Vec<Resource>>,
}

#[derive(Clone, Debug, Deserialize)]
struct FindingInfo {
    uid: String,
    title: Optional<String>,
    desc: Optional<String>,
    types: Optional<Vec<String>>,
    /// Milliseconds since 1970.
    last_seen_time: Optional<i64>,
    modified_time: Optional<i64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    product: Product,
}

#[derive(Clone, Debug, Deserialize)]
struct Product {
    uid: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Cloud {
    account: Account,
    region: Optional<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Account {
    uid: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Compliance {
    status_id: Optional<i64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Resource {
    r#type: Optional<String>,
    uid: Optional<String>,
    region: Optional<String>,
}

impl OcsfFinding {
    fn quiet(&self) -> Option<Quiet> {
        let compliance = known(self.compliance.as_ref());
        match known(self.status_id.as_ref()) {
            Some(3) => return Some(Quiet::Suppressed),
            Some(4) => return Some(Quiet::Resolved),
            Some(5) => return Some(Quiet::Archived),
            _ => {}
        }
        if known(self.activity_id.as_ref()) == Some(&CLOSED) {
            return Some(Quiet::Resolved);
        }
        let passed = compliance.and_then(|c| known(c.status_id.as_ref())) == Some(&PASS);
        passed.then_some(Quiet::Passed)
    }

    fn class(&self) -> classify::Class {
        let vulnerabilities = known(self.vulnerabilities.as_ref()).into_iter().flatten();
        let vulnerabilities: Vec<_> = vulnerabilities.filter_map(Given::as_ref).collect();
        let info = &self.finding_info;
        classify::ocsf(&OcsfFacts {
            class_uid: known(self.class_uid.as_ref()).copied(),
            types: known(info.types.as_ref()).map(Vec::as_slice).unwrap_or_default(),
            product_uid: &self.metadata.product.uid,
            title: known(info.title.as_ref()).map_or("", String::as_str),
            compliance: known(self.compliance.as_ref()).is_some(),
            vulnerabilities: !vulnerabilities.is_empty(),
            exploited: vulnerabilities.into_iter().any(OcsfVulnerability::exploited),
        })
    }

    fn first_resource(&self) -> Option<&Resource> {
        known(self.resources.as_ref())?.first()
    }

    fn region(&self) -> String {
        let resource = self.first_resource().and_then(|resource| known(resource.region.as_ref()));
        let region = known(self.cloud.region.as_ref()).or(resource).filter(|r| !r.is_empty());
        region.cloned().unwrap_or_else(|| UNKNOWN_REGION.to_owned())
    }

    fn resource(&self) -> Option<String> {
        let resource = self.first_resource()?;
        let kind = known(resource.r#type.as_ref())?;
        let id = known(resource.uid.as_ref()).and_then(|id| id.rsplit([':', '/']).next());
        Some(id.map_or_else(|| kind.clone(), |id| format!("{kind} {id}")))
    }

    fn last_seen(&self) -> Option<Timestamp> {
        let info = &self.finding_info;
        let times = [known(info.last_seen_time.as_ref()), known(info.modified_time.as_ref())];
        times.into_iter().flatten().find_map(|at| Timestamp::from_millisecond(*at).ok())
    }
}

impl From<OcsfFinding> for Finding {
    fn from(finding: OcsfFinding) -> Self {
        let info = &finding.finding_info;
        let identity = FindingIdentity::product(
            &finding.cloud.account.uid,
            &finding.metadata.product.uid,
            &info.uid,
        );
        let types = known(info.types.as_ref()).map(Vec::as_slice).unwrap_or_default();
        let class = finding.class();
        // Beside the product's own type there may be others, such as "Threats".
        let finding_type = match identity {
            FindingIdentity::GuardDuty(_) => {
                types.iter().find_map(|r#type| classify::native(r#type))
            }
            FindingIdentity::Product { .. } => None,
        };
        let finding_type = finding_type.or_else(|| types.first().cloned()).unwrap_or_default();
        let region = finding.region();
        let title = known(info.title.as_ref()).cloned();
        Self {
            identity,
            route: Route::SecurityHubV2,
            // Unknown and Other say nothing. Better a page too many than a finding nobody reads.
            severity: Severity::from_ocsf(finding.severity_id).unwrap_or(Severity::Medium),
            incident_type: class.incident_type,
            title: title.unwrap_or_else(|| finding_type.clone()),
            description: known(info.desc.as_ref()).cloned().unwrap_or_default(),
            resource: finding.resource(),
            console_link: console(
                &region,
                &format!("securityhub/v2/home?region={region}#/findings"),
            ),
            finding_type,
            quiet: finding.quiet(),
            last_seen: finding.last_seen(),
            reported_at: None,
            related: Vec::new(),
            drill: None,
            category: class.category,
            exploited: class.exploited,
            details: Vec::new(),
            first_seen: None,
            updated_at: None,
            count: None,
            asked: None,
            account: finding.cloud.account.uid.clone(),
            region,
        }
    }
}
