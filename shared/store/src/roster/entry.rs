//! What the roster holds: entries of several kinds, each with an id and a version.

use std::fmt::Display;
use std::str::FromStr;

use muster_domain::response_plan::settings::ResponsePlanSettings;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::value::id::{ContactId, PlanId, ResourceId};
use muster_domain::words;
use serde::Serialize;
use serde::de::DeserializeOwned;

words! {
    /// Type of the entry in a change record.
    pub enum EntryType {
        /// A contact.
        Contact = "contact",
        /// An external resource.
        ExternalResource = "external_resource",
        /// An escalation plan.
        EscalationPlan = "escalation_plan",
        /// The paging policy.
        Policy = "policy",
        /// The response plan settings.
        ResponsePlanSettings = "response_plan_settings",
        /// An export of the roster.
        RosterExport = "roster_export",
        /// A rejected message link.
        Link = "link",
    }
}

/// An entry of the roster: a contact, an external resource, an escalation plan, the policy
/// or the response plan's settings.
pub trait Entry: Serialize + DeserializeOwned + Clone + Send + Sync {
    /// Its type in change records.
    const TYPE: EntryType;
    /// What its type is called in keys.
    const KIND: &'static str = Self::TYPE.name();
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
    const TYPE: EntryType = EntryType::Contact;
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
        (!self.departed()).then(|| self.escalation_level.to_string())
    }
}

impl Entry for ExternalResource {
    const TYPE: EntryType = EntryType::ExternalResource;
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
    const TYPE: EntryType = EntryType::EscalationPlan;
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

/// Why a text does not name the only entry of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of its kind")]
pub struct NotTheOne;

macro_rules! only {
    ($(#[$doc:meta])* $name:ident of $entry:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl FromStr for $name {
            type Err = NotTheOne;

            fn from_str(text: &str) -> Result<Self, NotTheOne> {
                if text == <$entry>::KIND { Ok(Self) } else { Err(NotTheOne) }
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(<$entry>::KIND)
            }
        }
    };
}
only! {
    /// The name of the one policy.
    TheOne of Policy
}
only! {
    /// The name of the response plan's settings.
    ThePlan of ResponsePlanSettings
}

impl Entry for ResponsePlanSettings {
    const TYPE: EntryType = EntryType::ResponsePlanSettings;
    type Id = ThePlan;

    fn id(&self) -> &ThePlan {
        &ThePlan
    }

    fn version(&self) -> u64 {
        self.stamps.version
    }

    fn with_version(mut self, version: u64) -> Self {
        self.stamps.version = version;
        self
    }

    fn built_in(_: &ThePlan) -> Option<Self> {
        Some(Self::default())
    }
}

impl Entry for Policy {
    const TYPE: EntryType = EntryType::Policy;
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
