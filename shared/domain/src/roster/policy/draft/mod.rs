//! The policy as somebody sends it, and the checks that make a [`Policy`] of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::draft::checks::{Faults, Field, printable};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::draft::input::input;
use crate::roster::policy::{
    ClosedAtSourceAction, ClosedAtSourceActions, PagingThresholds, Policy, Threshold,
};
use crate::value::limits::{GROUPING_HOURS, GROUPING_MINUTES, PAGES, REMINDER_MINUTES};
use crate::value::stamps::{Stamp, Stamps};

#[cfg(feature = "schema")]
mod schema;

input! {
    /// Fields to replace the policy. Omitted fields use defaults. You can send back the policy you
    /// read: Muster ignores read-only fields.
    #[serde(expecting = "a policy object")]
    #[cfg_attr(feature = "schema", schema(example = json!({"min_paging_severity": "high"})))]
    pub struct PolicyInput {
        /// Minimum severity that pages contacts: for threats alone, or for each category of
        /// findings.
        #[cfg_attr(feature = "schema", schema(value_type = Option<schema::PagingThresholdsInput>))]
        min_paging_severity: Field<Words>,
        /// Highest escalation level paged for Medium and lower severities, 1 to 4. Default: 2.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 4))]
        max_escalation_level: Field<i64>,
        /// Highest escalation level paged for High, 1 to 4. Must not be lower than for Medium.
        /// Default: 3, or the level for Medium if higher.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 4))]
        max_escalation_level_high: Field<i64>,
        /// Highest escalation level paged for Critical, 1 to 4. Must not be lower than for High.
        /// Default: 4.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 4))]
        max_escalation_level_critical: Field<i64>,
        /// Minutes after its last finding during which an open incident receives further findings
        /// of the same account and type. 0: no grouping. Default: 60. Maximum: 1,440.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 0, maximum = 1440))]
        grouping_window_minutes: Field<i64>,
        /// Hours after its first finding during which an incident receives further findings.
        /// Default: 24. Maximum: 720.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 720))]
        max_grouping_hours: Field<i64>,
        /// Minutes after the acknowledgment, or after an escalation without one, when a repeated
        /// finding restarts paging. Default: 240. Minimum: 15. Maximum: 10,080.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 15, maximum = 10080))]
        reminder_minutes: Field<i64>,
        /// Action after the source closed the findings of an incident: for all findings, or for
        /// each category.
        #[cfg_attr(feature = "schema", schema(value_type = Option<schema::ClosedAtSourceActionsInput>))]
        closed_at_source: Field<Words>,
        /// Maximum text messages for each contact in 15 minutes. Further pages wait for a digest.
        /// Default: 5. Maximum: 1,000.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1000))]
        sms_per_15_minutes: Field<i64>,
        /// Maximum phone calls for each contact in 15 minutes. Further pages wait for a digest.
        /// Default: 3. Maximum: 1,000.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1000))]
        calls_per_15_minutes: Field<i64>,
        /// Maximum email messages for each contact in a minute. Further pages wait for a digest.
        /// Default: 1. Maximum: 1,000.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1000))]
        emails_per_minute: Field<i64>,
        /// Maximum webhook requests for each contact in a minute. Further pages wait for a digest.
        /// Default: 10. Maximum: 1,000.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1000))]
        webhooks_per_minute: Field<i64>,
    }
}

impl PolicyInput {
    /// The policy this draft describes, in the place of `current`.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(self, current: Option<&Policy>, stamp: &Stamp) -> Result<Policy, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of the policy", "min_paging_severity");
        let page_from = faults
            .page_from(self.min_paging_severity, current.map(|policy| policy.min_paging_severity));
        let levels = faults.level("max_escalation_level", self.max_escalation_level);
        let levels_high = faults.level("max_escalation_level_high", self.max_escalation_level_high);
        let levels_critical =
            faults.level("max_escalation_level_critical", self.max_escalation_level_critical);
        let wrong = "must be an integer from 0 to 1440 (minutes in a day)";
        let group_minutes = faults.whole(
            "grouping_window_minutes",
            self.grouping_window_minutes,
            GROUPING_MINUTES,
            wrong,
            "60",
        );
        let wrong = "must be an integer from 1 to 720 (hours in 30 days)";
        let group_hours = faults.whole(
            "max_grouping_hours",
            self.max_grouping_hours,
            GROUPING_HOURS,
            wrong,
            "24",
        );
        let wrong = "must be an integer from 15 to 10080 (minutes in 7 days)";
        let remind_after_minutes = self.reminder_minutes;
        let remind_after_minutes =
            faults.whole("reminder_minutes", remind_after_minutes, REMINDER_MINUTES, wrong, "240");
        let when_closed_at_source = faults.when_closed(self.closed_at_source);
        let sms = faults.rate("sms_per_15_minutes", self.sms_per_15_minutes, "5");
        let calls = faults.rate("calls_per_15_minutes", self.calls_per_15_minutes, "3");
        let emails = faults.rate("emails_per_minute", self.emails_per_minute, "1");
        let webhooks = faults.rate("webhooks_per_minute", self.webhooks_per_minute, "10");
        faults.version(self.version);
        let defaults = Policy::default();
        let levels = levels.unwrap_or(defaults.max_escalation_level);
        let levels_high = levels_high.unwrap_or(defaults.max_escalation_level_high.max(levels));
        let levels_critical = levels_critical.unwrap_or(defaults.max_escalation_level_critical);
        let fault = "must not be lower than the level for less severe incidents";
        if levels_high < levels {
            faults.add("max_escalation_level_high", fault, &levels.to_string());
        }
        if levels_critical < levels_high {
            faults.add("max_escalation_level_critical", fault, &levels_high.to_string());
        }
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(Policy {
            min_paging_severity: page_from,
            max_escalation_level: levels,
            max_escalation_level_high: levels_high,
            max_escalation_level_critical: levels_critical,
            grouping_window_minutes: group_minutes.unwrap_or(defaults.grouping_window_minutes),
            max_grouping_hours: group_hours.unwrap_or(defaults.max_grouping_hours),
            reminder_minutes: remind_after_minutes.unwrap_or(defaults.reminder_minutes),
            closed_at_source: when_closed_at_source,
            sms_per_15_minutes: sms.unwrap_or(defaults.sms_per_15_minutes),
            calls_per_15_minutes: calls.unwrap_or(defaults.calls_per_15_minutes),
            emails_per_minute: emails.unwrap_or(defaults.emails_per_minute),
            webhooks_per_minute: webhooks.unwrap_or(defaults.webhooks_per_minute),
            stamps: Stamps::after(current.map(|policy| &policy.stamps), stamp),
        })
    }
}

/// One word, or one for each kind of source.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Each(BTreeMap<String, Given<String>>),
}

const THRESHOLDS: &str = r#"{"threats": "medium", "controls": "never"}"#;
const CLOSED: &str = r#"{"threats": "notify", "controls": "stop_paging"}"#;

impl Faults {
    /// The thresholds. One word alone is that of threats, and leaves the others as they are.
    fn page_from(
        &mut self,
        given: Field<Words>,
        current: Option<PagingThresholds>,
    ) -> PagingThresholds {
        let one = matches!(known(given.as_ref()), Some(Words::One(_)));
        let mut page_from = current.filter(|_| one).unwrap_or_default();
        let wrong = "must be one of: informational, low, medium, high, critical, never";
        self.words("min_paging_severity", given, (wrong, THRESHOLDS), |name, word| {
            let threshold = Threshold::try_from(word.to_owned()).map_err(|_| "medium");
            let place = match name.unwrap_or("threats") {
                "threats" => &mut page_from.threats,
                "vulnerabilities" => &mut page_from.vulnerabilities,
                "exploited_vulnerabilities" => &mut page_from.exploited_vulnerabilities,
                "controls" => &mut page_from.controls,
                _ => return None,
            };
            Some(threshold.map(|threshold| *place = threshold))
        });
        page_from
    }

    /// What follows when a source closes its findings. One word alone is for every kind of source.
    fn when_closed(&mut self, given: Field<Words>) -> ClosedAtSourceActions {
        let mut when = ClosedAtSourceActions::default();
        let wrong = "must be one of: notify, stop_paging, resolve";
        self.words("closed_at_source", given, (wrong, CLOSED), |name, word| {
            let what = ClosedAtSourceAction::from_name(word).ok_or("stop_paging");
            let places = match name {
                None => vec![&mut when.threats, &mut when.vulnerabilities, &mut when.controls],
                Some("threats") => vec![&mut when.threats],
                Some("vulnerabilities") => vec![&mut when.vulnerabilities],
                Some("controls") => vec![&mut when.controls],
                Some(_) => return None,
            };
            Some(what.map(|what| places.into_iter().for_each(|place| *place = what)))
        });
        when
    }

    /// One word, or a word for each kind of source. `set` takes a kind (none for a word alone) and its word; it
    /// answers nothing for a kind that does not exist, and an example for a word that does not.
    fn words(
        &mut self,
        field: &str,
        given: Field<Words>,
        (wrong, example): (&str, &str),
        mut set: impl FnMut(Option<&str>, &str) -> Option<Result<(), &'static str>>,
    ) {
        let kind = format!("{wrong}, or an object with one of them for each kind of source");
        match self.typed(field, given, &kind, example) {
            None => {}
            Some(Words::One(word)) => {
                if let Some(Err(example)) = set(None, &word) {
                    self.add(field, wrong, example);
                }
            }
            Some(Words::Each(words)) => {
                for (name, word) in &words {
                    let place = format!("{field}.{}", printable(name));
                    let word = word.as_ref().map_or("", String::as_str);
                    match set(Some(name), word) {
                        Some(Ok(())) => {}
                        Some(Err(example)) => self.add(place, wrong, example),
                        None => self.add(place, "is not a category of findings", example),
                    }
                }
            }
        }
    }

    /// How many pages within a time. Never none: then nobody would be paged.
    fn rate(&mut self, field: &str, given: Field<i64>, example: &str) -> Option<u16> {
        let wrong = "must be an integer from 1 to 1000";
        self.whole(field, given, PAGES, wrong, example)
    }
}

#[cfg(test)]
mod tests;
