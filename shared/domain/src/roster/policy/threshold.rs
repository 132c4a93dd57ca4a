//! From which severity findings page: one threshold for each kind of source.

use serde::{Deserialize, Serialize};

use crate::value::category::Category;
use crate::value::severity::Severity;

/// The word for a threshold that no severity reaches.
const NEVER: &str = "never";

/// The least severity that pages: a severity, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Threshold {
    /// From this severity on.
    From(Severity),
    /// No finding of this kind pages.
    Never,
}

/// A text that is neither a severity nor `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be informational, low, medium, high, critical or never")]
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

/// The thresholds of a policy. JSON also takes one severity alone: that of threats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct PageFrom {
    /// Threats: something happens or has happened.
    pub threats: Threshold,
    /// Vulnerabilities without a known exploit.
    pub vulnerabilities: Threshold,
    /// Vulnerabilities with a known exploit.
    pub exploited_vulnerabilities: Threshold,
    /// Controls and posture.
    pub controls: Threshold,
}

/// Its forms in JSON; a policy stored by an older version has one severity.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Threats(Threshold),
    Each {
        #[serde(default = "threats")]
        threats: Threshold,
        #[serde(default = "vulnerabilities")]
        vulnerabilities: Threshold,
        #[serde(default = "exploited_vulnerabilities")]
        exploited_vulnerabilities: Threshold,
        #[serde(default = "controls")]
        controls: Threshold,
    },
}

const fn threats() -> Threshold {
    Threshold::From(Severity::Medium)
}

const fn vulnerabilities() -> Threshold {
    Threshold::From(Severity::Critical)
}

const fn exploited_vulnerabilities() -> Threshold {
    Threshold::From(Severity::High)
}

/// A control that fails is work for the day, not for the night.
const fn controls() -> Threshold {
    Threshold::Never
}

impl From<Written> for PageFrom {
    fn from(written: Written) -> Self {
        match written {
            Written::Threats(threats) => Self { threats, ..Self::default() },
            Written::Each { threats, vulnerabilities, exploited_vulnerabilities, controls } => {
                Self { threats, vulnerabilities, exploited_vulnerabilities, controls }
            }
        }
    }
}

impl Default for PageFrom {
    fn default() -> Self {
        Self {
            threats: threats(),
            vulnerabilities: vulnerabilities(),
            exploited_vulnerabilities: exploited_vulnerabilities(),
            controls: controls(),
        }
    }
}

impl PageFrom {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_severity_is_that_of_threats() {
        let read: PageFrom = serde_json::from_value(json!("high")).unwrap();
        let high = Threshold::From(Severity::High);
        assert_eq!(read, PageFrom { threats: high, ..PageFrom::default() });
        assert!(serde_json::from_value::<PageFrom>(json!("loud")).is_err());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let page_from =
            PageFrom { controls: Threshold::From(Severity::Low), ..PageFrom::default() };
        let text = json!({
            "threats": "medium", "vulnerabilities": "critical",
            "exploited_vulnerabilities": "high", "controls": "low",
        });
        assert_eq!(serde_json::to_value(page_from).unwrap(), text);
        assert_eq!(serde_json::from_value::<PageFrom>(text).unwrap(), page_from);
    }

    #[test]
    fn each_category_has_its_own() {
        use Category::{Control, Threat, Vulnerability};
        let page_from = PageFrom::default();
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
