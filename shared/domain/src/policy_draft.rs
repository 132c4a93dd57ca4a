//! The policy as somebody sends it, and the checks that make a [`Policy`] of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::checks::{Faults, Field};
use crate::fault::Fault;
use crate::given::known;
use crate::policy::Policy;
use crate::stamps::{Stamp, Stamps};

/// The policy as somebody sends it. A field that is missing has its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "the policy as a JSON object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct PolicyDraft {
    page_from: Field<String>,
    levels: Field<i64>,
    levels_high: Field<i64>,
    levels_critical: Field<i64>,
    group_minutes: Field<i64>,
    sms_per_15_minutes: Field<i64>,
    calls_per_15_minutes: Field<i64>,
    emails_per_minute: Field<i64>,
    version: Field<u64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

impl PolicyDraft {
    /// The version its sender has read, if the draft says so.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        known(self.version.as_ref()).copied()
    }

    /// The policy this draft describes, in the place of `current`.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(self, current: Option<&Policy>, stamp: &Stamp) -> Result<Policy, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of the policy", "page_from");
        let page_from = faults.severity("page_from", self.page_from);
        let levels = faults.level("levels", self.levels);
        let levels_high = faults.level("levels_high", self.levels_high);
        let levels_critical = faults.level("levels_critical", self.levels_critical);
        let wrong = "must be a whole number of minutes from 0 to 1440 (a day)";
        let group_minutes =
            faults.whole("group_minutes", self.group_minutes, 0..=1440, wrong, "60");
        let sms = faults.rate("sms_per_15_minutes", self.sms_per_15_minutes, "5");
        let calls = faults.rate("calls_per_15_minutes", self.calls_per_15_minutes, "3");
        let emails = faults.rate("emails_per_minute", self.emails_per_minute, "1");
        faults.version(self.version);
        let defaults = Policy::default();
        let levels = levels.unwrap_or(defaults.levels);
        let levels_high = levels_high.unwrap_or(defaults.levels_high.max(levels));
        let levels_critical = levels_critical.unwrap_or(defaults.levels_critical);
        let fault = "must not be lower than that of less severe incidents";
        if levels_high < levels {
            faults.add("levels_high", fault, &levels.to_string());
        }
        if levels_critical < levels_high {
            faults.add("levels_critical", fault, &levels_high.to_string());
        }
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(Policy {
            page_from: page_from.unwrap_or(defaults.page_from),
            levels,
            levels_high,
            levels_critical,
            group_minutes: group_minutes.unwrap_or(defaults.group_minutes),
            sms_per_15_minutes: sms.unwrap_or(defaults.sms_per_15_minutes),
            calls_per_15_minutes: calls.unwrap_or(defaults.calls_per_15_minutes),
            emails_per_minute: emails.unwrap_or(defaults.emails_per_minute),
            stamps: Stamps::after(current.map(|policy| &policy.stamps), stamp),
        })
    }
}

impl Faults {
    /// How many pages within a time. Never none: then nobody would be paged.
    fn rate(&mut self, field: &str, given: Field<i64>, example: &str) -> Option<u16> {
        let wrong = "must be a whole number from 1 to 1000";
        self.whole(field, given, 1..=1000, wrong, example)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::samples::now;
    use crate::severity::Severity;

    fn check(draft: Value) -> Result<Policy, Vec<Fault>> {
        let draft: PolicyDraft = serde_json::from_value(draft).unwrap();
        draft.check(Some(&Policy::default()), &Stamp { by: "test".into(), at: now() })
    }

    #[test]
    fn what_is_missing_has_its_default() {
        let policy = check(json!({"page_from": "high", "levels": 4})).unwrap();
        assert_eq!((policy.page_from, policy.levels, policy.levels_high), (Severity::High, 4, 4));
        assert_eq!((policy.stamps.version, policy.stamps.created_at), (1, now()));
    }

    #[test]
    fn faults() {
        let fields = |draft| check(draft).unwrap_err().into_iter().map(|f| f.field);
        let odd = json!({"page_from": "loud", "levels": 0, "levels_high": 1, "extra": 1});
        let odd: Vec<_> = fields(odd).collect();
        assert_eq!(odd, ["extra", "page_from", "levels", "levels_high"]);
        let falling = json!({"levels": 3, "levels_high": 2, "levels_critical": 1});
        let falling: Vec<_> = fields(falling).collect();
        assert_eq!(falling, ["levels_high", "levels_critical"]);
    }
}
