//! The response plan's settings as somebody sends them, and the checks that make them [`PlanSettings`].

mod checks;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::{Faults, Field};
use crate::draft::fault::FieldError;
use crate::draft::given::{Given, known};
use crate::response_plan::settings::{Framework, ResponsePlanSettings};
use crate::value::stamps::{Stamp, Stamps};

/// The settings as somebody sends them. A field that is missing has its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "a response plan settings object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct ResponsePlanSettingsInput {
    organization: Field<String>,
    purpose: Field<String>,
    scope: Field<String>,
    owner: Field<String>,
    approver: Field<String>,
    framework: Field<String>,
    review_interval_months: Field<i64>,
    raci: Field<Vec<Given<Row>>>,
    phases: Field<Vec<Given<Row>>>,
    severities: Field<Vec<Given<Row>>>,
    communication: Field<Vec<Given<Row>>>,
    communication_channels: Field<Vec<Given<Row>>>,
    exercises: Field<Vec<Given<Row>>>,
    version: Field<u64>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

/// A row of one of the lists: texts and lists of texts, by field.
type Row = BTreeMap<String, Cell>;

/// A field of a row.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Texts(Vec<Given<String>>),
    Other(IgnoredAny),
}

impl ResponsePlanSettingsInput {
    /// The version its sender has read, if the draft says so.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        known(self.version.as_ref()).copied()
    }

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
            1..=24,
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
