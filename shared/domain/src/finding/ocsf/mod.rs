//! `Findings Imported V2`: findings of the unified Security Hub, in OCSF.

mod evidence;
mod quiet;

use serde::{Deserialize, Deserializer, de};

use super::classify::{self, Class, OcsfFacts, ocsf_exploited};
use super::clean::{account, region};
use super::console::{guardduty_link, security_hub_v2_link};
use super::lines::{Lines, valued, worded};
use super::place::{Resource, place, vulnerabilities};
use super::tree::Tree;
use super::{Finding, FindingIdentity, FindingSource, UNKNOWN_REGION};
use crate::value::severity::Severity;

/// One finding in OCSF. Only what a page cannot do without is required; an optional field of an
/// unexpected type is passed over.
#[derive(Clone, Debug)]
pub struct OcsfFinding {
    severity: Severity,
    fields: Fields,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "a finding in OCSF")]
struct Fields {
    finding_info: FindingInfo,
    metadata: Metadata,
    severity_id: Option<i64>,
    #[serde(default)]
    severity: Tree,
    #[serde(default)]
    vendor_attributes: Tree,
    #[serde(default)]
    class_uid: Tree,
    #[serde(default)]
    cloud: Tree,
    #[serde(default)]
    status_id: Tree,
    #[serde(default)]
    status: Tree,
    #[serde(default)]
    activity_id: Tree,
    #[serde(default)]
    activity_name: Tree,
    #[serde(default)]
    compliance: Tree,
    #[serde(default)]
    resources: Tree,
    #[serde(default)]
    actor: Tree,
    #[serde(default)]
    evidences: Tree,
    #[serde(default)]
    vulnerabilities: Tree,
    #[serde(default)]
    databucket: Tree,
    #[serde(default)]
    malware: Tree,
    #[serde(default)]
    unmapped: Tree,
    #[serde(default)]
    time: Tree,
    #[serde(default)]
    count: Tree,
}

#[derive(Clone, Debug, Deserialize)]
struct FindingInfo {
    uid: String,
    #[serde(default)]
    title: Tree,
    #[serde(default)]
    desc: Tree,
    #[serde(default)]
    types: Tree,
    #[serde(default)]
    related_events: Tree,
    #[serde(default)]
    traits: Tree,
    #[serde(default)]
    first_seen_time: Tree,
    #[serde(default)]
    first_seen_time_dt: Tree,
    #[serde(default)]
    last_seen_time: Tree,
    #[serde(default)]
    last_seen_time_dt: Tree,
    #[serde(default)]
    modified_time: Tree,
    #[serde(default)]
    modified_time_dt: Tree,
}

#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    product: Product,
}

#[derive(Clone, Debug, Deserialize)]
struct Product {
    uid: String,
}

impl<'de> Deserialize<'de> for OcsfFinding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let severity = fields.severity().ok_or_else(|| de::Error::missing_field("severity_id"))?;
        Ok(Self { severity, fields })
    }
}

impl Fields {
    /// Returns the severity that the finding has now, or the one its source gave it. `None` if it says
    /// nothing about it. Unknown and Other say that somebody could not tell: better a page too many
    /// than a finding that nobody reads.
    fn severity(&self) -> Option<Severity> {
        let named = |tree: &Tree| tree.as_text().and_then(|name| Severity::from_ocsf_name(&name));
        let vendor = self.vendor_attributes.text("severity_id").and_then(|id| id.parse().ok());
        let said = self.severity_id.or(vendor);
        self.severity_id
            .and_then(Severity::from_ocsf)
            .or_else(|| named(&self.severity))
            .or_else(|| vendor.and_then(Severity::from_ocsf))
            .or_else(|| named(self.vendor_attributes.at("severity")))
            .or_else(|| said.map(|_| Severity::Medium))
    }

    fn class(&self, types: &[String]) -> Class {
        let vulnerabilities = self.vulnerabilities.items();
        classify::ocsf(&OcsfFacts {
            class_uid: self.class_uid.as_text().and_then(|uid| uid.parse().ok()),
            types,
            product_uid: &self.metadata.product.uid,
            title: &self.finding_info.title.as_text().unwrap_or_default(),
            compliance: matches!(self.compliance, Tree::Fields(_)),
            vulnerabilities: vulnerabilities.iter().any(|one| matches!(one, Tree::Fields(_))),
            exploited: vulnerabilities.iter().any(ocsf_exploited),
        })
    }

    fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.resources.items().iter().map(|resource| Resource {
            kind: resource.text("type"),
            id: resource.first(&["uid", "uid_alt"]),
            name: resource.first(&["user/name", "name"]),
            account: resource.text("owner/account/uid").filter(|uid| *uid != self.account()),
            details: resource.at("data"),
            tags: resource.at("tags"),
        })
    }

    /// The finding's account: its own field, or its first resource's, or the one in its own ARN.
    fn account(&self) -> String {
        let uid = &self.finding_info.uid;
        let arn = uid.starts_with("arn:").then(|| uid.split(':').nth(4)).flatten();
        let first = self.resources.items().first();
        let given = self.cloud.first(&["account/uid", "account_uid"]);
        let given = given.or_else(|| first.and_then(|one| one.text("owner/account/uid")));
        account(&given.or_else(|| arn.map(str::to_owned)).unwrap_or_default())
    }

    /// The finding's Region: its own field, or its first resource's; a page must not name one that
    /// nobody told us.
    fn region(&self) -> String {
        let first = self.resources.items().first();
        let given = self.cloud.text("region");
        let given = given.or_else(|| first.and_then(|resource| resource.text("region")));
        given.map_or_else(|| UNKNOWN_REGION.to_owned(), |text| region(&text))
    }

    /// Returns the findings that it belongs with: the signals of a sequence or an exposure. Other
    /// events are no findings.
    fn related(&self, own: &FindingIdentity, account: &str) -> Vec<FindingIdentity> {
        let related = self.finding_info.related_events.items().iter().filter_map(|event| {
            let uid = event.text("uid")?;
            let kind = event.text("type").unwrap_or_default();
            let is_finding = kind.is_empty() || kind.to_ascii_lowercase().contains("finding");
            let product = event.first(&["product/uid", "metadata/product/uid"]);
            is_finding.then(|| FindingIdentity::named(account, product.as_deref(), &uid))
        });
        own.others(related)
    }

    fn details(&self) -> Lines {
        let mut lines = Lines::default();
        let bucket = &self.databucket;
        lines.add("Bucket", bucket.first(&["name", "uid"]));
        lines.add("Object", bucket.first(&["file/path", "file/name"]));
        lines.append(place(self.resources()));
        lines.append(vulnerabilities(
            &self.vulnerabilities,
            &["cve/uid", "title"],
            "affected_packages",
        ));
        lines.add("Control", self.compliance.text("control"));
        lines.add_all("Control result", self.compliance.texts("status_detail"));
        let malware = self.malware.items().iter();
        lines.add_all("Malware", malware.filter_map(|one| one.text("name")));
        for indicator in self.finding_info.traits.items() {
            let name = indicator.text("name").map(|name| worded(&name));
            lines.add("Indicator", valued(name, &indicator.texts("values")));
        }
        evidence::actor(&self.actor, &mut lines);
        self.evidences.items().iter().for_each(|one| evidence::evidence(one, &mut lines));
        let signals = self.finding_info.related_events.items().iter();
        lines.add_all("Signals", signals.filter_map(|event| event.text("title")));
        lines
    }
}

impl From<OcsfFinding> for Finding {
    fn from(OcsfFinding { severity, fields: finding }: OcsfFinding) -> Self {
        let info = &finding.finding_info;
        let (account, region) = (finding.account(), finding.region());
        let identity = FindingIdentity::product(&account, &finding.metadata.product.uid, &info.uid);
        let types = info.types.as_texts();
        let class = finding.class(&types);
        let (native, console_link) = match &identity {
            // Beside the product's own type there may be others, such as "Threats".
            FindingIdentity::GuardDuty { id: tail } => {
                let id = tail.rsplit('/').next().unwrap_or(tail);
                let native = types.iter().find_map(|name| classify::native(name));
                (native, guardduty_link(&region, id))
            }
            FindingIdentity::Product { .. } => (None, security_hub_v2_link(&region, &info.uid)),
        };
        let finding_type = native.or_else(|| types.first().cloned()).unwrap_or_default();
        let modified = info.modified_time_dt.as_time().or_else(|| info.modified_time.as_time());
        let last_seen = info.last_seen_time_dt.as_time().or_else(|| info.last_seen_time.as_time());
        Self {
            source: FindingSource::SecurityHubV2,
            severity,
            incident_type: class.incident_type,
            category: class.category,
            exploited: class.exploited,
            title: info.title.as_text().unwrap_or_else(|| finding_type.clone()),
            description: info.desc.as_text().unwrap_or_default(),
            resource: finding.resources().next().and_then(|resource| resource.headline()),
            console_url: console_link,
            finding_type,
            inactive_reason: finding.quiet(&identity),
            first_seen_at: info
                .first_seen_time_dt
                .as_time()
                .or_else(|| info.first_seen_time.as_time()),
            last_seen_at: last_seen.or(modified),
            updated_at: modified.or_else(|| finding.time.as_time()),
            count: finding.count.as_count(),
            related_findings: finding.related(&identity, &account),
            details: finding.details().into_details(),
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
