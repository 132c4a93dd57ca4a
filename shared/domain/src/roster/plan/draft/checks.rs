//! The checks of the fields that only an escalation plan has.

use super::{ChannelsDraft, StepDraft};
use crate::draft::checks::{Faults, Field, printable};
use crate::draft::given::Given;
use crate::roster::plan::{Step, StepChannels};
use crate::value::channel::ChannelType;
use crate::value::limits::{MAX_STEPS, PLAN_MINUTES, STEP_MINUTES};

const STEPS: &str = r#"[{"after_minutes":0,"targets":["severity_team"]},{"after_minutes":10,"targets":["backups"]}]"#;
const TARGETS: &str = r#"["severity_team","role:technical_lead"]"#;

impl Faults {
    pub(super) fn steps(&mut self, given: Field<Vec<Given<StepDraft>>>) -> Vec<Step> {
        if given.is_none() {
            self.add("steps", "is required", STEPS);
            return Vec::new();
        }
        let before = self.0.len();
        let wrong = "must be an object with after_minutes and targets";
        let entries = self.entries("steps", given, wrong, STEPS);
        let number = entries.len();
        let mut steps: Vec<Step> = Vec::new();
        for (place, draft) in entries {
            let Some(step) = self.step(&place, draft) else { continue };
            if steps.last().is_some_and(|earlier| earlier.after_minutes >= step.after_minutes) {
                let fault = "must be greater than after_minutes of the previous step";
                self.add(format!("{place}.after_minutes"), fault, "10");
            }
            steps.push(step);
        }
        if self.0.len() == before && steps.is_empty() {
            self.add("steps", "must contain at least one step", STEPS);
        } else if number > MAX_STEPS {
            self.add("steps", "must contain at most 20 steps", STEPS);
        }
        steps
    }

    fn step(&mut self, place: &str, draft: StepDraft) -> Option<Step> {
        for key in draft.rest.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of a step", "after_minutes");
        }
        let after_at = format!("{place}.after_minutes");
        if draft.after_minutes.is_none() {
            self.add(after_at.as_str(), "is required", "0");
        }
        let wrong = "must be an integer from 0 to 1440 (minutes in a day)";
        let after_minutes = self.whole(&after_at, draft.after_minutes, STEP_MINUTES, wrong, "10");
        let targets_at = format!("{place}.targets");
        let before = self.0.len();
        let entries = self.entries(&targets_at, draft.targets, "must be a string", TARGETS);
        let mut targets = Vec::new();
        for (at, text) in entries {
            let Some(target) = self.parsed(&at, &text, "role:technical_lead") else { continue };
            if targets.contains(&target) {
                self.add(at, "must not be listed twice", "backups");
            } else {
                targets.push(target);
            }
        }
        if targets.is_empty() && self.0.len() == before {
            self.add(targets_at, "must contain at least one target", TARGETS);
        }
        let channels = self.step_channels(&format!("{place}.channels"), draft.channels);
        Some(Step { after_minutes: after_minutes?, targets, channels })
    }

    fn step_channels(&mut self, field: &str, given: Field<ChannelsDraft>) -> StepChannels {
        const EXAMPLE: &str = r#"["voice","sms"]"#;
        let wrong = "must be \"all\" or an array of channel types";
        match self.typed(field, given, wrong, EXAMPLE) {
            None => StepChannels::All,
            Some(ChannelsDraft::Word(word)) => {
                if word != "all" {
                    self.add(field, wrong, EXAMPLE);
                }
                StepChannels::All
            }
            Some(ChannelsDraft::Kinds(list)) => {
                if list.is_empty() {
                    self.add(field, "must contain at least one channel type", EXAMPLE);
                }
                let mut kinds = Vec::new();
                for (at, text) in self.entries(field, Some(Given::Value(list)), wrong, "sms") {
                    let kind = ChannelType::from_name(&text);
                    if let Some(kind) = kind.filter(|kind| !kinds.contains(kind)) {
                        kinds.push(kind);
                    } else {
                        let names = ChannelType::names();
                        let wrong = format!("must contain each of {names} at most once");
                        self.add(at, &wrong, "sms");
                    }
                }
                StepChannels::Only(kinds)
            }
        }
    }

    /// How long a round takes: half an hour, or ten minutes from its last step if that is later.
    pub(super) fn round_minutes(&mut self, given: Field<i64>, steps: &[Step]) -> u32 {
        let last = steps.last().map_or(0, |step| step.after_minutes);
        let wrong = "must be an integer from 1 to 1440 (minutes in a day)";
        let minutes = self.whole("round_interval_minutes", given, PLAN_MINUTES, wrong, "30");
        let minutes = minutes.unwrap_or_else(|| (last + 10).max(30));
        if minutes <= last {
            self.add(
                "round_interval_minutes",
                "must be greater than after_minutes of the last step",
                &(last + 10).to_string(),
            );
        }
        minutes
    }
}
