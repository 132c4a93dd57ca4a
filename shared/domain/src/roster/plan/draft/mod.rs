//! An escalation plan as somebody sends it, and the checks that make an [`EscalationPlan`] of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{Faults, Field};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::roster::plan::EscalationPlan;
use crate::value::id::PlanId;
use crate::value::severity::Severity;
use crate::value::stamps::{Stamp, Stamps};

mod checks;

const TYPES: &str = r#"["malware"]"#;

/// An escalation plan as somebody sends it: every field may be missing or of the wrong type.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an escalation plan object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct EscalationPlanInput {
    id: Field<String>,
    name: Field<String>,
    incident_types: Field<Vec<Given<String>>>,
    min_severity: Field<String>,
    steps: Field<Vec<Given<StepDraft>>>,
    rounds: Field<i64>,
    round_interval_minutes: Field<i64>,
    required_acknowledgments: Field<i64>,
    acknowledgment_timeout_minutes: Field<i64>,
    version: Field<u64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
struct StepDraft {
    after_minutes: Field<i64>,
    targets: Field<Vec<Given<String>>>,
    channels: Field<ChannelsDraft>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum ChannelsDraft {
    Word(String),
    Kinds(Vec<Given<String>>),
}

impl EscalationPlanInput {
    /// The version its sender has read, if the draft says so.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        known(self.version.as_ref()).copied()
    }

    /// The plan this draft describes; `id` and `current` as for a contact.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(
        self,
        id: Option<&PlanId>,
        current: Option<&EscalationPlan>,
        stamp: &Stamp,
    ) -> Result<EscalationPlan, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of an escalation plan", "steps");
        let name = faults.text("name", self.name, "Ransomware");
        let id = faults.id(self.id, id, name.as_deref(), PlanId::from_name, "ransomware");
        // No type at all means any; an empty list says the same.
        let none = known(self.incident_types.as_ref()).is_none_or(Vec::is_empty);
        let incident_types = if none {
            faults.typed("incident_types", self.incident_types, "must be an array", TYPES);
            BTreeSet::new()
        } else {
            faults.incident_types("incident_types", self.incident_types)
        };
        let least_severity = faults.severity("min_severity", self.min_severity);
        let steps = faults.steps(self.steps);
        let defaults = EscalationPlan::default();
        let wrong = "must be an integer from 1 to 10";
        let rounds = faults.whole("rounds", self.rounds, 1..=10, wrong, "3");
        let round_minutes = faults.round_minutes(self.round_interval_minutes, &steps);
        let acknowledgements = faults.whole(
            "required_acknowledgments",
            self.required_acknowledgments,
            1..=10,
            wrong,
            "1",
        );
        let wrong = "must be an integer from 1 to 1440 (minutes in a day), or null for no timeout";
        let given = self.acknowledgment_timeout_minutes;
        let acknowledgement_minutes =
            faults.whole("acknowledgment_timeout_minutes", given, 1..=1440, wrong, "60");
        faults.version(self.version);
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        // Each of these added a fault when it was not there.
        let (Some(id), Some(name)) = (id, name) else { return Err(faults.0) };
        Ok(EscalationPlan {
            id,
            name,
            incident_types,
            min_severity: least_severity.unwrap_or(Severity::Informational),
            steps,
            rounds: rounds.unwrap_or(defaults.rounds),
            round_interval_minutes: round_minutes,
            required_acknowledgments: acknowledgements.unwrap_or(defaults.required_acknowledgments),
            acknowledgment_timeout_minutes: acknowledgement_minutes,
            stamps: Stamps::after(current.map(|plan| &plan.stamps), stamp),
        })
    }
}

#[cfg(test)]
mod tests;
