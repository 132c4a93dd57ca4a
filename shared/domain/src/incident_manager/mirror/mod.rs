//! An incident's record in Incident Manager: what it has to be told next, and whom it engages.

mod engagement;
mod shown;
mod start;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use engagement::{Engagement, EngagementRequest, Engaging, Place, Seen, still_engaged};
pub use shown::{Shown, title};
pub use start::{Start, StartRequest};

use crate::announcement::Line;
use crate::incident::event::EventType;
use crate::incident::{Incident, IncidentStatus};
use crate::value::id::IncidentId;

/// How long after an escalation's first step is due it may have people engaged there. After that
/// Muster pages alone, and the record is made without engagements.
pub const ENGAGE_WITHIN: SignedDuration = SignedDuration::from_secs(90);
/// How far the clock of whoever opened the incident may be ahead of the first step's.
const EARLY: SignedDuration = SignedDuration::from_secs(5);
/// How long an incident is looked at every minute after the last thing that happened to it.
const RECENT: SignedDuration = SignedDuration::from_hours(24);
/// Limit of added findings that become events of a record; the others are a number on the incident.
const MOST_ATTACHED: usize = 100;

/// What is known of an incident's record there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The incident.
    pub incident: IncidentId,
    /// The name of the response plan that it is started on; settled before it is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What `StartIncident` was asked, from before the first call until its answer is stored. Every
    /// later call repeats it, so that an answer that was lost makes no second record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<StartRequest>,
    /// The record's ARN, once it is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The last escalation for which Incident Manager was asked to engage people, stored before the
    /// call: until `engagement` is of the same run, nobody knows whether it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engaging: Option<Engaging>,
    /// Whom Incident Manager engages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement: Option<Engagement>,
    /// Up to which escalation its engagements have been stopped.
    #[serde(default)]
    pub stopped: u32,
    /// What the record shows of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// Whether the record is resolved.
    #[serde(default)]
    pub resolved: bool,
    /// Whether somebody has deleted the record.
    #[serde(default)]
    pub gone: bool,
    /// The names of the timeline's lines that are there.
    #[serde(default)]
    pub told: BTreeSet<String>,
    /// The time of the latest of those lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Timestamp>,
    /// Counts the changes, from 1; 0 if it is on no record of ours yet.
    pub version: u64,
}

/// What a record has to be told, each by one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A line of the timeline.
    Tell {
        /// Its name, unique within the incident.
        name: String,
        /// When it happened.
        at: Timestamp,
        /// What happened.
        text: String,
    },
    /// Its title, impact or summary is no longer the incident's.
    Show(Shown),
    /// Stops every engagement of the record, up to the one for this escalation.
    StopEngagements(u32),
    /// It is over.
    Resolve,
}

impl Mirror {
    /// That of an incident which nobody has told Incident Manager of.
    #[must_use]
    pub const fn new(incident: IncidentId) -> Self {
        Self {
            incident,
            plan: None,
            asked: None,
            arn: None,
            engaging: None,
            engagement: None,
            stopped: 0,
            shown: None,
            resolved: false,
            gone: false,
            told: BTreeSet::new(),
            latest: None,
            version: 0,
        }
    }

    /// What the record has to be told, in this order.
    #[must_use]
    pub fn steps(&self, incident: &Incident, lines: &[Line<'_>], now: Timestamp) -> Vec<Step> {
        if self.arn.is_none() || self.gone {
            return Vec::new();
        }
        let mut steps = Vec::new();
        // Before anything else: an engagement that goes on pages people.
        steps.extend(self.to_stop(incident, now).map(Step::StopEngagements));
        let mut attached = self
            .told
            .iter()
            .filter(|name| name.starts_with(EventType::FindingAdded.name()))
            .count();
        let mut new: Vec<&Line<'_>> =
            lines.iter().filter(|line| !self.told.contains(line.name)).collect();
        new.sort_by_key(|line| (line.at, line.name));
        for line in new {
            if line.event == EventType::FindingAdded {
                attached += 1;
                if attached > MOST_ATTACHED {
                    continue;
                }
            }
            let text = format!("{} (by {})", line.message, line.by);
            steps.push(Step::Tell { name: line.name.to_owned(), at: line.at, text });
        }
        let shown = Shown::of(incident);
        if self.shown.as_ref() != Some(&shown) {
            steps.push(Step::Show(shown));
        }
        if incident.status == IncidentStatus::Resolved && !self.resolved {
            steps.push(Step::Resolve);
        }
        steps
    }

    /// Takes a step that was made into what is known.
    pub fn made(&mut self, step: &Step) {
        match step {
            Step::Tell { name, at, .. } => {
                self.told.insert(name.clone());
                self.latest = self.latest.max(Some(*at));
            }
            Step::Show(shown) => self.shown = Some(shown.clone()),
            Step::StopEngagements(run) => self.stopped = *run,
            Step::Resolve => self.resolved = true,
        }
    }

    /// Whether nothing will be heard of it any more.
    #[must_use]
    pub const fn settled(&self) -> bool {
        self.resolved || self.gone
    }

    /// Until when the record is looked at every minute: for a day after the last thing that happened,
    /// and as long as people are being paged. Later changes of the incident still reach the record, by
    /// the stream. `None` once it is settled.
    #[must_use]
    pub fn look_until(&self, incident: &Incident) -> Option<Timestamp> {
        if self.settled() {
            return None;
        }
        let acknowledged = incident.acknowledgments.last().map(|deed| deed.at);
        let resolved = incident.resolution.as_ref().map(|deed| deed.at);
        let times =
            [Some(incident.opened_at), Some(incident.run_started_at), acknowledged, resolved];
        let last = times.into_iter().flatten().chain(self.latest).max()?;
        let recent = last.saturating_add(RECENT).unwrap_or(Timestamp::MAX);
        let paged = pages(incident).then(|| escalation_ends(incident));
        paged.max(Some(recent))
    }
}

/// Whether people are to be paged for the incident: nobody has answered, and its source has not ended it.
fn pages(incident: &Incident) -> bool {
    incident.status == IncidentStatus::Open && !incident.stopped()
}

/// When the last round of the incident's present escalation ends.
fn escalation_ends(incident: &Incident) -> Timestamp {
    let plan = &incident.escalation_plan;
    let minutes = i64::from(plan.rounds) * i64::from(plan.round_interval_minutes);
    incident
        .first_due()
        .saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(Timestamp::MAX)
}

/// Whether the present escalation's first step may still have people engaged.
#[must_use]
pub fn may_engage(incident: &Incident, now: Timestamp) -> bool {
    let since = now.duration_since(incident.first_due());
    pages(incident) && since >= -EARLY && since <= ENGAGE_WITHIN
}

#[cfg(test)]
mod tests;
