//! The coverage report: what the roster lacks, why it matters, and what to do about it.

mod code;
mod gap;
mod hours;
mod people;
mod plans;
mod report;
mod roles;
#[cfg(test)]
mod tests;

pub use code::GapCode;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::incident::drill::exercise::DrillSummary;
use crate::incident_manager::directory::ChannelNotActivated;
use crate::review::reach::Reached;
use crate::roster::contact::Contact;
use crate::roster::external::ExternalResource;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::roster::role::Role;
use crate::roster::team::People;
use crate::value::channel::ChannelType;
use crate::value::id::{ContactId, PlanId, ResourceId};
use crate::value::severity::Severity;

/// What the report calls too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The confirmation of an entry.
    pub review: SignedDuration,
    /// The proof of a channel.
    pub proof: SignedDuration,
    /// The last drill of a plan.
    pub drill: SignedDuration,
}

#[cfg(test)]
impl Default for Limits {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self { review: days(25), proof: days(90), drill: days(180) }
    }
}

/// What the report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Everybody, those who left too.
    pub people: &'a People,
    /// The escalation plans that are stored; the one that is built in applies where none of them does.
    pub plans: &'a [EscalationPlan],
    /// Every external resource.
    pub resources: &'a [ExternalResource],
    /// The policy.
    pub policy: &'a Policy,
    /// What is known of everybody's channels.
    pub reached: &'a Reached,
    /// The drills that were held.
    pub exercises: &'a [DrillSummary],
    /// Channels that Incident Manager never engages.
    pub inactive: &'a [ChannelNotActivated],
    /// Those who say that they have left, while nobody has decided about it.
    pub leaving: &'a BTreeSet<ContactId>,
    /// Number of change requests that are pending.
    pub waiting: usize,
    /// What counts as too old.
    pub limits: Limits,
    /// When the report is made.
    pub now: Timestamp,
}

impl<'a> Sources<'a> {
    /// Those who have not left.
    fn present(&self) -> impl Iterator<Item = &'a Contact> {
        self.people.values().filter(|contact| !contact.departed())
    }

    /// The person with this id, if they have not left.
    fn here(&self, id: &ContactId) -> Option<&'a Contact> {
        self.people.get(id).filter(|contact| !contact.departed())
    }
}

/// Entry or role that the gap affects: a `type` and the matching ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum GapSubject {
    /// A contact.
    Contact {
        /// Contact ID.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
        contact: ContactId,
    },
    /// A channel of a contact.
    Channel {
        /// Contact ID.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
        contact: ContactId,
        /// Type of the channel.
        channel_type: ChannelType,
        /// Position of the channel in the contact's list (1-based).
        #[cfg_attr(feature = "schema", schema(minimum = 1))]
        position: usize,
    },
    /// A role.
    Role {
        /// Role.
        role: Role,
    },
    /// An escalation plan.
    EscalationPlan {
        /// Escalation plan ID.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "default"))]
        escalation_plan: PlanId,
    },
    /// An external resource.
    ExternalResource {
        /// External resource ID.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$", example = "aws-support"))]
        external_resource: ResourceId,
    },
    /// The roster as a whole.
    Roster,
}

impl GapSubject {
    fn contact(contact: &Contact) -> Self {
        Self::Contact { contact: contact.id.clone() }
    }

    /// It in words: ids and titles, never names.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Contact { contact } => contact.to_string(),
            Self::Channel { contact, channel_type, position } => {
                format!("{contact}, {} (channel {position})", channel_type.name())
            }
            Self::Role { role } => role.card().title.to_owned(),
            Self::EscalationPlan { escalation_plan: plan } => format!("plan {plan}"),
            Self::ExternalResource { external_resource: resource } => {
                format!("external resource {resource}")
            }
            Self::Roster => "the roster".to_owned(),
        }
    }
}

/// A coverage gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "code": "role_unfilled", "severity": "high", "subject": {"type": "role", "role": "incident_commander"},
    "description": "No contact has the role Incident Commander.",
    "impact": "No one leads the response to an incident.",
    "recommendation": "Assign the role to at least two contacts."
})))]
pub struct CoverageGap {
    /// Stable code of the gap.
    pub code: GapCode,
    /// Severity of the gap.
    pub severity: Severity,
    /// Entry or role that the gap affects.
    pub subject: GapSubject,
    /// Description of the gap.
    pub description: String,
    /// Impact on incident response.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub impact: &'static str,
    /// Recommended action.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub recommendation: &'static str,
}

/// What is said of every finding of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) code: GapCode,
    pub(crate) severity: Severity,
    pub(crate) why: &'static str,
    pub(crate) todo: &'static str,
}

impl Kind {
    /// A finding of this kind.
    fn of(self, about: GapSubject, what: impl Into<String>) -> CoverageGap {
        let Self { code, severity, why, todo } = self;
        CoverageGap {
            code,
            severity,
            subject: about,
            description: what.into(),
            impact: why,
            recommendation: todo,
        }
    }
}

/// Summary of the coverage report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CoverageTotals {
    /// Number of contacts who have not departed.
    pub contacts: usize,
    /// Number of contacts who are due for review.
    pub review_due: usize,
    /// Number of contacts whose reminders went unanswered.
    pub unconfirmed: usize,
    /// Number of channels of these contacts.
    pub channels: usize,
    /// Number of channels that were verified within the verification period.
    pub channels_verified: usize,
    /// Number of channels whose messages are undeliverable.
    pub channels_undeliverable: usize,
    /// Number of roles without a contact.
    pub roles_unfilled: usize,
    /// Number of gaps by severity.
    pub gaps: BTreeMap<Severity, usize>,
}

/// Coverage report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CoverageReport {
    /// Time of the report.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date-time"))]
    pub at: Timestamp,
    /// Summary of the report.
    pub totals: CoverageTotals,
    /// Gaps, most severe first. Maximum: 5,000.
    #[cfg_attr(feature = "schema", schema(max_items = 5000))]
    pub gaps: Vec<CoverageGap>,
    /// Number of gaps that are not listed.
    pub omitted_count: usize,
}

/// Most findings that a report lists: as JSON about two megabytes, of the six that Lambda answers with.
pub(crate) const MOST_LISTED: usize = 5_000;

/// What the roster lacks.
#[must_use]
pub fn coverage(sources: &Sources<'_>) -> CoverageReport {
    let mut findings = roles::findings(sources);
    findings.extend(hours::findings(sources));
    findings.extend(people::findings(sources));
    findings.extend(plans::findings(sources));
    findings.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (a.code, &a.subject).cmp(&(b.code, &b.subject)))
    });
    let mut totals = people::totals(sources);
    totals.roles_unfilled = findings.iter().filter(|f| f.code == GapCode::RoleUnfilled).count();
    for finding in &findings {
        *totals.gaps.entry(finding.severity).or_default() += 1;
    }
    let left_out = findings.len().saturating_sub(MOST_LISTED);
    findings.truncate(MOST_LISTED);
    CoverageReport { at: sources.now, totals, gaps: findings, omitted_count: left_out }
}
