//! The incident response plan: made of the roster and its settings, checked, and written out.

mod check;
mod document;
mod external;
pub mod settings;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;

pub use self::check::{OpenPoint, check};
pub use self::document::document;

use crate::incident::drill::exercise::Exercise;
use crate::response_plan::settings::PlanSettings;
use crate::roster::contact::{Contact, Status};
use crate::roster::external::ExternalResource;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::roster::role::Role;
use crate::roster::team::People;
use crate::value::id::{ContactId, ResourceId};
use crate::value::incident_type::IncidentType;

/// A change of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// When.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// The version after it.
    pub version: u64,
    /// What was changed, by the names of the fields.
    pub what: String,
}

/// What the plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The settings.
    pub settings: &'a PlanSettings,
    /// Everybody, those who left too.
    pub people: &'a People,
    /// Every external resource.
    pub resources: &'a [ExternalResource],
    /// The escalation plans that are stored.
    pub plans: &'a [EscalationPlan],
    /// The policy.
    pub policy: &'a Policy,
    /// The drills that were held.
    pub exercises: &'a [Exercise],
    /// How the settings came about.
    pub revisions: &'a [Revision],
    /// When the plan is made.
    pub now: Timestamp,
}

impl<'a> Sources<'a> {
    /// Those who have not left, by level and name.
    fn team(&self) -> Vec<&'a Contact> {
        let mut team: Vec<_> = self.people.values().filter(|c| !c.departed()).collect();
        team.sort_by(|a, b| (a.level, &a.name, &a.id).cmp(&(b.level, &b.name, &b.id)));
        team
    }

    /// The people in a role who have not left.
    fn holders(&self, role: Role) -> impl Iterator<Item = &'a Contact> {
        let present = self.people.values().filter(|contact| !contact.departed());
        present.filter(move |contact| contact.roles.contains(&role))
    }

    fn here(&self, id: &ContactId) -> Option<&'a Contact> {
        self.people.get(id).filter(|contact| !contact.departed())
    }
}

/// One person of the team, as the plan has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TeamMember {
    /// The person.
    pub id: ContactId,
    /// The person's name.
    pub name: String,
    /// The first is the primary one.
    pub roles: Vec<Role>,
    /// Escalation level.
    pub level: u8,
    /// Whether the person takes part now.
    pub status: Status,
    /// Who stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<ContactId>,
    /// Whether reminders to confirm the entry went unanswered.
    pub unconfirmed: bool,
}

/// A notification duty, as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotificationDuty {
    /// Who must be told.
    pub resource: ResourceId,
    /// Their name.
    pub organisation: String,
    /// Of which kinds of incident.
    pub incident_types: Vec<IncidentType>,
    /// Within how many hours.
    pub within_hours: u32,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<ContactId>,
}

/// The plan as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResponsePlan {
    /// When it was made.
    pub generated_at: Timestamp,
    /// What the check of it says.
    pub open_points: Vec<OpenPoint>,
    /// Its settings.
    pub settings: PlanSettings,
    /// The team.
    pub team: Vec<TeamMember>,
    /// The escalation plans that are stored.
    pub escalation_plans: Vec<EscalationPlan>,
    /// The notification duties.
    pub duties: Vec<NotificationDuty>,
    /// The drills that were held.
    pub exercises: Vec<Exercise>,
    /// How the settings came about.
    pub revisions: Vec<Revision>,
}

/// The plan as data.
#[must_use]
pub fn response_plan(sources: &Sources<'_>) -> ResponsePlan {
    let member = |contact: &Contact| TeamMember {
        id: contact.id.clone(),
        name: contact.name.clone(),
        roles: contact.roles.clone(),
        level: contact.level,
        status: contact.status,
        backup: contact.backup.clone(),
        unconfirmed: contact.unconfirmed_since.is_some(),
    };
    let duties = sources.resources.iter().flat_map(|resource| {
        resource.duties.iter().map(|duty| NotificationDuty {
            resource: resource.id.clone(),
            organisation: resource.organisation.clone(),
            incident_types: duty.incident_types.iter().copied().collect(),
            within_hours: duty.within_hours.get(),
            owner: resource.owner.clone(),
        })
    });
    ResponsePlan {
        generated_at: sources.now,
        open_points: check(sources),
        settings: sources.settings.clone(),
        team: sources.team().into_iter().map(member).collect(),
        escalation_plans: sources.plans.to_vec(),
        duties: duties.collect(),
        exercises: sources.exercises.to_vec(),
        revisions: sources.revisions.to_vec(),
    }
}

/// The RACI chart as CSV (RFC 4180): a line for each activity, a column for each role. What a spreadsheet
/// would take for a formula begins with an apostrophe.
#[must_use]
pub fn raci_csv(settings: &PlanSettings) -> String {
    let quoted = |text: &str| {
        let text = text.replace('"', "\"\"");
        let risky = text.starts_with(['=', '+', '-', '@']);
        format!("\"{}{text}\"", if risky { "'" } else { "" })
    };
    let mut out = String::from("phase,activity");
    for role in Role::ALL {
        out.extend([",", &quoted(role.card().title)]);
    }
    out.push_str("\r\n");
    for line in &settings.raci {
        out.extend([line.phase.name(), ",", &quoted(&line.activity)]);
        for role in Role::ALL {
            out.extend([",", &quoted(&document::letters(line, role))]);
        }
        out.push_str("\r\n");
    }
    out
}
