//! What the roster holds: entries of several kinds, each with an id and a version.

use std::fmt::Display;
use std::str::FromStr;

use muster::contact::Contact;
use muster::external::ExternalResource;
use muster::id::{ContactId, ResourceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An entry of the roster: a contact or an external resource.
pub trait Entry: Serialize + DeserializeOwned + Clone + Send + Sync {
    /// What its kind is called in keys and change records.
    const KIND: &'static str;
    /// The type of its id.
    type Id: FromStr + Display + Clone + Send + Sync;

    /// Its id.
    fn id(&self) -> &Self::Id;

    /// Its version, from 1.
    fn version(&self) -> u64;

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
}
