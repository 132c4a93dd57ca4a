//! The checks of the fields that only an external resource has.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;

use super::DutyDraft;
use crate::draft::checks::{EMAIL, Faults, Field, ZONE, printable};
use crate::draft::given::{Given, known};
use crate::roster::external::{ExternalResourceType, NotificationObligation};
use crate::value::availability::{Availability, Zone};
use crate::value::limits::{OBLIGATION_HOURS, SLA_MINUTES};

const DUTY: &str = r#"{"incident_types":["data_exposure"],"within_hours":72}"#;

impl Faults {
    pub(super) fn kind(&mut self, given: Field<String>) -> Option<ExternalResourceType> {
        let names = ExternalResourceType::ALL.map(ExternalResourceType::name).join(", ");
        let wrong = format!("must be one of: {names}");
        let text = self.required("type", given, &wrong, "forensics")?;
        let kind = ExternalResourceType::from_name(&text);
        if kind.is_none() {
            self.add("type", &wrong, "forensics");
        }
        kind
    }

    /// An entry that nobody can reach helps nobody. A way that was sent and is wrong has its own
    /// fault already.
    pub(super) fn reach(
        &mut self,
        by_mail_or_phone: bool,
        by_portal: bool,
        kind: ExternalResourceType,
    ) {
        let fault = match (by_mail_or_phone, kind.is_aws()) {
            (true, _) => return,
            (false, true) if by_portal => return,
            (false, true) => "is required unless contact_phone or portal_url is set",
            (false, false) => "is required unless contact_phone is set",
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
            self.add("time_zone", "is required for weekly windows", ZONE);
        }
        self.time_zone(given)
    }

    pub(super) fn response_minutes(&mut self, given: Field<i64>) -> Option<NonZeroU32> {
        let wrong = "must be an integer from 1 to 525600 (minutes in a year)";
        self.positive("response_sla_minutes", given, SLA_MINUTES, wrong, "60")
    }

    /// What must be reported. `kind` is none if it has a fault of its own.
    pub(super) fn duties(
        &mut self,
        given: Field<Vec<Given<DutyDraft>>>,
        kind: Option<ExternalResourceType>,
    ) -> Vec<NotificationObligation> {
        let some = known(given.as_ref()).is_some_and(|duties| !duties.is_empty());
        if some && kind.is_some_and(|kind| !kind.has_duties()) {
            let fault =
                "are supported only for the types regulator, law_enforcement, legal, and insurer";
            self.add("notification_obligations", fault, "[]");
        }
        let wrong = "must be an object with incident_types and within_hours";
        let entries = self.entries("notification_obligations", given, wrong, DUTY);
        entries.into_iter().filter_map(|(place, draft)| self.duty(&place, draft)).collect()
    }

    fn duty(&mut self, place: &str, draft: DutyDraft) -> Option<NotificationObligation> {
        for key in draft.rest.keys() {
            let field = format!("{place}.{}", printable(key));
            self.add(field, "is not a field of a notification obligation", "within_hours");
        }
        let incident_types =
            self.incident_types(&format!("{place}.incident_types"), draft.incident_types);
        let hours_at = format!("{place}.within_hours");
        if draft.within_hours.is_none() {
            self.add(hours_at.as_str(), "is required", "72");
        }
        let wrong = "must be an integer from 1 to 8760 (hours in a year)";
        let hours = self.positive(&hours_at, draft.within_hours, OBLIGATION_HOURS, wrong, "72");
        Some(NotificationObligation { incident_types, within_hours: hours? })
    }

    fn positive(
        &mut self,
        field: &str,
        given: Field<i64>,
        range: RangeInclusive<i64>,
        wrong: &str,
        example: &str,
    ) -> Option<NonZeroU32> {
        self.whole(field, given, range, wrong, example).and_then(NonZeroU32::new)
    }
}
