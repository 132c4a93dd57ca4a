//! From which severity findings page: one threshold for each kind of source.

use serde::{Deserialize, Serialize};

use crate::value::category::Category;
use crate::value::severity::Severity;

/// The word for a threshold that no severity reaches.
const NEVER: &str = "never";

/// Minimum severity that pages contacts: a severity, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Threshold {
    /// Findings of this severity or a higher one page.
    From(Severity),
    /// No finding pages.
    Never,
}

/// A text that is neither a severity nor `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: informational, low, medium, high, critical, never")]
pub struct NotAThreshold;

impl Threshold {
    /// Returns whether a finding of this severity pages.
    #[must_use]
    pub fn pages(self, severity: Severity) -> bool {
        matches!(self, Self::From(least) if severity >= least)
    }

    /// Returns its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::From(severity) => severity.name(),
            Self::Never => NEVER,
        }
    }
}

impl TryFrom<String> for Threshold {
    type Error = NotAThreshold;

    fn try_from(text: String) -> Result<Self, NotAThreshold> {
        if text == NEVER {
            return Ok(Self::Never);
        }
        let severity = Severity::ALL.into_iter().find(|severity| severity.name() == text);
        severity.map(Self::From).ok_or(NotAThreshold)
    }
}

impl From<Threshold> for String {
    fn from(threshold: Threshold) -> Self {
        threshold.name().to_owned()
    }
}

/// Minimum severity that pages contacts, for each category of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PagingThresholds {
    /// Minimum severity for threats. Default: `medium`.
    pub threats: Threshold,
    /// Minimum severity for vulnerabilities without a known exploit. Default: `critical`.
    pub vulnerabilities: Threshold,
    /// Minimum severity for vulnerabilities with a known exploit. Default: `high`.
    pub exploited_vulnerabilities: Threshold,
    /// Minimum severity for controls. Default: `never`.
    pub controls: Threshold,
}

impl Default for PagingThresholds {
    fn default() -> Self {
        Self {
            threats: Threshold::From(Severity::Medium),
            vulnerabilities: Threshold::From(Severity::Critical),
            exploited_vulnerabilities: Threshold::From(Severity::High),
            // A failed control is work for the day, not for the night.
            controls: Threshold::Never,
        }
    }
}

impl PagingThresholds {
    /// Returns the threshold for a finding of this category.
    #[must_use]
    pub const fn of(&self, category: Category, exploited: bool) -> Threshold {
        match category {
            Category::Threat => self.threats,
            Category::Vulnerability if exploited => self.exploited_vulnerabilities,
            Category::Vulnerability => self.vulnerabilities,
            Category::Control => self.controls,
        }
    }

    /// Returns the kinds of source whose findings of this severity page, in words.
    #[must_use]
    pub fn kinds(&self, severity: Severity) -> Vec<&'static str> {
        let all = [
            (self.threats, "threats"),
            (self.vulnerabilities, "vulnerabilities"),
            (self.exploited_vulnerabilities, "vulnerabilities with a known exploit"),
            (self.controls, "controls"),
        ];
        let paging = all.into_iter().filter(|(threshold, _)| threshold.pages(severity));
        paging.map(|(_, kind)| kind).collect()
    }

    /// Returns whether findings of this severity page, whatever kind of source they come from.
    #[must_use]
    pub fn any(&self, severity: Severity) -> bool {
        !self.kinds(severity).is_empty()
    }
}

#[cfg(feature = "schema")]
mod schema {
    //! Schema of a threshold: a severity, or `never`.

    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{NEVER, Severity, Threshold};

    impl PartialSchema for Threshold {
        fn schema() -> RefOr<Schema> {
            let about = "Minimum severity that pages contacts. `never`: no severity pages.";
            let words = Severity::ALL.map(Severity::name).into_iter().chain([NEVER]);
            crate::value::schema::word(about, words).into()
        }
    }

    impl ToSchema for Threshold {}
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let page_from = PagingThresholds {
            controls: Threshold::From(Severity::Low),
            ..PagingThresholds::default()
        };
        let text = json!({
            "threats": "medium", "vulnerabilities": "critical",
            "exploited_vulnerabilities": "high", "controls": "low",
        });
        assert_eq!(serde_json::to_value(page_from).unwrap(), text);
        assert_eq!(serde_json::from_value::<PagingThresholds>(text).unwrap(), page_from);
    }

    #[test]
    fn each_category_has_its_own() {
        use Category::{Control, Threat, Vulnerability};
        let page_from = PagingThresholds::default();
        let check = |category, exploited, least: Option<Severity>| {
            for severity in Severity::ALL {
                let pages = least.is_some_and(|least| severity >= least);
                assert_eq!(page_from.of(category, exploited).pages(severity), pages);
            }
        };
        check(Threat, false, Some(Severity::Medium));
        check(Vulnerability, false, Some(Severity::Critical));
        check(Vulnerability, true, Some(Severity::High));
        check(Control, false, None);
        assert!(page_from.any(Severity::Medium) && !page_from.any(Severity::Low));
    }
}
