//! An incident's record in Incident Manager: what it has to be told next, and whom it engages.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::announcement::Line;
use crate::directory::{PagingBackend, impact, quiet_plan_name, response_plan_name};
use crate::escalation::{Cursor, Turn};
use crate::id::{ContactId, IncidentId};
use crate::incident::{Incident, State};
use crate::page::mark;
use crate::severity::Severity;

/// How long an incident's first step may take to have it started there with engagements. After that
/// Muster pages by itself, and the record is made without any.
pub const ENGAGE_WITHIN: SignedDuration = SignedDuration::from_secs(90);
/// How long after it opens an incident's record may be started: an account that cannot have it must not be
/// asked for ever.
const START_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How many findings that join are told one by one; what is more is a number on the incident.
const MOST_ATTACHED: usize = 100;
/// Longest title of a record, and longest text of an event (Incident Manager API), in characters.
const LONGEST_TITLE: usize = 200;

/// Whom Incident Manager engages for one escalation of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Which escalation, from 1.
    pub run: u32,
    /// Who pages.
    pub backend: PagingBackend,
    /// Everybody whom its plan engages, and whether it can reach them: by an activated channel.
    pub people: BTreeMap<ContactId, bool>,
}

impl Engagement {
    /// Whether anybody at all can be reached.
    #[must_use]
    pub fn reaches_anybody(&self) -> bool {
        self.people.values().any(|reached| *reached)
    }

    /// Those of one step's `people` whom Incident Manager engages, so that Muster does not.
    #[must_use]
    pub fn takes(&self, people: &BTreeSet<ContactId>) -> BTreeSet<ContactId> {
        let reached = |id: &&ContactId| self.people.get(*id) == Some(&true);
        let known = |id: &&ContactId| self.people.contains_key(*id);
        match self.backend {
            PagingBackend::Native => BTreeSet::new(),
            PagingBackend::Both => people.iter().filter(reached).cloned().collect(),
            // A step that reaches nobody there is Muster's.
            PagingBackend::IncidentManager if !people.iter().any(|id| reached(&id)) => {
                BTreeSet::new()
            }
            PagingBackend::IncidentManager => people.iter().filter(known).cloned().collect(),
        }
    }
}

impl Turn {
    /// This turn without those whom Incident Manager engages in its place.
    #[must_use]
    pub fn shared_with(self, cursor: Cursor, engagement: Option<&Engagement>) -> Self {
        let Some(engagement) = engagement.filter(|engagement| engagement.run == cursor.run) else {
            return self;
        };
        let people = self.pages.iter().map(|page| page.contact.id.clone()).collect();
        let taken = engagement.takes(&people);
        let pages = self.pages.into_iter().filter(|page| !taken.contains(&page.contact.id));
        Self { pages: pages.collect(), ..self }
    }
}

/// What is known of an incident's record there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The incident.
    pub incident: IncidentId,
    /// The name of the response plan that it is started on; settled before it is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The record's ARN, once it is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Whom Incident Manager engages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement: Option<Engagement>,
    /// Up to which escalation its engagements have been stopped.
    #[serde(default)]
    pub stopped: u32,
    /// The severity that the record shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Whether the record is resolved.
    #[serde(default)]
    pub resolved: bool,
    /// Whether somebody has deleted the record.
    #[serde(default)]
    pub gone: bool,
    /// The names of the timeline's lines that are there.
    #[serde(default)]
    pub told: BTreeSet<String>,
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
    /// It has become more serious.
    SetSeverity(Severity),
    /// Somebody has taken it up: nobody is engaged any more.
    StopEngagements,
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
            arn: None,
            engagement: None,
            stopped: 0,
            severity: None,
            resolved: false,
            gone: false,
            told: BTreeSet::new(),
            version: 0,
        }
    }

    /// What the record has to be told, in this order.
    #[must_use]
    pub fn steps(&self, incident: &Incident, lines: &[Line<'_>]) -> Vec<Step> {
        if self.arn.is_none() || self.gone {
            return Vec::new();
        }
        let mut attached = self.told.iter().filter(|name| name.starts_with("attached")).count();
        let mut new: Vec<&Line<'_>> =
            lines.iter().filter(|line| !self.told.contains(line.name)).collect();
        new.sort_by_key(|line| (line.at, line.name));
        let mut steps = Vec::new();
        for line in new {
            if line.what == "attached" {
                attached += 1;
                if attached > MOST_ATTACHED {
                    continue;
                }
            }
            let text = format!("{} (by {})", line.text, line.by);
            steps.push(Step::Tell { name: line.name.to_owned(), at: line.at, text });
        }
        if self.severity != Some(incident.severity) {
            steps.push(Step::SetSeverity(incident.severity));
        }
        let engaged = self.engagement.as_ref().is_some_and(|e| e.run > self.stopped);
        if engaged && incident.status != State::Open {
            steps.push(Step::StopEngagements);
        }
        if incident.status == State::Resolved && !self.resolved {
            steps.push(Step::Resolve);
        }
        steps
    }

    /// Takes a step that was made into what is known.
    pub fn made(&mut self, step: &Step) {
        match step {
            Step::Tell { name, .. } => {
                self.told.insert(name.clone());
            }
            Step::SetSeverity(severity) => self.severity = Some(*severity),
            Step::StopEngagements => {
                self.stopped = self.engagement.as_ref().map_or(0, |engagement| engagement.run);
            }
            Step::Resolve => self.resolved = true,
        }
    }

    /// Whether nothing will be heard of it any more.
    #[must_use]
    pub const fn settled(&self) -> bool {
        self.resolved || self.gone
    }
}

/// What is to be done about a record that is not started yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Start it on the response plan with this name, engaging nobody but by that plan.
    On(String),
    /// Its first step may still start it with engagements.
    Wait,
    /// It could not be started for a day.
    GiveUp,
}

impl Mirror {
    /// What is to be done about the record, which is not started yet, outside a step of the escalation.
    #[must_use]
    pub fn start(
        &self,
        prefix: &str,
        backend: PagingBackend,
        incident: &Incident,
        now: Timestamp,
    ) -> Start {
        let age = now.duration_since(incident.opened_at);
        if age > START_WITHIN {
            return Start::GiveUp;
        }
        match (backend.engages(), &self.plan) {
            (true, _) if age <= ENGAGE_WITHIN => Start::Wait,
            (true, _) => Start::On(quiet_plan_name(prefix)),
            // What was settled stays, even if the incident has become more serious since: the same call is
            // made again, and makes no second record.
            (false, Some(plan)) => Start::On(plan.clone()),
            (false, None) if incident.drill().is_some() => Start::On(quiet_plan_name(prefix)),
            (false, None) => {
                Start::On(response_plan_name(prefix, incident.severity, incident.r#type))
            }
        }
    }
}

/// The title of an incident's record.
#[must_use]
pub fn title(incident: &Incident) -> String {
    let (severity, words) = (incident.severity.shout(), incident.r#type.words());
    let title = format!(
        "{}{severity}: {words} in {}: {}",
        mark(incident),
        incident.account,
        incident.title
    );
    title.chars().take(LONGEST_TITLE).collect()
}

/// The impact of an incident's record.
#[must_use]
pub const fn impact_of(incident: &Incident) -> u8 {
    impact(incident.severity)
}

#[cfg(test)]
mod tests;
