//! Who made an entry and who changed it last, and how often it was changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who sent a draft and when.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The caller, as the change record names it.
    pub by: String,
    /// The time of the request.
    pub at: Timestamp,
}

/// Version of an entry, and who created and updated it. A built-in entry has version 0 and no other field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stamps {
    /// Time when the entry was created. Omitted for a built-in entry.
    #[serde(default, skip_serializing_if = "is_epoch")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub created_at: Timestamp,
    /// IAM ARN or token subject of the caller who created the entry. Omitted for a built-in entry.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub created_by: String,
    /// Time of the last change. Omitted for a built-in entry.
    #[serde(default, skip_serializing_if = "is_epoch")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub updated_at: Timestamp,
    /// IAM ARN or token subject of the caller who made the last change. Omitted for a built-in entry.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub updated_by: String,
    /// Version number, increased by each change. Also the `ETag`. 0: built-in.
    #[cfg_attr(feature = "schema", schema(example = 3))]
    pub version: u64,
}

fn is_epoch(at: &Timestamp) -> bool {
    *at == Timestamp::UNIX_EPOCH
}

impl Stamps {
    /// The bookkeeping of what is compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            created_at: Timestamp::UNIX_EPOCH,
            created_by: String::new(),
            updated_at: Timestamp::UNIX_EPOCH,
            updated_by: String::new(),
            version: 0,
        }
    }

    /// The bookkeeping after this change of an entry that had `current`, if it was there.
    #[must_use]
    pub fn after(current: Option<&Self>, stamp: &Stamp) -> Self {
        let made = current.filter(|stamps| stamps.version > 0);
        Self {
            created_at: made.map_or(stamp.at, |stamps| stamps.created_at),
            created_by: made.map_or_else(|| stamp.by.clone(), |stamps| stamps.created_by.clone()),
            updated_at: stamp.at,
            updated_by: stamp.by.clone(),
            version: current.map_or(1, |stamps| stamps.version + 1),
        }
    }
}
