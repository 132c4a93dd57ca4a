//! Gathers what the coverage report and the response plan are made of.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use muster_domain::incident::drill::exercise::DrillSummary;
use muster_domain::incident_manager::directory::ChannelNotActivated;
use muster_domain::report::coverage::{Limits, Sources};
use muster_domain::review::reach::Reached;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::roster::team::People;
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;
use muster_runtime::settings::{DRILL_DAYS, Fault, Number, PROOF_DAYS, REVIEW_DAYS};

use crate::incidents::{Incidents, List};
use crate::roster::Roster;

/// How many drills a report looks back on: years of them.
const MOST_DRILLS: u16 = 100;

/// What the report calls too old, from the environment.
///
/// # Errors
/// [`Fault`] if a variable holds no number in its range.
pub fn limits() -> Result<Limits, Fault> {
    let days =
        |number: Number| number.read().map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    Ok(Limits { review: days(REVIEW_DAYS)?, proof: days(PROOF_DAYS)?, drill: days(DRILL_DAYS)? })
}

/// Everything, as it is now.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Everybody, those who left too.
    pub people: People,
    /// The escalation plans that are stored.
    pub plans: Vec<EscalationPlan>,
    /// Every external resource.
    pub resources: Vec<ExternalResource>,
    /// The policy.
    pub policy: Policy,
    /// What is known of everybody's channels.
    pub reached: Reached,
    /// The last drills.
    pub exercises: Vec<DrillSummary>,
    /// Channels that Incident Manager never engages.
    pub inactive: Vec<ChannelNotActivated>,
    /// Those who say that they have left.
    pub leaving: BTreeSet<ContactId>,
    /// Number of change requests that are pending.
    pub waiting: usize,
}

impl Gathered {
    /// Reads everything.
    ///
    /// # Errors
    /// The failed call.
    pub async fn read(roster: &Roster, incidents: &Incidents) -> Result<Self, AwsError> {
        let (people, plans, resources, policy, drills, sync, corrections) = tokio::try_join!(
            roster.all::<Contact>(),
            roster.all::<EscalationPlan>(),
            roster.all::<ExternalResource>(),
            roster.policy(),
            incidents.list(List::Drills, MOST_DRILLS, None),
            incidents.sync().report(),
            incidents.reviews().corrections(),
        )?;
        let reached = incidents.proofs().reached(&people).await?;
        let drills = drills.map(|page| page.items).unwrap_or_default();
        Ok(Self {
            people: people.into_iter().map(|contact| (contact.id.clone(), contact)).collect(),
            plans,
            resources,
            policy,
            reached,
            exercises: drills.iter().filter_map(DrillSummary::of).collect(),
            inactive: sync.map(|report| report.channels_not_activated).unwrap_or_default(),
            leaving: corrections.iter().filter_map(|c| c.leaving().cloned()).collect(),
            waiting: corrections.len(),
        })
    }

    /// What the coverage report is made of.
    #[must_use]
    pub fn sources(&self, limits: Limits, now: Timestamp) -> Sources<'_> {
        Sources {
            people: &self.people,
            plans: &self.plans,
            resources: &self.resources,
            policy: &self.policy,
            reached: &self.reached,
            exercises: &self.exercises,
            inactive: &self.inactive,
            leaving: &self.leaving,
            waiting: self.waiting,
            limits,
            now,
        }
    }
}
