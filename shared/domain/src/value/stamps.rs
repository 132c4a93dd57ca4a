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

/// The bookkeeping of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    /// When the entry was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who changed it.
    pub updated_by: String,
    /// Counts the changes, from 1; 0 is what Muster brings along and nobody has changed.
    pub version: u64,
}

impl Stamps {
    /// The bookkeeping of what is compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            created_at: Timestamp::UNIX_EPOCH,
            created_by: "Muster".to_owned(),
            updated_at: Timestamp::UNIX_EPOCH,
            updated_by: "Muster".to_owned(),
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
