//! The checks of the lists in the response plan's settings, row by row.

use jiff::civil::Date;

use super::rows::{
    CommunicationChannelInput, CommunicationRuleInput, PhaseActionsInput, PlannedExerciseInput,
    RaciActivityInput, SeverityDefinitionInput,
};
use crate::draft::checks::{Faults, Field, printable};
use crate::draft::given::Given;
use crate::response_plan::settings::{
    ChannelUsage, CommunicationChannel, CommunicationRule, Phase, PhaseActions, PlannedExercise,
    RaciActivity, SeverityDefinition,
};
use crate::roster::role::Role;
use crate::value::limits::MAX_ROW_LIST;
use crate::value::severity::Severity;
use crate::value::text;

const ROLE: &str = "technical_lead";
const NO_ROLE: &str = "must be a role name (see GET /roles)";

/// A list of texts, as it is sent.
type Texts = Field<Vec<Given<String>>>;

impl Faults {
    pub(super) fn lines(&mut self, field: &str, given: Field<String>) -> Option<String> {
        const EXAMPLE: &str = "All AWS accounts of Example Ltd.";
        let text = self.typed(field, given, "must be a string", EXAMPLE)?;
        text::lines(&text).map_err(|error| self.add(field, &error.to_string(), EXAMPLE)).ok()
    }

    pub(super) fn role(&mut self, field: &str, given: Field<String>) -> Option<Role> {
        let text = self.typed(field, given, NO_ROLE, ROLE)?;
        self.role_named(field, &text)
    }

    fn role_named(&mut self, field: &str, text: &str) -> Option<Role> {
        let role = Role::from_name(text);
        if role.is_none() {
            self.add(field, NO_ROLE, ROLE);
        }
        role
    }

    /// The rows of a list; none if it was not sent.
    pub(super) fn rows<R, T>(
        &mut self,
        field: &str,
        given: Field<Vec<Given<R>>>,
        read: fn(&mut Self, &str, R) -> Option<T>,
    ) -> Option<Vec<T>> {
        given.as_ref()?;
        let entries = self.entries(field, given, "must be an object", "{}");
        Some(entries.into_iter().filter_map(|(place, row)| read(self, &place, row)).collect())
    }

    /// A list of texts of a row; empty if it was not sent.
    fn cells(&mut self, at: &str, given: Texts, example: &str) -> Vec<String> {
        let whole = format!("[\"{example}\"]");
        match self.typed(at, given, "must be an array of strings", &whole) {
            None => Vec::new(),
            Some(list) if list.len() <= MAX_ROW_LIST => {
                self.list(at, Some(Given::Value(list)), example)
            }
            Some(_) => {
                self.add(at, "must have at most 30 items", &whole);
                Vec::new()
            }
        }
    }

    /// Names what a row has and nobody knows.
    fn rest<'a>(&mut self, place: &str, keys: impl Iterator<Item = &'a String>, example: &str) {
        for key in keys {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of this object", example);
        }
    }

    /// A word of a row that is one of a few.
    fn word<T>(
        &mut self,
        at: &str,
        given: Field<String>,
        (wrong, example): (&str, &str),
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(at, given, example)?;
        let found = find(&text);
        if found.is_none() {
            self.add(at, wrong, example);
        }
        found
    }

    fn phase(&mut self, place: &str, given: Field<String>) -> Option<Phase> {
        let wrong = "must be one of: detect, analyze, contain, eradicate, recover, learn";
        self.word(&format!("{place}.phase"), given, (wrong, "contain"), Phase::from_name)
    }

    fn severity_in(&mut self, at: &str, given: Field<String>) -> Option<Severity> {
        let wrong = "must be one of: informational, low, medium, high, critical";
        self.word(at, given, (wrong, "high"), Severity::from_name)
    }

    fn roles_in(&mut self, at: &str, given: Texts) -> Vec<Role> {
        let names = self.cells(at, given, ROLE);
        let each = names.iter().enumerate();
        each.filter_map(|(index, name)| self.role_named(&format!("{at}[{index}]"), name)).collect()
    }

    pub(super) fn activity(&mut self, place: &str, row: RaciActivityInput) -> Option<RaciActivity> {
        let at = |field: &str| format!("{place}.{field}");
        let phase = self.phase(place, row.phase);
        let activity = self.text(&at("activity"), row.activity, "Declare the severity");
        let responsible = self.roles_in(&at("responsible"), row.responsible);
        let accountable = self.roles_in(&at("accountable"), row.accountable);
        let consulted = self.roles_in(&at("consulted"), row.consulted);
        let informed = self.roles_in(&at("informed"), row.informed);
        self.rest(place, row.rest.keys(), "activity");
        let (phase, activity) = (phase?, activity?);
        Some(RaciActivity { phase, activity, responsible, accountable, consulted, informed })
    }

    pub(super) fn phase_actions(
        &mut self,
        place: &str,
        row: PhaseActionsInput,
    ) -> Option<PhaseActions> {
        let phase = self.phase(place, row.phase);
        let actions = self.cells(&format!("{place}.actions"), row.actions, "Open the bridge.");
        self.rest(place, row.rest.keys(), "actions");
        Some(PhaseActions { phase: phase?, actions })
    }

    pub(super) fn severity_text(
        &mut self,
        place: &str,
        row: SeverityDefinitionInput,
    ) -> Option<SeverityDefinition> {
        let severity = self.severity_in(&format!("{place}.severity"), row.severity);
        let at = format!("{place}.definition");
        let definition = self.text(&at, row.definition, "People act now.");
        self.rest(place, row.rest.keys(), "definition");
        Some(SeverityDefinition { severity: severity?, definition: definition? })
    }

    pub(super) fn message(
        &mut self,
        place: &str,
        row: CommunicationRuleInput,
    ) -> Option<CommunicationRule> {
        let at = |field: &str| format!("{place}.{field}");
        let audience = self.text(&at("audience"), row.audience, "Customers");
        let min_severity = self.severity_in(&at("min_severity"), row.min_severity);
        let channel = self.text(&at("channel"), row.channel, "Status page");
        let role = (NO_ROLE, "communications_lead");
        let owner = self.word(&at("owner_role"), row.owner_role, role, Role::from_name);
        let cadence = self.text(&at("cadence"), row.cadence, "Every two hours");
        let approver_at = at("approver_role");
        let approver = self.typed(&approver_at, row.approver_role, NO_ROLE, "legal_counsel");
        let approver_role = approver.and_then(|text| self.role_named(&approver_at, &text));
        self.rest(place, row.rest.keys(), "audience");
        Some(CommunicationRule {
            audience: audience?,
            min_severity: min_severity?,
            channel: channel?,
            owner_role: owner?,
            cadence: cadence?,
            approver_role,
        })
    }

    pub(super) fn talk(
        &mut self,
        place: &str,
        row: CommunicationChannelInput,
    ) -> Option<CommunicationChannel> {
        let at = |field: &str| format!("{place}.{field}");
        let name = self.text(&at("name"), row.name, "Telephone bridge");
        let wrong = ("must be one of: primary, backup", "backup");
        let usage = self.word(&at("usage"), row.usage, wrong, ChannelUsage::from_name);
        let how = self.text(&at("instructions"), row.instructions, "The number on the card");
        let depends_on = self.cells(&at("depends_on"), row.depends_on, "telephone network");
        self.rest(place, row.rest.keys(), "instructions");
        Some(CommunicationChannel { name: name?, usage: usage?, instructions: how?, depends_on })
    }

    pub(super) fn exercise(
        &mut self,
        place: &str,
        row: PlannedExerciseInput,
    ) -> Option<PlannedExercise> {
        let day = ("must be a date (YYYY-MM-DD)", "2027-03-01");
        let date = |text: &str| text.parse::<Date>().ok();
        let date = self.word(&format!("{place}.date"), row.date, day, date);
        let at = format!("{place}.description");
        let what = self.text(&at, row.description, "Ransomware in a backup account");
        self.rest(place, row.rest.keys(), "description");
        Some(PlannedExercise { date: date?, description: what? })
    }
}
