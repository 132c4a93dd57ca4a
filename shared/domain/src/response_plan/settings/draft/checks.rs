//! The checks of the lists in the response plan's settings, row by row.

use jiff::civil::Date;

use super::{Cell, Row};
use crate::draft::checks::{Faults, Field, printable};
use crate::draft::given::Given;
use crate::response_plan::settings::{
    Activity, Message, Phase, PhaseActions, PlannedExercise, SeverityText, Talk, Usage,
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
        let text = self.typed(field, given, "must be a text", EXAMPLE)?;
        text::lines(&text).map_err(|error| self.add(field, &error.to_string(), EXAMPLE)).ok()
    }

    pub(super) fn role(&mut self, field: &str, given: Field<String>) -> Option<Role> {
        let text = self.typed(field, given, "must be a role; GET /roles lists them", ROLE)?;
        self.role_named(field, &text)
    }

    fn role_named(&mut self, field: &str, text: &str) -> Option<Role> {
        let role = Role::from_name(text);
        if role.is_none() {
            self.add(field, "must be a role; GET /roles lists them", ROLE);
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
                self.add(at, "must be a text", example);
                None
            }
            None => {
                self.add(at, "is missing", example);
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
                self.add(at, "has more than 30 entries", &format!("[\"{example}\"]"));
                Vec::new()
            }
            Some(_) => {
                self.add(at, "must be a list of texts", &format!("[\"{example}\"]"));
                Vec::new()
            }
        }
    }

    /// Names what a row has and nobody knows.
    fn rest(&mut self, place: &str, row: &Row, example: &str) {
        for key in row.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of this list", example);
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
        let wrong = "must be detect, analyse, contain, eradicate, recover or learn";
        let find = |text: &str| Phase::ALL.into_iter().find(|phase| phase.name() == text);
        self.word(place, row, "phase", (wrong, "contain"), find)
    }

    fn severity_in(&mut self, place: &str, row: &mut Row, field: &str) -> Option<Severity> {
        let wrong = "must be informational, low, medium, high or critical";
        let find = |text: &str| Severity::ALL.into_iter().find(|known| known.name() == text);
        self.word(place, row, field, (wrong, "high"), find)
    }

    fn roles_in(&mut self, place: &str, row: &mut Row, field: &str) -> Vec<Role> {
        let names = self.cells(place, row, field, ROLE);
        let at = |index: usize| format!("{place}.{field}[{index}]");
        let each = names.iter().enumerate();
        each.filter_map(|(index, name)| self.role_named(&at(index), name)).collect()
    }

    pub(super) fn activity(&mut self, place: &str, mut row: Row) -> Option<Activity> {
        let phase = self.phase(place, &mut row);
        let activity = self.cell(place, &mut row, "activity", "Declare the severity");
        let responsible = self.roles_in(place, &mut row, "responsible");
        let accountable = self.roles_in(place, &mut row, "accountable");
        let consulted = self.roles_in(place, &mut row, "consulted");
        let informed = self.roles_in(place, &mut row, "informed");
        self.rest(place, &row, "activity");
        let (phase, activity) = (phase?, activity?);
        Some(Activity { phase, activity, responsible, accountable, consulted, informed })
    }

    pub(super) fn phase_actions(&mut self, place: &str, mut row: Row) -> Option<PhaseActions> {
        let phase = self.phase(place, &mut row);
        let actions = self.cells(place, &mut row, "actions", "Open the bridge.");
        self.rest(place, &row, "actions");
        Some(PhaseActions { phase: phase?, actions })
    }

    pub(super) fn severity_text(&mut self, place: &str, mut row: Row) -> Option<SeverityText> {
        let severity = self.severity_in(place, &mut row, "severity");
        let definition = self.cell(place, &mut row, "definition", "People act now.");
        self.rest(place, &row, "definition");
        Some(SeverityText { severity: severity?, definition: definition? })
    }

    pub(super) fn message(&mut self, place: &str, mut row: Row) -> Option<Message> {
        let audience = self.cell(place, &mut row, "audience", "Customers");
        let least_severity = self.severity_in(place, &mut row, "least_severity");
        let channel = self.cell(place, &mut row, "channel", "Status page");
        let owner = self.word(
            place,
            &mut row,
            "owner",
            ("must be a role; GET /roles lists them", "communications_lead"),
            Role::from_name,
        );
        let cadence = self.cell(place, &mut row, "cadence", "Every two hours");
        let approval = match row.remove("approval") {
            None => None,
            Some(Cell::Text(text)) => self.role_named(&format!("{place}.approval"), &text),
            Some(_) => {
                self.add(format!("{place}.approval"), "must be a role", "legal_counsel");
                None
            }
        };
        self.rest(place, &row, "audience");
        Some(Message {
            audience: audience?,
            least_severity: least_severity?,
            channel: channel?,
            owner: owner?,
            cadence: cadence?,
            approval,
        })
    }

    pub(super) fn talk(&mut self, place: &str, mut row: Row) -> Option<Talk> {
        let name = self.cell(place, &mut row, "name", "Telephone bridge");
        let find = |text: &str| match text {
            "primary" => Some(Usage::Primary),
            "backup" => Some(Usage::Backup),
            _ => None,
        };
        let wrong = ("must be primary or backup", "backup");
        let usage = self.word(place, &mut row, "usage", wrong, find);
        let how = self.cell(place, &mut row, "how", "The number on the card");
        let depends_on = self.cells(place, &mut row, "depends_on", "telephone network");
        self.rest(place, &row, "how");
        Some(Talk { name: name?, usage: usage?, how: how?, depends_on })
    }

    pub(super) fn exercise(&mut self, place: &str, mut row: Row) -> Option<PlannedExercise> {
        let day = ("must be a day (RFC 3339, full-date)", "2027-03-01");
        let on = self.word(place, &mut row, "on", day, |text| text.parse::<Date>().ok());
        let what = self.cell(place, &mut row, "what", "Ransomware in a backup account");
        self.rest(place, &row, "what");
        Some(PlannedExercise { on: on?, what: what? })
    }
}
