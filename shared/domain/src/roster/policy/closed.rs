//! What follows when the source of an incident's findings reports them closed.

use serde::{Deserialize, Serialize};

use crate::value::category::Category;

/// What follows for one kind of source. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceClosed {
    /// The timeline and later messages say so.
    Tell,
    /// Paging stops.
    Stop,
    /// The incident is resolved.
    Resolve,
}

impl SourceClosed {
    /// Every value, least first.
    pub const ALL: [Self; 3] = [Self::Tell, Self::Stop, Self::Resolve];

    /// Returns its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Stop => "stop",
            Self::Resolve => "resolve",
        }
    }

    /// Returns the value with this name in JSON.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }
}

/// What follows, by kind of source. JSON also takes one word for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct WhenClosed {
    /// For threats: an attacker does not leave because a finding was archived.
    pub threats: SourceClosed,
    /// For vulnerabilities.
    pub vulnerabilities: SourceClosed,
    /// For controls.
    pub controls: SourceClosed,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    All(SourceClosed),
    Each {
        #[serde(default = "tell")]
        threats: SourceClosed,
        #[serde(default = "stop")]
        vulnerabilities: SourceClosed,
        #[serde(default = "stop")]
        controls: SourceClosed,
    },
}

const fn tell() -> SourceClosed {
    SourceClosed::Tell
}

const fn stop() -> SourceClosed {
    SourceClosed::Stop
}

impl From<Written> for WhenClosed {
    fn from(written: Written) -> Self {
        match written {
            Written::All(all) => Self { threats: all, vulnerabilities: all, controls: all },
            Written::Each { threats, vulnerabilities, controls } => {
                Self { threats, vulnerabilities, controls }
            }
        }
    }
}

impl Default for WhenClosed {
    fn default() -> Self {
        Self { threats: tell(), vulnerabilities: stop(), controls: stop() }
    }
}

impl WhenClosed {
    /// Returns what follows for a finding of this category.
    #[must_use]
    pub const fn of(&self, category: Category) -> SourceClosed {
        match category {
            Category::Threat => self.threats,
            Category::Vulnerability => self.vulnerabilities,
            Category::Control => self.controls,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_word_is_for_all() {
        let read: WhenClosed = serde_json::from_value(json!("resolve")).unwrap();
        assert!(
            [Category::Threat, Category::Control].map(|c| read.of(c)) == [SourceClosed::Resolve; 2]
        );
        let some: WhenClosed = serde_json::from_value(json!({"threats": "stop"})).unwrap();
        assert_eq!((some.threats, some.controls), (SourceClosed::Stop, SourceClosed::Stop));
    }
}
