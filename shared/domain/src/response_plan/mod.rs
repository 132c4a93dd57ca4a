//! The incident response plan: made of the roster and its settings, checked, and written out.

mod check;
mod code;
mod document;
mod external;
pub mod settings;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;

pub use self::check::{ResponsePlanIssue, check};
pub use self::code::IssueCode;
pub use self::document::document;

use crate::incident::drill::exercise::DrillSummary;
use crate::response_plan::settings::ResponsePlanSettings;
use crate::roster::contact::{Contact, ContactStatus};
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
    pub summary: String,
}

/// What the plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The settings.
    pub settings: &'a ResponsePlanSettings,
    /// Everybody, those who left too.
    pub people: &'a People,
    /// Every external resource.
    pub resources: &'a [ExternalResource],
    /// The escalation plans that are stored.
    pub plans: &'a [EscalationPlan],
    /// The policy.
    pub policy: &'a Policy,
    /// The drills that were held.
    pub exercises: &'a [DrillSummary],
    /// How the settings came about.
    pub revisions: &'a [Revision],
    /// When the plan is made.
    pub now: Timestamp,
}

impl<'a> Sources<'a> {
    /// Those who have not left, by level and name.
    fn team(&self) -> Vec<&'a Contact> {
        let mut team: Vec<_> = self.people.values().filter(|c| !c.departed()).collect();
        team.sort_by(|a, b| {
            (a.escalation_level, &a.name, &a.id).cmp(&(b.escalation_level, &b.name, &b.id))
        });
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
    pub escalation_level: u8,
    /// Whether the person takes part now.
    pub status: ContactStatus,
    /// Who stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_contact: Option<ContactId>,
    /// Whether reminders to confirm the entry went unanswered.
    pub unconfirmed: bool,
}

/// A notification duty, as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResponsePlanObligation {
    /// Who must be told.
    pub resource: ResourceId,
    /// Their name.
    pub organization: String,
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
    pub issues: Vec<ResponsePlanIssue>,
    /// Its settings.
    pub settings: ResponsePlanSettings,
    /// The team.
    pub team: Vec<TeamMember>,
    /// The escalation plans that are stored.
    pub escalation_plans: Vec<EscalationPlan>,
    /// The notification duties.
    pub notification_obligations: Vec<ResponsePlanObligation>,
    /// The drills that were held.
    pub exercises: Vec<DrillSummary>,
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
        escalation_level: contact.escalation_level,
        status: contact.status,
        backup_contact: contact.backup_contact.clone(),
        unconfirmed: contact.unconfirmed_since.is_some(),
    };
    let duties = sources.resources.iter().flat_map(|resource| {
        resource.notification_obligations.iter().map(|duty| ResponsePlanObligation {
            resource: resource.id.clone(),
            organization: resource.organization.clone(),
            incident_types: duty.incident_types.iter().copied().collect(),
            within_hours: duty.within_hours.get(),
            owner: resource.owner.clone(),
        })
    });
    ResponsePlan {
        generated_at: sources.now,
        issues: check(sources),
        settings: sources.settings.clone(),
        team: sources.team().into_iter().map(member).collect(),
        escalation_plans: sources.plans.to_vec(),
        notification_obligations: duties.collect(),
        exercises: sources.exercises.to_vec(),
        revisions: sources.revisions.to_vec(),
    }
}

/// The RACI chart as CSV (RFC 4180): a line for each activity, a column for each role. What a spreadsheet
/// would take for a formula begins with an apostrophe.
#[must_use]
pub fn raci_csv(settings: &ResponsePlanSettings) -> String {
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
