//! `GuardDuty Malware Protection Object Scan Result`: a scan of an object that was put into a bucket.

use jiff::Timestamp;
use serde::Deserialize;

use super::clean::{account, region};
use super::console::object_link;
use super::lines::{Lines, remarked};
use super::tree::Tree;
use super::{Finding, FindingIdentity, FindingSource};
use crate::value::category::Category;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// The product in the identities of scans. GuardDuty's findings have ARNs, and a scan has none.
const PRODUCT: &str = "aws/guardduty/object-scan";
/// The type of the finding that `GuardDuty` makes of the same scan where it has a detector.
const FINDING_TYPE: &str = "Object:S3/MaliciousFile";

/// The `detail` of the event.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the result of an object scan")]
pub struct ObjectScan {
    s3_object_details: ScannedObject,
    scan_result_details: ScanResult,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the scanned object")]
struct ScannedObject {
    bucket_name: String,
    object_key: String,
    #[serde(default)]
    e_tag: Tree,
    #[serde(default)]
    version_id: Tree,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the result of the scan")]
struct ScanResult {
    /// `THREATS_FOUND`, `NO_THREATS_FOUND`, `UNSUPPORTED`, `ACCESS_DENIED` or `FAILED`.
    scan_result_status: String,
    #[serde(default)]
    threats: Tree,
}

impl ObjectScan {
    /// Returns the finding that a scan with threats is. The event names neither account, Region nor
    /// time: they are those of its envelope. A scan without threats, or one that could not take place,
    /// is no finding.
    #[must_use]
    pub fn finding(
        self,
        envelope_account: &str,
        envelope_region: &str,
        sent_at: Option<Timestamp>,
    ) -> Option<Finding> {
        if self.scan_result_details.scan_result_status != "THREATS_FOUND" {
            return None;
        }
        let (account, region) = (account(envelope_account), region(envelope_region));
        let object = &self.s3_object_details;
        let version = object.version_id.as_text();
        let tag = object.e_tag.as_text();
        let identity = scan_identity(
            &account,
            &object.bucket_name,
            &object.object_key,
            version.as_deref(),
            tag.as_deref(),
        );
        let threats = &self.scan_result_details.threats;
        let names = threats.items().iter().filter_map(|threat| threat.text("name"));
        let mut lines = Lines::default();
        lines.add("Bucket", object.bucket_name.clone());
        lines.add("Object", object.object_key.clone());
        lines.add("Object version", version);
        lines.add("Object ETag", tag);
        lines.add_all("Malware", names);
        let finding = Finding {
            identity,
            source: FindingSource::GuardDuty,
            // The event has none. GuardDuty's own finding about such an object is High.
            severity: Severity::High,
            incident_type: IncidentType::Malware,
            category: Category::Threat,
            exploited: false,
            finding_type: FINDING_TYPE.to_owned(),
            title: format!("Malware found in an object in the S3 bucket {}.", object.bucket_name),
            description: format!(
                "GuardDuty Malware Protection for S3 found a threat in the object {}.",
                object.object_key
            ),
            resource: remarked(
                Some(format!("S3Object {}", object.object_key)),
                Some(format!("bucket {}", object.bucket_name)),
            ),
            console_url: object_link(&region, &object.bucket_name, &object.object_key),
            details: lines.into_details(),
            inactive_reason: None,
            first_seen_at: None,
            last_seen_at: sent_at,
            updated_at: sent_at,
            count: None,
            reported_at: None,
            related_findings: Vec::new(),
            custom_action: None,
            drill: None,
            account,
            region,
        };
        Some(finding.cleaned())
    }
}

/// Returns the identities of the scans that found the objects of a finding of this type, so that
/// GuardDuty's finding and the scan's event are one incident. The event names no finding, but the
/// finding names its objects.
pub(super) fn scans_of(finding_type: &str, account: &str, resource: &Tree) -> Vec<FindingIdentity> {
    let mut scans = Vec::new();
    if finding_type != FINDING_TYPE {
        return scans;
    }
    for bucket in resource.list("s3BucketDetails") {
        for object in bucket.list("s3ObjectDetails") {
            if let (Some(bucket), Some(key)) = (bucket.text("name"), object.text("key")) {
                let (version, tag) = (object.text("versionId"), object.text("eTag"));
                scans.push(scan_identity(
                    account,
                    &bucket,
                    &key,
                    version.as_deref(),
                    tag.as_deref(),
                ));
            }
        }
    }
    scans
}

/// An object that is put again is scanned again: its version tells the scans apart, or its tag where
/// the bucket keeps no versions.
fn scan_identity(
    account: &str,
    bucket: &str,
    key: &str,
    version: Option<&str>,
    tag: Option<&str>,
) -> FindingIdentity {
    let version = version.filter(|version| *version != "null");
    let which = version.or(tag).unwrap_or_default();
    FindingIdentity::product(account, PRODUCT, &format!("{bucket}/{key}#{which}"))
}
