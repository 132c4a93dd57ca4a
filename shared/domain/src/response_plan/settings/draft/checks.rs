//! The checks of the lists in the response plan's settings, row by row.

use jiff::civil::Date;

use super::{Cell, Row};
use crate::draft::checks::{Faults, Field, printable};
use crate::draft::given::Given;
use crate::response_plan::settings::{
    ChannelUsage, CommunicationChannel, CommunicationRule, Phase, PhaseActions, PlannedExercise,
    RaciActivity, SeverityDefinition,
};
use crate::roster::role::Role;
use crate::value::severity::Severity;
use crate::value::text;

/// Most actions of a phase, roles of an activity or needs of a channel.
const MOST: usize = 30;
const ROLE: &str = "technical_lead";

impl Faults {
    pub(super) fn lines(&mut self, field: &str, given: Field<String>) -> Option<String> {
        const EXAMPLE: &str = "All AWS accounts of Example Ltd.";
        let text = self.typed(field, given, "must be a string", EXAMPLE)?;
        text::lines(&text).map_err(|error| self.add(field, &error.to_string(), EXAMPLE)).ok()
    }

    pub(super) fn role(&mut self, field: &str, given: Field<String>) -> Option<Role> {
        let text = self.typed(field, given, "must be a role name (see GET /roles)", ROLE)?;
        self.role_named(field, &text)
    }

    fn role_named(&mut self, field: &str, text: &str) -> Option<Role> {
        let role = Role::from_name(text);
        if role.is_none() {
            self.add(field, "must be a role name (see GET /roles)", ROLE);
        }
        role
    }

    /// The rows of a list; none if it was not sent.
    pub(super) fn rows<T>(
        &mut self,
        field: &str,
        given: Field<Vec<Given<Row>>>,
        read: fn(&mut Self, &str, Row) -> Option<T>,
    ) -> Option<Vec<T>> {
        given.as_ref()?;
        let entries = self.entries(field, given, "must be an object", "{}");
        Some(entries.into_iter().filter_map(|(place, row)| read(self, &place, row)).collect())
    }

    /// A text of a row that must be there.
    fn cell(&mut self, place: &str, row: &mut Row, field: &str, example: &str) -> Option<String> {
        let at = format!("{place}.{field}");
        match row.remove(field) {
            Some(Cell::Text(text)) => self.trimmed(&at, &text, example),
            Some(_) => {
                self.add(at, "must be a string", example);
                None
            }
            None => {
                self.add(at, "is required", example);
                None
            }
        }
    }

    /// A list of texts of a row; empty if it was not sent.
    fn cells(&mut self, place: &str, row: &mut Row, field: &str, example: &str) -> Vec<String> {
        let at = format!("{place}.{field}");
        match row.remove(field) {
            None => Vec::new(),
            Some(Cell::Texts(list)) if list.len() <= MOST => {
                self.list(&at, Some(Given::Value(list)), example)
            }
            Some(Cell::Texts(_)) => {
                self.add(at, "must have at most 30 items", &format!("[\"{example}\"]"));
                Vec::new()
            }
            Some(_) => {
                self.add(at, "must be an array of strings", &format!("[\"{example}\"]"));
                Vec::new()
            }
        }
    }

    /// Names what a row has and nobody knows.
    fn rest(&mut self, place: &str, row: &Row, example: &str) {
        for key in row.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of this object", example);
        }
    }

    /// A word of a row that is one of a few.
    fn word<T>(
        &mut self,
        place: &str,
        row: &mut Row,
        field: &str,
        (wrong, example): (&str, &str),
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.cell(place, row, field, example)?;
        let found = find(&text);
        if found.is_none() {
            self.add(format!("{place}.{field}"), wrong, example);
        }
        found
    }

    fn phase(&mut self, place: &str, row: &mut Row) -> Option<Phase> {
        let wrong = "must be one of: detect, analyze, contain, eradicate, recover, learn";
        let find = |text: &str| Phase::ALL.into_iter().find(|phase| phase.name() == text);
        self.word(place, row, "phase", (wrong, "contain"), find)
    }

    fn severity_in(&mut self, place: &str, row: &mut Row, field: &str) -> Option<Severity> {
        let wrong = "must be one of: informational, low, medium, high, critical";
        let find = |text: &str| Severity::ALL.into_iter().find(|known| known.name() == text);
        self.word(place, row, field, (wrong, "high"), find)
    }

    fn roles_in(&mut self, place: &str, row: &mut Row, field: &str) -> Vec<Role> {
        let names = self.cells(place, row, field, ROLE);
        let at = |index: usize| format!("{place}.{field}[{index}]");
        let each = names.iter().enumerate();
        each.filter_map(|(index, name)| self.role_named(&at(index), name)).collect()
    }

    pub(super) fn activity(&mut self, place: &str, mut row: Row) -> Option<RaciActivity> {
        let phase = self.phase(place, &mut row);
        let activity = self.cell(place, &mut row, "activity", "Declare the severity");
        let responsible = self.roles_in(place, &mut row, "responsible");
        let accountable = self.roles_in(place, &mut row, "accountable");
        let consulted = self.roles_in(place, &mut row, "consulted");
        let informed = self.roles_in(place, &mut row, "informed");
        self.rest(place, &row, "activity");
        let (phase, activity) = (phase?, activity?);
        Some(RaciActivity { phase, activity, responsible, accountable, consulted, informed })
    }

    pub(super) fn phase_actions(&mut self, place: &str, mut row: Row) -> Option<PhaseActions> {
        let phase = self.phase(place, &mut row);
        let actions = self.cells(place, &mut row, "actions", "Open the bridge.");
        self.rest(place, &row, "actions");
        Some(PhaseActions { phase: phase?, actions })
    }

    pub(super) fn severity_text(
        &mut self,
        place: &str,
        mut row: Row,
    ) -> Option<SeverityDefinition> {
        let severity = self.severity_in(place, &mut row, "severity");
        let definition = self.cell(place, &mut row, "definition", "People act now.");
        self.rest(place, &row, "definition");
        Some(SeverityDefinition { severity: severity?, definition: definition? })
    }

    pub(super) fn message(&mut self, place: &str, mut row: Row) -> Option<CommunicationRule> {
        let audience = self.cell(place, &mut row, "audience", "Customers");
        let least_severity = self.severity_in(place, &mut row, "min_severity");
        let channel = self.cell(place, &mut row, "channel", "Status page");
        let owner = self.word(
            place,
            &mut row,
            "owner_role",
            ("must be a role name (see GET /roles)", "communications_lead"),
            Role::from_name,
        );
        let cadence = self.cell(place, &mut row, "cadence", "Every two hours");
        let approval = match row.remove("approver_role") {
            None => None,
            Some(Cell::Text(text)) => self.role_named(&format!("{place}.approver_role"), &text),
            Some(_) => {
                self.add(
                    format!("{place}.approver_role"),
                    "must be a role name (see GET /roles)",
                    "legal_counsel",
                );
                None
            }
        };
        self.rest(place, &row, "audience");
        Some(CommunicationRule {
            audience: audience?,
            min_severity: least_severity?,
            channel: channel?,
            owner_role: owner?,
            cadence: cadence?,
            approver_role: approval,
        })
    }

    pub(super) fn talk(&mut self, place: &str, mut row: Row) -> Option<CommunicationChannel> {
        let name = self.cell(place, &mut row, "name", "Telephone bridge");
        let find = |text: &str| match text {
            "primary" => Some(ChannelUsage::Primary),
            "backup" => Some(ChannelUsage::Backup),
            _ => None,
        };
        let wrong = ("must be one of: primary, backup", "backup");
        let usage = self.word(place, &mut row, "usage", wrong, find);
        let how = self.cell(place, &mut row, "instructions", "The number on the card");
        let depends_on = self.cells(place, &mut row, "depends_on", "telephone network");
        self.rest(place, &row, "instructions");
        Some(CommunicationChannel { name: name?, usage: usage?, instructions: how?, depends_on })
    }

    pub(super) fn exercise(&mut self, place: &str, mut row: Row) -> Option<PlannedExercise> {
        let day = ("must be a date (YYYY-MM-DD)", "2027-03-01");
        let on = self.word(place, &mut row, "date", day, |text| text.parse::<Date>().ok());
        let what = self.cell(place, &mut row, "description", "Ransomware in a backup account");
        self.rest(place, &row, "description");
        Some(PlannedExercise { date: on?, description: what? })
    }
}
