//! A drill as somebody asks for it, and the checks that make a [`DrillFinding`] of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Drill, DrillFinding, DrillMode};
use crate::draft::checks::{Faults, Field};
use crate::draft::fault::FieldError;
use crate::draft::given::Given;
use crate::value::id::ContactId;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// The account of a drill that names none; no AWS account has it.
const NO_ACCOUNT: &str = "000000000000";

/// A request to start a drill.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({"mode": "dry_run"})))]
#[serde(expecting = "a drill object")]
#[expect(clippy::zero_sized_map_values, reason = "serde flattens maps, not sets")]
pub struct DrillInput {
    /// Incident type. Default: `other`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<IncidentType>))]
    incident_type: Field<String>,
    /// Severity. Default: `high`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Severity>))]
    severity: Field<String>,
    /// AWS account ID. Default: `000000000000`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[0-9]{12}$"))]
    account: Field<String>,
    /// Contact IDs. Default: the contacts of the escalation plan.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, pattern = "^[a-z0-9-]{1,64}$", max_items = 100))]
    contacts: Field<Vec<Given<String>>>,
    /// Mode of the drill.
    #[cfg_attr(feature = "schema", schema(value_type = DrillMode))]
    mode: Field<String>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    rest: BTreeMap<String, IgnoredAny>,
}

impl DrillInput {
    /// The drill that this draft asks for. What is missing: High, of no particular kind, about no real
    /// account, for the people of the plan. Whether it sends has to be said.
    ///
    /// # Errors
    /// Every fault of the draft, in the order of the fields.
    pub fn check(
        self,
        id: String,
        region: &str,
        asked_by: String,
        now: Timestamp,
    ) -> Result<DrillFinding, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults.unknown(self.rest.keys(), "is not a field of a drill", "severity");
        let kind = faults.named(
            "incident_type",
            self.incident_type,
            IncidentType::from_name,
            "must be an incident type",
            "malware",
        );
        let severity = faults.severity("severity", self.severity);
        let account = faults.optional_text("account", self.account, "111122223333");
        if let Some(account) = &account
            && (account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()))
        {
            faults.add("account", "must be a 12-digit AWS account ID", "111122223333");
        }
        let entries = faults.entries("contacts", self.contacts, "must be a contact ID", "ada");
        let mut people = BTreeSet::new();
        for (place, text) in entries {
            people.extend(faults.parsed::<ContactId>(&place, &text, "ada-lovelace"));
        }
        if self.mode.is_none() {
            faults.add("mode", "is required: live sends messages, dry_run does not", "dry_run");
        }
        let mode = faults.named(
            "mode",
            self.mode,
            DrillMode::from_name,
            "must be one of: live, dry_run",
            "dry_run",
        );
        let Some(mode) = mode.filter(|_| faults.0.is_empty()) else { return Err(faults.0) };
        Ok(DrillFinding {
            id,
            drill: Drill {
                mode,
                contacts: people,
                new_contacts: BTreeSet::new(),
                requested_by: Some(asked_by),
            },
            severity: severity.unwrap_or(Severity::High),
            incident_type: kind.unwrap_or(IncidentType::Other),
            account: account.unwrap_or_else(|| NO_ACCOUNT.to_owned()),
            region: region.to_owned(),
            requested_at: now,
        })
    }
}

impl Faults {
    /// What the text of an optional field names.
    fn named<T>(
        &mut self,
        field: &str,
        given: Field<String>,
        from_name: fn(&str) -> Option<T>,
        wrong: &str,
        example: &str,
    ) -> Option<T> {
        let text = self.typed(field, given, wrong, example)?;
        let value = from_name(&text);
        if value.is_none() {
            self.add(field, wrong, example);
        }
        value
    }
}
