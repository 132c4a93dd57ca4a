//! Why a finding in ASFF is nothing to act on.

use super::Fields;
use crate::finding::tree::Tree;
use crate::finding::{FindingIdentity, InactiveReason, guardduty};

impl Fields {
    /// Returns the first reason of several: what is no real finding comes before what people decided,
    /// and what people decided before most of what a check found.
    pub(super) fn quiet(
        &self,
        identity: &FindingIdentity,
        service: &Tree,
    ) -> Option<InactiveReason> {
        // A copy of a GuardDuty finding has GuardDuty's own marks in its product fields.
        let source = match identity {
            FindingIdentity::GuardDuty { id: _ } => guardduty::quiet(service),
            FindingIdentity::Product { .. } => None,
        };
        if self.sample.as_text().as_deref() == Some("true")
            || source == Some(InactiveReason::Sample)
        {
            return Some(InactiveReason::Sample);
        }
        let archived = self.record_state.as_text();
        if archived.is_some_and(|state| state.eq_ignore_ascii_case("ARCHIVED")) {
            return Some(InactiveReason::Archived);
        }
        let workflow = self.workflow.text("Status").map(|status| status.to_ascii_uppercase());
        let decided = match workflow.as_deref() {
            Some("SUPPRESSED") => Some(InactiveReason::Suppressed),
            Some("RESOLVED") => Some(InactiveReason::Resolved),
            Some("NOTIFIED") => Some(InactiveReason::Notified),
            _ => None,
        };
        let compliance = self.compliance.text("Status").map(|status| status.to_ascii_uppercase());
        let checked = match compliance.as_deref() {
            Some("PASSED") => Some(InactiveReason::Passed),
            Some("WARNING" | "NOT_AVAILABLE") => Some(InactiveReason::Inconclusive),
            _ => None,
        };
        InactiveReason::first(decided, checked).or(source)
    }
}
