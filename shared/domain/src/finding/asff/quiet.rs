//! Why a finding in ASFF is nothing to act on.

use super::Fields;
use crate::finding::tree::Tree;
use crate::finding::{FindingIdentity, Quiet, guardduty};

impl Fields {
    /// Returns the first reason of several: what is no real finding comes before what people decided,
    /// and what people decided before most of what a check found.
    pub(super) fn quiet(&self, identity: &FindingIdentity, service: &Tree) -> Option<Quiet> {
        // A copy of a GuardDuty finding has GuardDuty's own marks in its product fields.
        let source = match identity {
            FindingIdentity::GuardDuty(_) => guardduty::quiet(service),
            FindingIdentity::Product { .. } => None,
        };
        if self.sample.as_text().as_deref() == Some("true") || source == Some(Quiet::Sample) {
            return Some(Quiet::Sample);
        }
        let archived = self.record_state.as_text();
        if archived.is_some_and(|state| state.eq_ignore_ascii_case("ARCHIVED")) {
            return Some(Quiet::Archived);
        }
        let workflow = self.workflow.text("Status").map(|status| status.to_ascii_uppercase());
        let decided = match workflow.as_deref() {
            Some("SUPPRESSED") => Some(Quiet::Suppressed),
            Some("RESOLVED") => Some(Quiet::Resolved),
            Some("NOTIFIED") => Some(Quiet::Notified),
            _ => None,
        };
        let compliance = self.compliance.text("Status").map(|status| status.to_ascii_uppercase());
        let checked = match compliance.as_deref() {
            Some("PASSED") => Some(Quiet::Passed),
            Some("WARNING" | "NOT_AVAILABLE") => Some(Quiet::Inconclusive),
            _ => None,
        };
        Quiet::first(decided, checked).or(source)
    }
}
