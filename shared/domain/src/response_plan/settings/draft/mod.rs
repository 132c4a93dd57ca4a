//! The response plan's settings as somebody sends them, and the checks that make them [`ResponsePlanSettings`].

mod checks;
mod rows;

use rows::{
    CommunicationChannelInput, CommunicationRuleInput, PhaseActionsInput, PlannedExerciseInput,
    RaciActivityInput, SeverityDefinitionInput,
};

use crate::draft::checks::{Faults, Field};
use crate::draft::fault::FieldError;
use crate::draft::given::Given;
use crate::draft::input::input;
use crate::response_plan::settings::{Framework, ResponsePlanSettings};
#[cfg(feature = "schema")]
use crate::roster::role::Role;
use crate::value::limits::REVIEW_MONTHS;
use crate::value::stamps::{Stamp, Stamps};

input! {
    /// Fields to change the settings. Omitted fields use defaults. You can send back the settings
    /// you read: Muster ignores read-only fields.
    #[serde(expecting = "a response plan settings object")]
    #[cfg_attr(feature = "schema", schema(example = json!({"organization": "Example Ltd", "framework": "nist_800_61r3"})))]
    pub struct ResponsePlanSettingsInput {
        /// Name of your organization. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Example Ltd"))]
        organization: Field<String>,
        /// Purpose of the plan. Maximum: 4,000 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 4000, example = "Defines how Example Ltd responds to security incidents."))]
        purpose: Field<String>,
        /// Scope of the plan. Maximum: 4,000 characters.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, min_length = 1, max_length = 4000, example = "All AWS accounts of Example Ltd."))]
        scope: Field<String>,
        /// ID of the contact who owns the plan.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
        owner: Field<String>,
        /// Role that approves the plan.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Role>))]
        approver: Field<String>,
        /// Framework that names the phases.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Framework>))]
        framework: Field<String>,
        /// Months between two reviews of the plan, 1 to 24. Default: 12.
        #[cfg_attr(feature = "schema", schema(value_type = Option<i32>, minimum = 1, maximum = 24))]
        review_interval_months: Field<i64>,
        /// Rows of the RACI matrix. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<RaciActivityInput>>, max_items = 100))]
        raci: Field<Vec<Given<RaciActivityInput>>>,
        /// Actions in each phase. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<PhaseActionsInput>>, max_items = 100))]
        phases: Field<Vec<Given<PhaseActionsInput>>>,
        /// Definition of each severity. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<SeverityDefinitionInput>>, max_items = 100))]
        severities: Field<Vec<Given<SeverityDefinitionInput>>>,
        /// Rows of the communication plan. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<CommunicationRuleInput>>, max_items = 100))]
        communication: Field<Vec<Given<CommunicationRuleInput>>>,
        /// Communication channels of the response team. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<CommunicationChannelInput>>, max_items = 100))]
        communication_channels: Field<Vec<Given<CommunicationChannelInput>>>,
        /// Planned exercises. Maximum: 100.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<PlannedExerciseInput>>, max_items = 100))]
        exercises: Field<Vec<Given<PlannedExerciseInput>>>,
    }
}

impl ResponsePlanSettingsInput {
    /// The settings this draft describes, in the place of `current`.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(
        self,
        current: Option<&ResponsePlanSettings>,
        stamp: &Stamp,
    ) -> Result<ResponsePlanSettings, Vec<FieldError>> {
        let usual = ResponsePlanSettings::default();
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of the settings", "purpose");
        let organisation = faults.optional_text("organization", self.organization, "Example Ltd");
        let purpose = faults.lines("purpose", self.purpose);
        let scope = faults.lines("scope", self.scope);
        let owner = faults.optional("owner", self.owner, "ada-lovelace");
        let approver = faults.role("approver", self.approver);
        let framework = faults.framework(self.framework);
        let wrong = "must be an integer from 1 to 24 (months)";
        let review_months = faults.whole(
            "review_interval_months",
            self.review_interval_months,
            REVIEW_MONTHS,
            wrong,
            "12",
        );
        let raci = faults.rows("raci", self.raci, Faults::activity);
        let phases = faults.rows("phases", self.phases, Faults::phase_actions);
        let severities = faults.rows("severities", self.severities, Faults::severity_text);
        let communication = faults.rows("communication", self.communication, Faults::message);
        let channels =
            faults.rows("communication_channels", self.communication_channels, Faults::talk);
        let exercises = faults.rows("exercises", self.exercises, Faults::exercise);
        faults.version(self.version);
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(ResponsePlanSettings {
            organization: organisation,
            purpose: purpose.unwrap_or(usual.purpose),
            scope: scope.unwrap_or(usual.scope),
            owner,
            approver: approver.unwrap_or(usual.approver),
            framework: framework.unwrap_or(usual.framework),
            review_interval_months: review_months.unwrap_or(usual.review_interval_months),
            raci: raci.unwrap_or(usual.raci),
            phases: phases.unwrap_or(usual.phases),
            severities: severities.unwrap_or(usual.severities),
            communication: communication.unwrap_or(usual.communication),
            communication_channels: channels.unwrap_or(usual.communication_channels),
            exercises: exercises.unwrap_or(usual.exercises),
            stamps: Stamps::after(current.map(|settings| &settings.stamps), stamp),
        })
    }
}

impl Faults {
    fn framework(&mut self, given: Field<String>) -> Option<Framework> {
        let wrong = "must be one of: nist_800_61r2, nist_800_61r3, none";
        let text = self.typed("framework", given, wrong, "nist_800_61r3")?;
        let framework = Framework::ALL.into_iter().find(|known| known.name() == text);
        if framework.is_none() {
            self.add("framework", wrong, "nist_800_61r3");
        }
        framework
    }
}

#[cfg(test)]
mod tests;
