//! The checks of the fields that only an external resource has.

use std::num::NonZeroU32;

use super::DutyDraft;
use crate::draft::checks::{EMAIL, Faults, Field, ZONE, printable};
use crate::draft::given::{Given, known};
use crate::roster::external::{Duty, ResourceKind};
use crate::value::availability::{Availability, Zone};

/// The longest promise or duty: a year, beyond which it is a slip of the keyboard.
const YEAR_HOURS: i64 = 365 * 24;
const YEAR_MINUTES: i64 = YEAR_HOURS * 60;
const DUTY: &str = r#"{"incident_types":["data_exposure"],"within_hours":72}"#;

impl Faults {
    pub(super) fn kind(&mut self, given: Field<String>) -> Option<ResourceKind> {
        let names = ResourceKind::ALL.map(ResourceKind::name).join(", ");
        let wrong = format!("must be one of {names}");
        let text = self.required("kind", given, &wrong, "forensics")?;
        let kind = ResourceKind::from_name(&text);
        if kind.is_none() {
            self.add("kind", &wrong, "forensics");
        }
        kind
    }

    /// An entry that nobody can reach helps nobody. A way that was sent and is wrong has its own
    /// fault already.
    pub(super) fn reach(&mut self, by_mail_or_phone: bool, by_portal: bool, kind: ResourceKind) {
        let fault = match (by_mail_or_phone, kind.is_aws()) {
            (true, _) => return,
            (false, true) if by_portal => return,
            (false, true) => "is missing, and so are contact_phone and portal: give one of them",
            (false, false) => "is missing, and so is contact_phone: give one of them",
        };
        self.add("contact_email", fault, EMAIL);
    }

    /// The time zone, without which weekly windows would say nothing.
    pub(super) fn zone_for(
        &mut self,
        availability: &Availability,
        given: Field<String>,
    ) -> Option<Zone> {
        if given.is_none() && matches!(availability, Availability::Weekly(_)) {
            self.add("time_zone", "is missing, and weekly windows need one", ZONE);
        }
        self.time_zone(given)
    }

    pub(super) fn response_minutes(&mut self, given: Field<i64>) -> Option<NonZeroU32> {
        let wrong = "must be a whole number of minutes from 1 to 525600 (a year)";
        self.positive("response_minutes", given, YEAR_MINUTES, wrong, "60")
    }

    /// What must be reported. `kind` is none if it has a fault of its own.
    pub(super) fn duties(
        &mut self,
        given: Field<Vec<Given<DutyDraft>>>,
        kind: Option<ResourceKind>,
    ) -> Vec<Duty> {
        let some = known(given.as_ref()).is_some_and(|duties| !duties.is_empty());
        if some && kind.is_some_and(|kind| !kind.has_duties()) {
            let fault = "are only for the kinds regulator, law_enforcement, legal and insurer";
            self.add("duties", fault, "[]");
        }
        let wrong = "must be an object with incident_types and within_hours";
        let entries = self.entries("duties", given, wrong, DUTY);
        entries.into_iter().filter_map(|(place, draft)| self.duty(&place, draft)).collect()
    }

    fn duty(&mut self, place: &str, draft: DutyDraft) -> Option<Duty> {
        for key in draft.rest.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of a duty", "within_hours");
        }
        let incident_types =
            self.incident_types(&format!("{place}.incident_types"), draft.incident_types);
        let hours_at = format!("{place}.within_hours");
        if draft.within_hours.is_none() {
            self.add(hours_at.as_str(), "is missing", "72");
        }
        let wrong = "must be a whole number of hours from 1 to 8760 (a year)";
        let hours = self.positive(&hours_at, draft.within_hours, YEAR_HOURS, wrong, "72");
        Some(Duty { incident_types, within_hours: hours? })
    }

    fn positive(
        &mut self,
        field: &str,
        given: Field<i64>,
        most: i64,
        wrong: &str,
        example: &str,
    ) -> Option<NonZeroU32> {
        self.whole(field, given, 1..=most, wrong, example).and_then(NonZeroU32::new)
    }
}
