//! `Security Hub Findings - Imported`: findings in the AWS Security Finding Format (ASFF).

use serde::{Deserialize, Deserializer, de};

use super::classify::{self, AsffFacts, AsffVulnerability};
use super::{Finding, FindingIdentity, Quiet, Route, UNKNOWN_REGION, console, moment};
use crate::given::{Given, known};
use crate::severity::Severity;

type Optional<T> = Option<Given<T>>;

/// One finding in ASFF. Only what a page cannot do without is required.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a finding in ASFF")]
pub struct AsffFinding {
    id: String,
    product_arn: String,
    aws_account_id: String,
    severity: AsffSeverity,
    title: Optional<String>,
    description: Optional<String>,
    types: Optional<Vec<String>>,
    region: Optional<String>,
    resources: Optional<Vec<Resource>>,
    workflow: Optional<StatusField>,
    record_state: Optional<String>,
    compliance: Optional<StatusField>,
    vulnerabilities: Optional<Vec<Given<AsffVulnerability>>>,
    sample: Optional<bool>,
    last_observed_at: Optional<String>,
    updated_at: Optional<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AsffSeverity {
    #[serde(deserialize_with = "label")]
    label: Severity,
}

fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    let text = String::deserialize(deserializer)?;
    Severity::from_asff(&text).ok_or_else(|| {
        let wanted = "INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL";
        de::Error::invalid_value(de::Unexpected::Other("another label"), &wanted)
    })
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: Optional<String>,
    id: Optional<String>,
    region: Optional<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatusField {
    status: Optional<String>,
}

impl AsffFinding {
    /// The finding that somebody picked and asked for people with: whether it was handed on,
    /// resolved or suppressed before does not matter to them.
    #[must_use]
    pub fn asked_for(self) -> Finding {
        let sample = self.quiet().filter(|quiet| *quiet == Quiet::Sample);
        Finding { route: Route::CustomAction, quiet: sample, ..self.into() }
    }

    fn quiet(&self) -> Option<Quiet> {
        let status = |field: Option<&StatusField>| -> Option<String> {
            field.and_then(|field| known(field.status.as_ref())).cloned()
        };
        if known(self.sample.as_ref()) == Some(&true) {
            return Some(Quiet::Sample);
        }
        if known(self.record_state.as_ref()).is_some_and(|state| state == "ARCHIVED") {
            return Some(Quiet::Archived);
        }
        match status(known(self.workflow.as_ref())).as_deref() {
            Some("SUPPRESSED") => return Some(Quiet::Suppressed),
            Some("RESOLVED") => return Some(Quiet::Resolved),
            Some("NOTIFIED") => return Some(Quiet::Notified),
            _ => {}
        }
        let compliance = status(known(self.compliance.as_ref()));
        (compliance.as_deref() == Some("PASSED")).then_some(Quiet::Passed)
    }

    /// The finding's Region: its own field, or its first resource's, or the product's; a page must not
    /// name one that nobody told us.
    fn region(&self) -> String {
        let resource = known(self.resources.as_ref()).and_then(|list| list.first());
        known(self.region.as_ref())
            .or_else(|| resource.and_then(|resource| known(resource.region.as_ref())))
            .cloned()
            .or_else(|| self.product_arn.split(':').nth(3).map(str::to_owned))
            .filter(|region| !region.is_empty())
            .unwrap_or_else(|| UNKNOWN_REGION.to_owned())
    }

    fn class(&self) -> classify::Class {
        let vulnerabilities = known(self.vulnerabilities.as_ref()).into_iter().flatten();
        let vulnerabilities: Vec<_> = vulnerabilities.filter_map(Given::as_ref).collect();
        classify::asff(&AsffFacts {
            types: known(self.types.as_ref()).map(Vec::as_slice).unwrap_or_default(),
            product_arn: &self.product_arn,
            title: known(self.title.as_ref()).map_or("", String::as_str),
            compliance: known(self.compliance.as_ref()).is_some(),
            vulnerabilities: !vulnerabilities.is_empty(),
            exploited: vulnerabilities.into_iter().any(AsffVulnerability::exploited),
        })
    }

    fn resource(&self) -> Option<String> {
        let resource = known(self.resources.as_ref())?.first()?;
        let kind = known(resource.r#type.as_ref())?;
        // The last part of an ARN is what people call the thing.
        let id = known(resource.id.as_ref()).and_then(|id| id.rsplit([':', '/']).next());
        Some(id.map_or_else(|| kind.clone(), |id| format!("{kind} {id}")))
    }
}

impl From<AsffFinding> for Finding {
    fn from(finding: AsffFinding) -> Self {
        let identity =
            FindingIdentity::product(&finding.aws_account_id, &finding.product_arn, &finding.id);
        let types = known(finding.types.as_ref()).map(Vec::as_slice).unwrap_or_default();
        let class = finding.class();
        let finding_type = match identity {
            FindingIdentity::GuardDuty(_) => {
                types.iter().find_map(|r#type| classify::native(r#type))
            }
            FindingIdentity::Product { .. } => None,
        };
        let finding_type = finding_type.or_else(|| types.first().cloned()).unwrap_or_default();
        let region = finding.region();
        let title = known(finding.title.as_ref()).cloned();
        Self {
            identity,
            route: Route::SecurityHub,
            severity: finding.severity.label,
            incident_type: class.incident_type,
            title: title.unwrap_or_else(|| finding_type.clone()),
            description: known(finding.description.as_ref()).cloned().unwrap_or_default(),
            resource: finding.resource(),
            console_link: console(&region, &format!("securityhub/home?region={region}#/findings")),
            finding_type,
            quiet: finding.quiet(),
            last_seen: moment(&[&finding.last_observed_at, &finding.updated_at]),
            reported_at: None,
            related: Vec::new(),
            drill: None,
            category: class.category,
            exploited: class.exploited,
            details: Vec::new(),
            first_seen: None,
            updated_at: moment(&[&finding.updated_at]),
            count: None,
            asked: None,
            account: finding.aws_account_id,
            region,
        }
    }
}
