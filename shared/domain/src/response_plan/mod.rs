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

/// A revision of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Revision {
    /// Time of the change.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// IAM ARN or token subject of the caller.
    #[cfg_attr(feature = "schema", schema(example = "arn:aws:iam::111122223333:user/ada"))]
    pub by: String,
    /// Version after the change.
    pub version: u64,
    /// Names of the changed fields.
    #[cfg_attr(feature = "schema", schema(example = "purpose, scope"))]
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

/// A member of the response team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TeamMember {
    /// Contact ID.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    pub id: ContactId,
    /// Full name.
    #[cfg_attr(feature = "schema", schema(example = "Ada Lovelace"))]
    pub name: String,
    /// Roles. The first is the primary role.
    pub roles: Vec<Role>,
    /// Escalation level, 1 to 4.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub escalation_level: u8,
    /// Status of the contact.
    pub status: ContactStatus,
    /// ID of the contact who is paged when this contact is away. Omitted if not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", nullable = false))]
    pub backup_contact: Option<ContactId>,
    /// Whether reminders to confirm the entry went unanswered.
    pub unconfirmed: bool,
}

/// A notification obligation in the response plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResponsePlanObligation {
    /// External resource that must be notified.
    #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
    pub resource: ResourceId,
    /// Name of the organization.
    #[cfg_attr(feature = "schema", schema(example = "Example Data Protection Authority"))]
    pub organization: String,
    /// Incident types to report.
    pub incident_types: Vec<IncidentType>,
    /// Hours from learning of the incident to the notification.
    pub within_hours: u32,
    /// ID of the contact who handles the obligation. Omitted if not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", nullable = false))]
    pub owner: Option<ContactId>,
}

/// The incident response plan as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResponsePlan {
    /// Time when the plan was generated.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub generated_at: Timestamp,
    /// Issues, most severe first.
    pub issues: Vec<ResponsePlanIssue>,
    /// Settings of the plan.
    pub settings: ResponsePlanSettings,
    /// Contacts who have not departed, by escalation level and name.
    pub team: Vec<TeamMember>,
    /// Stored escalation plans.
    pub escalation_plans: Vec<EscalationPlan>,
    /// Notification obligations.
    pub notification_obligations: Vec<ResponsePlanObligation>,
    /// Past drills.
    pub exercises: Vec<DrillSummary>,
    /// Revisions of the settings.
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
