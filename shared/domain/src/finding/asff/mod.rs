//! `Security Hub Findings - Imported`: findings in the AWS Security Finding Format (ASFF).

mod quiet;

use serde::{Deserialize, Deserializer, de};

use super::classify::{self, AsffFacts, Class, asff_exploited};
use super::clean::{account, region};
use super::console::{guardduty_link, security_hub_link};
use super::guardduty::{actor, sequence_details, signals};
use super::lines::{Lines, joined, remarked};
use super::place::{Resource, place, vulnerabilities};
use super::tree::Tree;
use super::{
    CustomAction, Finding, FindingIdentity, FindingSource, InactiveReason, UNKNOWN_REGION,
};
use crate::value::severity::Severity;

/// Before the fields of a `GuardDuty` finding's `service` in `ProductFields`.
const SERVICE: &str = "aws/guardduty/service/";

/// One finding in ASFF. Only what a page cannot do without is required; an optional field of an
/// unexpected type is passed over.
#[derive(Clone, Debug)]
pub struct AsffFinding {
    severity: Severity,
    fields: Fields,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a finding in ASFF")]
#[expect(clippy::struct_field_names, reason = "the names are those of ASFF")]
struct Fields {
    id: String,
    product_arn: String,
    aws_account_id: String,
    #[serde(default)]
    severity: AsffSeverity,
    #[serde(default)]
    finding_provider_fields: Tree,
    #[serde(default)]
    title: Tree,
    #[serde(default)]
    description: Tree,
    #[serde(default)]
    types: Tree,
    #[serde(default)]
    region: Tree,
    #[serde(default)]
    resources: Tree,
    #[serde(default)]
    workflow: Tree,
    #[serde(default)]
    record_state: Tree,
    #[serde(default)]
    compliance: Tree,
    #[serde(default)]
    sample: Tree,
    #[serde(default)]
    first_observed_at: Tree,
    #[serde(default)]
    last_observed_at: Tree,
    #[serde(default)]
    updated_at: Tree,
    #[serde(default)]
    product_fields: Tree,
    #[serde(default)]
    detection: Tree,
    #[serde(default)]
    related_findings: Tree,
    #[serde(default)]
    vulnerabilities: Tree,
    #[serde(default)]
    malware: Tree,
    #[serde(default)]
    threats: Tree,
    #[serde(default)]
    process: Tree,
    #[serde(default)]
    network: Tree,
    #[serde(default)]
    action: Tree,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AsffSeverity {
    #[serde(default, deserialize_with = "label")]
    label: Option<Severity>,
}

fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let severity = Severity::from_asff(&text).ok_or_else(|| {
        let wanted = "INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL";
        de::Error::invalid_value(de::Unexpected::Other("another label"), &wanted)
    })?;
    Ok(Some(severity))
}

impl<'de> Deserialize<'de> for AsffFinding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        // `Severity` is what Security Hub and its rules say last, the provider's field what came first.
        let provided = || {
            let label = fields.finding_provider_fields.text("Severity/Label")?;
            Severity::from_asff(&label)
        };
        let severity = fields.severity.label.or_else(provided);
        let severity = severity.ok_or_else(|| de::Error::missing_field("Severity.Label"))?;
        Ok(Self { severity, fields })
    }
}

impl AsffFinding {
    /// Returns the finding for which a person asked for the team. Whether it was handed on, resolved
    /// or suppressed before does not matter to them.
    #[must_use]
    pub fn asked_for(self, asked: CustomAction) -> Finding {
        let finding = Finding::from(self);
        let sample = finding.inactive_reason.filter(|quiet| *quiet == InactiveReason::Sample);
        let asked = Some(asked.cleaned());
        Finding {
            source: FindingSource::CustomAction,
            inactive_reason: sample,
            custom_action: asked,
            ..finding
        }
    }
}

impl Fields {
    fn types(&self) -> Vec<String> {
        let types = self.types.as_texts();
        if types.is_empty() { self.finding_provider_fields.texts("Types") } else { types }
    }

    fn class(&self, types: &[String]) -> Class {
        let vulnerabilities = self.vulnerabilities.items();
        classify::asff(&AsffFacts {
            types,
            product_arn: &self.product_arn,
            title: &self.title.as_text().unwrap_or_default(),
            compliance: matches!(self.compliance, Tree::Fields(_)),
            vulnerabilities: vulnerabilities.iter().any(|one| matches!(one, Tree::Fields(_))),
            exploited: vulnerabilities.iter().any(asff_exploited),
        })
    }

    /// The finding's Region: its own field, or its first resource's, or the product's; a page must not
    /// name one that nobody told us.
    fn region(&self) -> String {
        let first = self.resources.items().first();
        let given = self.region.as_text();
        let given = given.or_else(|| first.and_then(|resource| resource.text("Region")));
        let given = given.or_else(|| self.product_arn.split(':').nth(3).map(str::to_owned));
        given.map_or_else(|| UNKNOWN_REGION.to_owned(), |text| region(&text))
    }

    fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.resources.items().iter().map(|resource| Resource {
            kind: resource.text("Type"),
            id: resource.text("Id"),
            name: None,
            account: None,
            details: resource.at("Details"),
            tags: resource.at("Tags"),
        })
    }

    /// Returns the findings that it belongs with: the signals of a sequence, and what its product says.
    fn related(&self, own: &FindingIdentity, account: &str) -> Vec<FindingIdentity> {
        let named = |product: Option<&str>, id: &str| FindingIdentity::named(account, product, id);
        let sequence = self.detection.at("Sequence");
        let signals =
            signals(sequence, |id, product| named(product.or(Some(&self.product_arn)), id));
        let lists = [&self.related_findings, self.finding_provider_fields.at("RelatedFindings")];
        let related = lists.into_iter().flat_map(Tree::items).filter_map(|related| {
            Some(named(related.text("ProductArn").as_deref(), &related.text("Id")?))
        });
        own.others(signals.into_iter().chain(related))
    }

    fn details(&self, service: &Tree) -> Lines {
        let mut lines = place(self.resources());
        for resource in self.resources.items() {
            let data = resource.list("DataClassification/Result/SensitiveData");
            lines.add_all("Sensitive data", data.iter().filter_map(|one| one.text("Category")));
        }
        lines.append(vulnerabilities(&self.vulnerabilities, &["Id"], "VulnerablePackages"));
        let compliance = &self.compliance;
        lines.add("Control", compliance.text("SecurityControlId"));
        let reasons = compliance.list("StatusReasons").iter();
        let reason = |one: &Tree| one.first(&["Description", "ReasonCode"]);
        lines.add_all("Control result", reasons.filter_map(reason));
        let (malware, threats) = (self.malware.items(), self.threats.items());
        let names = malware.iter().chain(threats).filter_map(|one| one.text("Name"));
        lines.add_all("Malware", names);
        let files = threats.iter().flat_map(|one| one.list("FilePaths"));
        let files = files.filter_map(|one| one.first(&["FilePath", "FileName"]));
        let paths = malware.iter().filter_map(|one| one.text("Path"));
        lines.add_all("Infected file", paths.chain(files));
        lines.append(sequence_details(self.detection.at("Sequence")));
        let process = &self.process;
        let id = process.text("Pid").map(|id| format!("process ID {id}"));
        lines.add("Process", remarked(process.first(&["Path", "Name"]), id));
        lines.append(actor(service));
        // ASFF's own field has GuardDuty's model, and says the same of its findings.
        if !lines.has("Remote address") {
            lines.append(actor(&Tree::Fields(vec![("action".to_owned(), self.action.clone())])));
        }
        network(&self.network, &mut lines);
        lines
    }
}

fn network(network: &Tree, lines: &mut Lines) {
    let end = |side: &str| {
        let of = |part: &str| network.text(&format!("{side}{part}"));
        let host = of("Domain").or_else(|| of("IpV4")).or_else(|| of("IpV6"));
        joined([host, of("Port").map(|port| format!("port {port}"))])
    };
    lines.add("Network source", end("Source"));
    lines.add("Network destination", end("Destination"));
    let protocol = joined([network.text("Direction"), network.text("Protocol")]);
    lines.add("Connection", protocol.map(|words| words.to_lowercase()));
}

impl From<AsffFinding> for Finding {
    fn from(AsffFinding { severity, fields: finding }: AsffFinding) -> Self {
        let account = account(&finding.aws_account_id);
        let identity = FindingIdentity::product(&account, &finding.product_arn, &finding.id);
        let types = finding.types();
        let class = finding.class(&types);
        let region = finding.region();
        let service = finding.product_fields.unfolded(SERVICE);
        let (native, console_link) = match &identity {
            FindingIdentity::GuardDuty { id: tail } => {
                let id = tail.rsplit('/').next().unwrap_or(tail);
                let native = types.iter().find_map(|name| classify::native(name));
                (native, guardduty_link(&region, id))
            }
            FindingIdentity::Product { .. } => (None, security_hub_link(&region, &finding.id)),
        };
        let finding_type = native.or_else(|| types.first().cloned()).unwrap_or_default();
        let seen = |path: &str| service.time(path);
        let updated_at = finding.updated_at.as_time();
        let last_seen = finding.last_observed_at.as_time().or_else(|| seen("eventLastSeen"));
        Self {
            source: FindingSource::SecurityHub,
            severity,
            incident_type: class.incident_type,
            category: class.category,
            exploited: class.exploited,
            title: finding.title.as_text().unwrap_or_else(|| finding_type.clone()),
            description: finding.description.as_text().unwrap_or_default(),
            resource: finding.resources().next().and_then(|resource| resource.headline()),
            console_url: console_link,
            finding_type,
            inactive_reason: finding.quiet(&identity, &service),
            first_seen_at: finding.first_observed_at.as_time().or_else(|| seen("eventFirstSeen")),
            last_seen_at: last_seen.or(updated_at),
            updated_at,
            count: service.count("count"),
            related_findings: finding.related(&identity, &account),
            details: finding.details(&service).into_details(),
            reported_at: None,
            custom_action: None,
            drill: None,
            identity,
            account,
            region,
        }
        .cleaned()
    }
}
