//! What follows when the source of an incident's findings reports them closed.

use serde::{Deserialize, Serialize};

use crate::value::category::Category;
use crate::value::words::words;

words! {
    /// Action after the source closed the findings of an incident. Each action includes the ones before it.
    pub enum ClosedAtSourceAction {
        /// The timeline and later messages state that the source closed the finding.
        Notify = "notify",
        /// Paging stops.
        StopPaging = "stop_paging",
        /// The incident is resolved.
        Resolve = "resolve",
    }
}

/// Action after the source closed the findings of an incident, for each category of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClosedAtSourceActions {
    /// Action for threats. Default: `notify`, because an attacker remains after a finding is
    /// archived.
    pub threats: ClosedAtSourceAction,
    /// Action for vulnerabilities. Default: `stop_paging`.
    pub vulnerabilities: ClosedAtSourceAction,
    /// Action for controls. Default: `stop_paging`.
    pub controls: ClosedAtSourceAction,
}

impl Default for ClosedAtSourceActions {
    fn default() -> Self {
        Self {
            threats: ClosedAtSourceAction::Notify,
            vulnerabilities: ClosedAtSourceAction::StopPaging,
            controls: ClosedAtSourceAction::StopPaging,
        }
    }
}

impl ClosedAtSourceActions {
    /// Returns what follows for a finding of this category.
    #[must_use]
    pub const fn of(&self, category: Category) -> ClosedAtSourceAction {
        match category {
            Category::Threat => self.threats,
            Category::Vulnerability => self.vulnerabilities,
            Category::Control => self.controls,
        }
    }
}
