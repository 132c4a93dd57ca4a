//! How serious a finding is, on one scale for every source.

use crate::value::words::words;

words! {
    /// Severity, in ascending order.
    pub enum Severity {
        /// No action is required.
        Informational = "informational",
        /// Review when time permits.
        Low = "low",
        /// Review within the day.
        Medium = "medium",
        /// Respond immediately.
        High = "high",
        /// An attack might be in progress.
        Critical = "critical",
    }
}

impl Severity {
    /// From a `GuardDuty` score, 0 to 10. The documented bands leave gaps (6.95), so each begins
    /// where its number does. Source: "Severity levels of `GuardDuty` findings".
    #[must_use]
    pub fn from_guardduty(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s >= 1.0 => Self::Low,
            _ => Self::Informational,
        }
    }

    /// From an ASFF `Severity.Label`; `Normalized` is deprecated and may disagree with it.
    #[must_use]
    pub fn from_asff(label: &str) -> Option<Self> {
        let label = label.to_ascii_lowercase();
        Self::ALL.into_iter().find(|severity| severity.name() == label)
    }

    /// From an OCSF `severity_id`: 1 to 5, and 6 (Fatal) as Critical; 0 and 99 say nothing.
    #[must_use]
    pub fn from_ocsf(severity_id: i64) -> Option<Self> {
        match severity_id {
            1 => Some(Self::Informational),
            2 => Some(Self::Low),
            3 => Some(Self::Medium),
            4 => Some(Self::High),
            5 | 6 => Some(Self::Critical),
            _ => None,
        }
    }

    /// Returns the severity with this OCSF name: `High`. `Unknown` and `Other` say nothing.
    #[must_use]
    pub fn from_ocsf_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("fatal") {
            Some(Self::Critical)
        } else {
            Self::from_asff(name)
        }
    }

    /// Its name for people: `HIGH`.
    #[must_use]
    pub fn shout(self) -> String {
        self.name().to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::Severity::{self, Critical, High, Informational, Low, Medium};

    #[test]
    fn guardduty_bands_have_no_gaps() {
        for (score, expected) in [
            (0.0, Informational),
            (0.9, Informational),
            (1.0, Low),
            (3.95, Low),
            (4.0, Medium),
            (6.95, Medium),
            (7.0, High),
            (8.95, High),
            (9.0, Critical),
            (10.0, Critical),
            (f64::NAN, Informational),
        ] {
            assert_eq!(Severity::from_guardduty(score), expected, "{score}");
        }
    }

    #[test]
    fn labels_and_ids() {
        assert_eq!(Severity::from_asff("CRITICAL"), Some(Critical));
        assert_eq!(Severity::from_asff("Urgent"), None);
        assert_eq!(
            (0..=7).map(Severity::from_ocsf).collect::<Vec<_>>(),
            [
                None,
                Some(Informational),
                Some(Low),
                Some(Medium),
                Some(High),
                Some(Critical),
                Some(Critical),
                None
            ]
        );
    }
}
