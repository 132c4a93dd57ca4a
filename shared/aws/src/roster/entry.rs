//! What the roster holds: entries of several kinds, each with an id and a version.

use std::fmt::Display;
use std::str::FromStr;

use muster::contact::Contact;
use muster::external::ExternalResource;
use muster::id::{ContactId, PlanId, ResourceId};
use muster::plan::EscalationPlan;
use muster::policy::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An entry of the roster: a contact, an external resource, an escalation plan or the policy.
pub trait Entry: Serialize + DeserializeOwned + Clone + Send + Sync {
    /// What its kind is called in keys and change records.
    const KIND: &'static str;
    /// The type of its id.
    type Id: FromStr + Display + Clone + Send + Sync;

    /// Its id.
    fn id(&self) -> &Self::Id;

    /// Its version, from 1.
    fn version(&self) -> u64;

    /// It, with this version.
    #[must_use]
    fn with_version(self, version: u64) -> Self;

    /// What Muster brings along under this id, as version 0, while nobody has stored another.
    #[must_use]
    fn built_in(_: &Self::Id) -> Option<Self> {
        None
    }

    /// The level under which a team lookup finds it, if one should.
    fn level_key(&self) -> Option<String> {
        None
    }
}

impl Entry for Contact {
    const KIND: &'static str = "contact";
    type Id = ContactId;

    fn id(&self) -> &ContactId {
        &self.id
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Those who left are in no index by level: looking up a team never meets them.
    fn level_key(&self) -> Option<String> {
        (!self.departed()).then(|| self.level.to_string())
    }
}

impl Entry for ExternalResource {
    const KIND: &'static str = "external";
    type Id = ResourceId;

    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }
}

impl Entry for EscalationPlan {
    const KIND: &'static str = "plan";
    type Id = PlanId;

    fn id(&self) -> &PlanId {
        &self.id
    }

    fn version(&self) -> u64 {
        self.stamps.version
    }

    fn with_version(mut self, version: u64) -> Self {
        self.stamps.version = version;
        self
    }

    fn built_in(id: &PlanId) -> Option<Self> {
        Some(Self::default()).filter(|plan| plan.id == *id)
    }
}

/// The name of the one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TheOne;

/// Why a text does not name the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be policy")]
pub struct NotTheOne;

impl FromStr for TheOne {
    type Err = NotTheOne;

    fn from_str(text: &str) -> Result<Self, NotTheOne> {
        if text == Policy::KIND { Ok(Self) } else { Err(NotTheOne) }
    }
}

impl Display for TheOne {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Policy::KIND)
    }
}

impl Entry for Policy {
    const KIND: &'static str = "policy";
    type Id = TheOne;

    fn id(&self) -> &TheOne {
        &TheOne
    }

    fn version(&self) -> u64 {
        self.stamps.version
    }

    fn with_version(mut self, version: u64) -> Self {
        self.stamps.version = version;
        self
    }

    fn built_in(_: &TheOne) -> Option<Self> {
        Some(Self::default())
    }
}
