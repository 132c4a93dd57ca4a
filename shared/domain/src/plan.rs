//! An escalation plan: whom to page after how long, by which channels, and how often again.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Whom a step pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The team that the incident's severity calls for.
    SeverityTeam,
    /// The backups of that team.
    Backups,
    /// The people one escalation level beyond that team; the team itself if there are none.
    NextLevel,
}

/// By which of a person's channels a step pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Every channel, in the person's order.
    All,
    /// Every channel, calls before anything else.
    VoiceFirst,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How long after the round begins, in minutes.
    pub after_minutes: u32,
    /// Whom it pages.
    pub targets: Vec<Target>,
    /// By which channels.
    pub channels: Channels,
}

/// How an incident escalates while nobody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationPlan {
    /// Its name.
    pub name: String,
    /// Its steps, in order of time; at least one.
    pub steps: Vec<Step>,
    /// How often the steps are gone through before the emergency topic has its turn.
    pub rounds: u32,
    /// From the beginning of one round to that of the next, in minutes; after the last step.
    pub round_minutes: u32,
    /// How many people must acknowledge before paging stops.
    pub acknowledgements: u16,
}

impl Default for EscalationPlan {
    /// The plan that is compiled in: the team at once; everybody who has not answered, and the
    /// backups, after 10 minutes; the next level after 20; three rounds half an hour apart.
    fn default() -> Self {
        use Target::{Backups, NextLevel, SeverityTeam};
        let step = |after_minutes, targets: &[Target], channels| Step {
            after_minutes,
            targets: targets.to_vec(),
            channels,
        };
        Self {
            name: "default".to_owned(),
            steps: vec![
                step(0, &[SeverityTeam], Channels::All),
                step(10, &[SeverityTeam, Backups], Channels::VoiceFirst),
                step(20, &[NextLevel], Channels::VoiceFirst),
            ],
            rounds: 3,
            round_minutes: 30,
            acknowledgements: 1,
        }
    }
}

impl EscalationPlan {
    /// The wait after the step at `index`, until the next step or the next round's first.
    #[must_use]
    pub fn wait_after(&self, index: usize) -> SignedDuration {
        let minutes = |i: usize| self.steps.get(i).map(|step| step.after_minutes);
        let first = minutes(0).unwrap_or(0);
        let now = minutes(index).unwrap_or(0);
        let next = minutes(index + 1).unwrap_or(self.round_minutes + first);
        SignedDuration::from_mins(i64::from(next.saturating_sub(now)))
    }

    /// Whether this step pages beyond the incident's team.
    #[must_use]
    pub fn reaches_next_level(&self, step: u32) -> bool {
        let step = usize::try_from(step).ok().and_then(|index| self.steps.get(index));
        step.is_some_and(|step| step.targets.contains(&Target::NextLevel))
    }
}
