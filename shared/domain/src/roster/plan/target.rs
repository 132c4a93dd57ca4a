//! Whom a step pages: a word such as `severity_team`, or `role:technical_lead`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::id::{ContactId, ResourceId};
use crate::value::limits::ESCALATION_LEVELS;

/// Target of a step: a word such as `severity_team`, or `role:technical_lead`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// The team for the incident's severity.
    SeverityTeam,
    /// The backup contacts of that team.
    Backups,
    /// Contacts one escalation level above that team. The team itself if there are no such
    /// contacts.
    NextLevel,
    /// All contacts with this role.
    Role(Role),
    /// All contacts of this escalation level, 1 to 4.
    Level(u8),
    /// One contact, or the contact who covers for them.
    Contact(ContactId),
    /// An external organization, notified in addition to the contacts.
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
                let level = number.parse().ok().filter(|level| ESCALATION_LEVELS.contains(level));
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

#[cfg(feature = "schema")]
mod schema {
    //! Schema of a target: a text with a form of its own.

    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{ESCALATION_LEVELS, Role, Target};
    use crate::value::id::MAX_ID;

    impl PartialSchema for Target {
        fn schema() -> RefOr<Schema> {
            let about = "Target of a step: `severity_team`, `backups`, `next_level`, `role:<role>`, \
                         `level:<1-4>`, `contact:<id>`, or `external:<id>`.";
            let roles = Role::ALL.map(Role::name).join("|");
            let (first, last) = (ESCALATION_LEVELS.start(), ESCALATION_LEVELS.end());
            let pattern = format!(
                "^(severity_team|backups|next_level|role:({roles})|level:[{first}-{last}]|\
                 (contact|external):[a-z0-9-]{{1,{MAX_ID}}})$"
            );
            crate::value::schema::text(about, pattern, "role:technical_lead")
        }
    }

    impl ToSchema for Target {}
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
