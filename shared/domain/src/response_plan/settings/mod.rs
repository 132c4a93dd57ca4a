//! What data cannot know of the response plan: its texts, who does what, and how people talk.

mod defaults;
pub mod draft;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::id::ContactId;
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;

/// A phase of the response to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Something is noticed.
    Detect,
    /// What it is, and how far it goes.
    Analyze,
    /// It goes no further.
    Contain,
    /// It is gone.
    Eradicate,
    /// Everything runs as it should.
    Recover,
    /// It goes better the next time.
    Learn,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 6] =
        [Self::Detect, Self::Analyze, Self::Contain, Self::Eradicate, Self::Recover, Self::Learn];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Analyze => "analyze",
            Self::Contain => "contain",
            Self::Eradicate => "eradicate",
            Self::Recover => "recover",
            Self::Learn => "learn",
        }
    }

    /// What the framework calls it, or the part of the framework that it belongs to. Sources: NIST SP
    /// 800-61 revision 2, section 3 (phases); revision 3, section 2 (functions of CSF 2.0).
    #[must_use]
    pub const fn title(self, framework: Framework) -> &'static str {
        match (framework, self) {
            (Framework::Plain, Self::Detect) => "Detect",
            (Framework::Plain, Self::Analyze) => "Analyse",
            (Framework::Plain, Self::Contain) => "Contain",
            (Framework::Plain, Self::Eradicate) => "Eradicate",
            (Framework::Plain, Self::Recover) => "Recover",
            (Framework::Plain, Self::Learn) => "Learn",
            (Framework::Nist80061r2, Self::Detect) => "Detection and Analysis: detect",
            (Framework::Nist80061r2, Self::Analyze) => "Detection and Analysis: analyse",
            (Framework::Nist80061r2, Self::Contain) => {
                "Containment, Eradication and Recovery: contain"
            }
            (Framework::Nist80061r2, Self::Eradicate) => {
                "Containment, Eradication and Recovery: eradicate"
            }
            (Framework::Nist80061r2, Self::Recover) => {
                "Containment, Eradication and Recovery: recover"
            }
            (Framework::Nist80061r2, Self::Learn) => "Post-Incident Activity: learn",
            (Framework::Nist80061r3, Self::Detect) => "Detect (DE): detect",
            (Framework::Nist80061r3, Self::Analyze) => "Respond (RS): analyse",
            (Framework::Nist80061r3, Self::Contain) => "Respond (RS): contain",
            (Framework::Nist80061r3, Self::Eradicate) => "Respond (RS): eradicate",
            (Framework::Nist80061r3, Self::Recover) => "Recover (RC): recover",
            (Framework::Nist80061r3, Self::Learn) => "Identify (ID), Improvement: learn",
        }
    }
}

/// Whose names the phases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framework {
    /// NIST SP 800-61 revision 2.
    #[serde(rename = "nist_800_61r2")]
    Nist80061r2,
    /// NIST SP 800-61 revision 3, which follows the functions of CSF 2.0.
    #[serde(rename = "nist_800_61r3")]
    Nist80061r3,
    /// Plain words.
    #[serde(rename = "none")]
    Plain,
}

impl Framework {
    /// Every framework.
    pub const ALL: [Self; 3] = [Self::Nist80061r2, Self::Nist80061r3, Self::Plain];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nist80061r2 => "nist_800_61r2",
            Self::Nist80061r3 => "nist_800_61r3",
            Self::Plain => "none",
        }
    }

    /// What it is called in the plan.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Nist80061r2 => "NIST SP 800-61 revision 2",
            Self::Nist80061r3 => "NIST SP 800-61 revision 3",
            Self::Plain => "no framework",
        }
    }
}

/// A line of the RACI chart. What is stored may be wrong: the check of the plan says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaciActivity {
    /// In which phase.
    pub phase: Phase,
    /// What is done.
    pub activity: String,
    /// Who does it; at least one.
    pub responsible: Vec<Role>,
    /// Who answers for it; exactly one.
    pub accountable: Vec<Role>,
    /// Who is asked before.
    pub consulted: Vec<Role>,
    /// Who is told after.
    pub informed: Vec<Role>,
}

/// What is done in a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseActions {
    /// Which phase.
    pub phase: Phase,
    /// What to do, in order.
    pub actions: Vec<String>,
}

/// What a severity means here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityDefinition {
    /// Which severity.
    pub severity: Severity,
    /// What it means.
    pub definition: String,
}

/// A line of the communication plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunicationRule {
    /// Who is told.
    pub audience: String,
    /// From which severity on.
    pub min_severity: Severity,
    /// By what.
    pub channel: String,
    /// Who sees to it.
    pub owner_role: Role,
    /// How often.
    pub cadence: String,
    /// Who must agree before; nobody, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver_role: Option<Role>,
}

/// Whether a way to talk is the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelUsage {
    /// The usual one.
    Primary,
    /// The one for when the usual one cannot be trusted or used.
    Backup,
}

/// A way in which the team talks during an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunicationChannel {
    /// Its name.
    pub name: String,
    /// Whether it is the usual one.
    pub usage: ChannelUsage,
    /// How people join.
    pub instructions: String,
    /// What it needs to work: an attacker who has that may listen.
    pub depends_on: Vec<String>,
}

/// An exercise to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedExercise {
    /// When.
    pub date: Date,
    /// What is practised.
    pub description: String,
}

/// The settings of the response plan. It is data, with these defaults while nobody has changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsePlanSettings {
    /// Whose plan it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// What the plan is for.
    pub purpose: String,
    /// What it covers.
    pub scope: String,
    /// Who keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ContactId>,
    /// Whose word puts it into force.
    pub approver: Role,
    /// Whose names the phases have.
    pub framework: Framework,
    /// After how many months the plan itself is reviewed.
    pub review_interval_months: u8,
    /// Who does what.
    pub raci: Vec<RaciActivity>,
    /// What is done in each phase.
    pub phases: Vec<PhaseActions>,
    /// What each severity means.
    pub severities: Vec<SeverityDefinition>,
    /// Who is told what.
    pub communication: Vec<CommunicationRule>,
    /// How the team talks.
    pub communication_channels: Vec<CommunicationChannel>,
    /// Exercises to come.
    pub exercises: Vec<PlannedExercise>,
    /// Who changed it.
    #[serde(flatten)]
    pub stamps: Stamps,
}
