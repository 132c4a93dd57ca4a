//! What follows when the source of an incident's findings reports them closed.

use serde::{Deserialize, Serialize};

use crate::value::category::Category;

/// What follows for one kind of source. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedAtSourceAction {
    /// The timeline and later messages say so.
    Notify,
    /// Paging stops.
    StopPaging,
    /// The incident is resolved.
    Resolve,
}

impl ClosedAtSourceAction {
    /// Every value, least first.
    pub const ALL: [Self; 3] = [Self::Notify, Self::StopPaging, Self::Resolve];

    /// Returns its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::StopPaging => "stop_paging",
            Self::Resolve => "resolve",
        }
    }

    /// Returns the value with this name in JSON.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }
}

/// What follows when a source closes a finding, for each category of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedAtSourceActions {
    /// For threats: an attacker does not leave because a finding was archived.
    pub threats: ClosedAtSourceAction,
    /// For vulnerabilities.
    pub vulnerabilities: ClosedAtSourceAction,
    /// For controls.
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
