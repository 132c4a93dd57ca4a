//! Why a finding in OCSF is nothing to act on.

use super::Fields;
use crate::finding::tree::Tree;
use crate::finding::{FindingIdentity, InactiveReason, guardduty};

/// What "generate sample findings" puts in place of ids that AWS gives out. Nobody can choose them, so
/// nobody can hide behind them; names (`GeneratedFindingUserName`) anybody can choose.
const SAMPLE_IDS: [&str; 3] =
    ["i-99999999", "GeneratedFindingAccessKeyId", "GeneratedFindingPrincipalId"];

impl Fields {
    /// Returns the first reason of several: what is no real finding comes before what people decided,
    /// and what people decided before most of what a check found.
    pub(super) fn quiet(&self, identity: &FindingIdentity) -> Option<InactiveReason> {
        if matches!(identity, FindingIdentity::GuardDuty { id: _ }) && self.is_sample() {
            return Some(InactiveReason::Sample);
        }
        InactiveReason::first(self.decided(), self.checked())
    }

    /// Security Hub has no field for GuardDuty's mark: what of it may come along is looked for, and
    /// else the ids that only samples have.
    fn is_sample(&self) -> bool {
        let marks = [&self.unmapped, self.unmapped.at("service")];
        let data = self.evidences.items().iter().map(|evidence| evidence.at("data"));
        let marked = marks.into_iter().chain(data).any(|service| {
            guardduty::quiet(service) == Some(InactiveReason::Sample) || service.is_true("sample")
        });
        let is_sample_id = |resource: &Tree| {
            let paths = ["uid", "data/access_key_id", "data/principal_id"];
            let mut ids = paths.iter().filter_map(|path| resource.text(path));
            ids.any(|id| SAMPLE_IDS.contains(&id.rsplit('/').next().unwrap_or(&id)))
        };
        marked || self.resources.items().iter().any(is_sample_id)
    }

    /// `status_id` and `activity_id` of OCSF's findings; the texts say the same where the numbers are
    /// missing or "other".
    fn decided(&self) -> Option<InactiveReason> {
        let status = match self.status_id.as_text().as_deref() {
            Some("1") => return self.closed(),
            Some("2") => Some(InactiveReason::Notified),
            Some("3") => Some(InactiveReason::Suppressed),
            Some("4") => Some(InactiveReason::Resolved),
            Some("5" | "6") => Some(InactiveReason::Archived),
            _ => match dense(&self.status).as_str() {
                "inprogress" | "notified" => Some(InactiveReason::Notified),
                "suppressed" => Some(InactiveReason::Suppressed),
                "resolved" => Some(InactiveReason::Resolved),
                "archived" | "deleted" => Some(InactiveReason::Archived),
                _ => None,
            },
        };
        status.or_else(|| self.closed())
    }

    fn closed(&self) -> Option<InactiveReason> {
        let closed = match self.activity_id.as_text().as_deref() {
            Some(id @ ("1" | "2" | "3")) => id == "3",
            _ => dense(&self.activity_name) == "close",
        };
        closed.then_some(InactiveReason::Resolved)
    }

    /// `compliance.status_id`: 1 passed, 2 is a warning, 3 failed; 0 and 99 say nothing by themselves.
    fn checked(&self) -> Option<InactiveReason> {
        /// Compliance Finding. A detection with an odd `compliance` is still a detection.
        const COMPLIANCE: &str = "2003";
        let is_check = self.class_uid.as_text().is_none_or(|class| class == COMPLIANCE);
        match self.compliance.text("status_id").as_deref() {
            Some("1") => return Some(InactiveReason::Passed),
            Some("2") => return Some(InactiveReason::Inconclusive),
            Some("3") => return None,
            _ => {}
        }
        let status = self.compliance.at("status");
        match dense(status).as_str() {
            "pass" | "passed" => Some(InactiveReason::Passed),
            "warning" => Some(InactiveReason::Inconclusive),
            "fail" | "failed" => None,
            other => {
                let said = !other.is_empty() || self.compliance.text("status_id").is_some();
                (is_check && said).then_some(InactiveReason::Inconclusive)
            }
        }
    }
}

/// A text without case, blanks and hyphens: `In Progress`, `IN_PROGRESS`.
fn dense(tree: &Tree) -> String {
    let text = tree.as_text().unwrap_or_default();
    text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}
