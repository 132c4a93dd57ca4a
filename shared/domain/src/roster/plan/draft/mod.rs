//! An escalation plan as somebody sends it, and the checks that make an [`EscalationPlan`] of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{Faults, Field};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::draft::input::input;
use crate::roster::plan::EscalationPlan;
use crate::value::id::PlanId;
use crate::value::limits::{ACKNOWLEDGMENTS, PLAN_MINUTES, ROUNDS};
use crate::value::severity::Severity;
use crate::value::stamps::{Stamp, Stamps};

mod checks;

#[cfg(feature = "schema")]
use crate::{
    roster::plan::{StepChannels, Target},
    value::incident_type::IncidentType,
};

const TYPES: &str = r#"["malware"]"#;

input! {
    /// Fields to create or replace an escalation plan. You can send back an entry you read: Muster
    /// ignores read-only fields. If you include `version`, it must be current.
    #[serde(expecting = "an escalation plan object")]
    #[cfg_attr(feature = "schema", schema(example = json!({
            "name": "Ransomware", "incident_types": ["malware"], "min_severity": "high",
            "steps": [
                {"after_minutes": 0, "targets": ["severity_team"]},
                {"after_minutes": 10, "targets": ["severity_team", "backups"], "channels": ["voice", "sms"]}
            ]
        })))]
    pub struct EscalationPlanInput {
        /// Escalation plan ID. Generated from the name if omitted. Cannot be changed.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", example = "ransomware"))]
        id: Field<String>,
        /// Name of the plan. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Malware in production"))]
        name: Field<String>,
        /// Incident types the plan applies to. Empty or omitted: all types.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<IncidentType>>, max_items = 100))]
        incident_types: Field<Vec<Given<String>>>,
        /// Minimum severity of the incidents the plan applies to. Default: `informational`.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Severity>))]
        min_severity: Field<String>,
        /// Steps, ordered by time. Maximum: 20.
        #[cfg_attr(feature = "schema", schema(value_type = Vec<StepDraft>, min_items = 1, max_items = 20))]
        steps: Field<Vec<Given<StepDraft>>>,
        /// Number of passes through the steps, 1 to 10. Default: 3.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 10))]
        rounds: Field<i64>,
        /// Minutes between the start of two rounds. Must be greater than `after_minutes` of the
        /// last step. Default: 30, or 10 minutes after the last step if that is later. Maximum:
        /// 1,440.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1440))]
        round_interval_minutes: Field<i64>,
        /// Number of contacts who must acknowledge before paging stops, 1 to 10. Default: 1.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 10))]
        required_acknowledgments: Field<i64>,
        /// Minutes after the last acknowledgment before an unresolved incident pages again. `null`:
        /// never. Maximum: 1,440.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 1440))]
        acknowledgment_timeout_minutes: Field<i64>,
    }
}

/// A step of an escalation plan.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = StepInput))]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub(crate) struct StepDraft {
    /// Minutes after the start of the round. Must be greater than in the previous step. Maximum: 1,440.
    #[cfg_attr(feature = "schema", schema(value_type = i32, minimum = 0, maximum = 1440))]
    after_minutes: Field<i64>,
    /// Targets: `severity_team`, `backups`, `next_level`, `role:<role>`, `level:<1-4>`,
    /// `contact:<id>`, or `external:<id>`.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Target>, min_items = 1, max_items = 100))]
    targets: Field<Vec<Given<String>>>,
    /// Channels used by the step. Default: `all`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<StepChannels>))]
    channels: Field<ChannelsDraft>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    rest: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum ChannelsDraft {
    Word(String),
    Kinds(Vec<Given<String>>),
}

impl EscalationPlanInput {
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
        let rounds = faults.whole("rounds", self.rounds, ROUNDS, wrong, "3");
        let round_minutes = faults.round_minutes(self.round_interval_minutes, &steps);
        let acknowledgements = faults.whole(
            "required_acknowledgments",
            self.required_acknowledgments,
            ACKNOWLEDGMENTS,
            wrong,
            "1",
        );
        let wrong = "must be an integer from 1 to 1440 (minutes in a day), or null for no timeout";
        let given = self.acknowledgment_timeout_minutes;
        let acknowledgement_minutes =
            faults.whole("acknowledgment_timeout_minutes", given, PLAN_MINUTES, wrong, "60");
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
