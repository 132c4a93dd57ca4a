//! What each source reports of a finding, as its ledger entry keeps it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::{FindingSource, InactiveReason};

/// What one source reports of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// When the source reported the newest copy that says that the finding is active.
    pub active_at: Option<Timestamp>,
    /// Why the last copy required no action.
    pub inactive: Option<InactiveReason>,
    /// When the source reported that copy.
    pub inactive_at: Option<Timestamp>,
}

/// Names of the attributes in which an entry keeps the report of a source: `active_guardduty_at`,
/// `inactive_guardduty`, and `inactive_guardduty_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportAttributes {
    /// Name of [`SourceReport::active_at`].
    pub active_at: String,
    /// Name of [`SourceReport::inactive`].
    pub inactive: String,
    /// Name of [`SourceReport::inactive_at`].
    pub inactive_at: String,
}

impl ReportAttributes {
    /// Returns the names for a source. None for what people request, which reports nothing of the finding.
    #[must_use]
    pub fn of(source: FindingSource) -> Option<Self> {
        let name = source.name();
        source.reports().then(|| Self {
            active_at: format!("active_{name}_at"),
            inactive: format!("inactive_{name}"),
            inactive_at: format!("inactive_{name}_at"),
        })
    }
}

/// Reports of a finding by source, stored as [`ReportAttributes`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReports(BTreeMap<FindingSource, SourceReport>);

impl SourceReports {
    /// Returns no reports.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Returns the report of a source.
    #[must_use]
    pub fn of(&self, source: FindingSource) -> SourceReport {
        self.0.get(&source).copied().unwrap_or_default()
    }

    /// Returns the report of a source, to be changed.
    pub fn of_mut(&mut self, source: FindingSource) -> &mut SourceReport {
        self.0.entry(source).or_default()
    }

    /// Returns the reports of the other sources.
    pub fn others(&self, source: FindingSource) -> impl Iterator<Item = SourceReport> {
        self.0.iter().filter(move |(other, _)| **other != source).map(|(_, report)| *report)
    }
}

impl Serialize for SourceReports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut attributes = serializer.serialize_map(None)?;
        for (source, report) in &self.0 {
            let Some(names) = ReportAttributes::of(*source) else { continue };
            if let Some(at) = report.active_at {
                attributes.serialize_entry(&names.active_at, &at)?;
            }
            if let Some(reason) = report.inactive {
                attributes.serialize_entry(&names.inactive, &reason)?;
            }
            if let Some(at) = report.inactive_at {
                attributes.serialize_entry(&names.inactive_at, &at)?;
            }
        }
        attributes.end()
    }
}

/// Reads the attributes of an entry that are reports, and passes over the others.
struct Attributes;

impl<'de> Visitor<'de> for Attributes {
    type Value = SourceReports;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attributes of a ledger entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SourceReports, A::Error> {
        let sources = FindingSource::ALL.into_iter();
        let names: Vec<_> =
            sources.filter_map(|source| Some((source, ReportAttributes::of(source)?))).collect();
        let mut reports = SourceReports::new();
        while let Some(name) = map.next_key::<String>()? {
            let is = |names: &ReportAttributes| {
                [&names.active_at, &names.inactive, &names.inactive_at].contains(&&name)
            };
            let Some((source, names)) = names.iter().find(|(_, names)| is(names)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let report = reports.of_mut(*source);
            if name == names.inactive {
                report.inactive = map.next_value()?;
            } else if name == names.inactive_at {
                report.inactive_at = map.next_value()?;
            } else {
                report.active_at = map.next_value()?;
            }
        }
        Ok(reports)
    }
}

impl<'de> Deserialize<'de> for SourceReports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Attributes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_source_has_three_attributes() {
        let stored = json!({
            "active_guardduty_at": "2026-11-23T03:00:00Z",
            "inactive_security_hub_v2": "archived",
            "inactive_security_hub_v2_at": "2026-11-23T03:01:00Z",
        });
        let reports: SourceReports = serde_json::from_value(stored.clone()).unwrap();
        let hub = reports.of(FindingSource::SecurityHubV2);
        assert_eq!(hub.inactive, Some(InactiveReason::Archived));
        assert_eq!(reports.of(FindingSource::SecurityHub), SourceReport::default());
        assert_eq!(serde_json::to_value(reports).unwrap(), stored);
        let wrong = json!({ "active_guardduty_at": "yesterday" });
        assert!(serde_json::from_value::<SourceReports>(wrong).is_err());
    }
}
