//! Whom a step pages: a word such as `severity_team`, or `role:technical_lead`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::id::{ContactId, ResourceId};

/// Whom a step pages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// The team that the incident's severity calls for.
    SeverityTeam,
    /// The backups of that team.
    Backups,
    /// The people one escalation level beyond that team; the team itself if there are none.
    NextLevel,
    /// Everybody in this role.
    Role(Role),
    /// Everybody of this escalation level, 1 to 4.
    Level(u8),
    /// One person, or who stands in.
    Contact(ContactId),
    /// An organization outside the house, beside the people.
    External(ResourceId),
}

/// Why a text is no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// None of the words, and no `kind:value`.
    #[error(
        "must be severity_team, backups, next_level, role:<role>, level:<1 to 4>, contact:<id> or \
         external:<id>"
    )]
    Unknown,
    /// `role:` and no role.
    #[error("references an unknown role (see GET /roles)")]
    Role,
    /// `level:` and no level.
    #[error("references an escalation level other than 1 to 4")]
    Level,
    /// `contact:` and no id.
    #[error("names a contact by something that is no id (a-z, 0-9 and '-')")]
    Contact,
    /// `external:` and no id.
    #[error("names an external resource by something that is no id (a-z, 0-9 and '-')")]
    External,
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        match (text, text.split_once(':')) {
            ("severity_team", _) => Ok(Self::SeverityTeam),
            ("backups", _) => Ok(Self::Backups),
            ("next_level", _) => Ok(Self::NextLevel),
            (_, Some(("role", name))) => {
                Role::from_name(name).map(Self::Role).ok_or(TargetError::Role)
            }
            (_, Some(("level", number))) => {
                let level = number.parse().ok().filter(|level| (1..=4).contains(level));
                level.map(Self::Level).ok_or(TargetError::Level)
            }
            (_, Some(("contact", id))) => {
                id.parse().map(Self::Contact).map_err(|_| TargetError::Contact)
            }
            (_, Some(("external", id))) => {
                id.parse().map(Self::External).map_err(|_| TargetError::External)
            }
            _ => Err(TargetError::Unknown),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeverityTeam => f.write_str("severity_team"),
            Self::Backups => f.write_str("backups"),
            Self::NextLevel => f.write_str("next_level"),
            Self::Role(role) => write!(f, "role:{}", role.name()),
            Self::Level(level) => write!(f, "level:{level}"),
            Self::Contact(id) => write!(f, "contact:{id}"),
            Self::External(id) => write!(f, "external:{id}"),
        }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let targets = ["severity_team", "backups", "next_level", "role:legal_counsel", "level:4"];
        for text in targets.into_iter().chain(["contact:ada-lovelace", "external:aws-support"]) {
            assert_eq!(text.parse::<Target>().map(|target| target.to_string()), Ok(text.into()));
        }
        for (text, expected) in [
            ("everybody", TargetError::Unknown),
            ("rotation:primary", TargetError::Unknown),
            ("role:boss", TargetError::Role),
            ("level:5", TargetError::Level),
            ("contact:Ada L", TargetError::Contact),
            ("external:", TargetError::External),
        ] {
            assert_eq!(text.parse::<Target>(), Err(expected), "{text}");
        }
    }
}
