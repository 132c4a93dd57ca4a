//! What data cannot know of the response plan: its texts, who does what, and how people talk.

mod defaults;
pub mod draft;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::roster::role::Role;
use crate::value::id::ContactId;
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;
use crate::value::words::words;

words! {
    /// Phase of incident response.
    pub enum Phase {
        /// An incident is noticed.
        Detect = "detect",
        /// Cause and extent are determined.
        Analyze = "analyze",
        /// The incident is prevented from spreading.
        Contain = "contain",
        /// The cause is removed.
        Eradicate = "eradicate",
        /// Normal operation is restored.
        Recover = "recover",
        /// Lessons are turned into improvements.
        Learn = "learn",
    }
}

impl Phase {
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

words! {
    /// Framework that names the phases.
    pub enum Framework {
        /// NIST SP 800-61 revision 2.
        Nist80061r2 = "nist_800_61r2",
        /// NIST SP 800-61 revision 3, which follows the functions of CSF 2.0.
        Nist80061r3 = "nist_800_61r3",
        /// No framework.
        Plain = "none",
    }
}

impl Framework {
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

/// A row of the RACI matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RaciActivity {
    /// Phase of the activity.
    pub phase: Phase,
    /// Description of the activity.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Declare the incident")
    )]
    pub activity: String,
    /// Roles that perform the activity. At least one is valid.
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub responsible: Vec<Role>,
    /// Role that is accountable. Exactly one is valid.
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub accountable: Vec<Role>,
    /// Roles that are consulted before the activity.
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub consulted: Vec<Role>,
    /// Roles that are informed after the activity.
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub informed: Vec<Role>,
}

/// Actions in a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PhaseActions {
    /// Phase of the actions.
    pub phase: Phase,
    /// Actions, in order.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, max_items = 30, example = json!(["Open the bridge."])))]
    pub actions: Vec<String>,
}

/// Definition of a severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SeverityDefinition {
    /// Severity that is defined.
    pub severity: Severity,
    /// Definition in your organization.
    #[cfg_attr(
        feature = "schema",
        schema(
            min_length = 1,
            max_length = 200,
            example = "Business-critical systems or personal data are affected."
        )
    )]
    pub definition: String,
}

/// A row of the communication plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CommunicationRule {
    /// Audience of the messages.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Executives")
    )]
    pub audience: String,
    /// Minimum severity for which the audience is informed.
    pub min_severity: Severity,
    /// Channel of the messages, such as a status page.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, example = "Email"))]
    pub channel: String,
    /// Role that sends the messages.
    pub owner_role: Role,
    /// Interval of the messages.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Every 4 hours")
    )]
    pub cadence: String,
    /// Role that approves messages before they are sent. Omitted if no approval is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub approver_role: Option<Role>,
}

words! {
    /// Whether the channel is primary or backup.
    pub enum ChannelUsage {
        /// Used by default.
        Primary = "primary",
        /// Used if the primary channel is unavailable or compromised.
        Backup = "backup",
    }
}

/// A communication channel of the response team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CommunicationChannel {
    /// Name of the channel.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, example = "Chat"))]
    pub name: String,
    /// Whether the channel is primary or backup.
    pub usage: ChannelUsage,
    /// Instructions to join.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Open the channel #security-incident.")
    )]
    pub instructions: String,
    /// Systems that the channel depends on.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, max_items = 30, example = json!(["corporate sign-in", "chat provider"])))]
    pub depends_on: Vec<String>,
}

/// A planned exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlannedExercise {
    /// Date of the exercise.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = "date", example = "2027-03-01"))]
    pub date: Date,
    /// Description of the exercise.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, example = "Tabletop exercise: ransomware")
    )]
    pub description: String,
}

/// Response plan settings. Version 0 is the built-in version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResponsePlanSettings {
    /// Name of your organization. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 200, nullable = false, example = "Example Ltd")
    )]
    pub organization: Option<String>,
    /// Purpose of the plan.
    #[cfg_attr(
        feature = "schema",
        schema(
            min_length = 1,
            max_length = 4000,
            example = "Defines how Example Ltd responds to security incidents."
        )
    )]
    pub purpose: String,
    /// Scope of the plan.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 4000, example = "All AWS accounts of Example Ltd.")
    )]
    pub scope: String,
    /// ID of the contact who owns the plan. Omitted if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$", nullable = false))]
    pub owner: Option<ContactId>,
    /// Role that approves the plan.
    pub approver: Role,
    /// Framework that names the phases.
    pub framework: Framework,
    /// Months between two reviews of the plan.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 24))]
    pub review_interval_months: u8,
    /// Rows of the RACI matrix.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub raci: Vec<RaciActivity>,
    /// Actions in each phase.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub phases: Vec<PhaseActions>,
    /// Definition of each severity.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub severities: Vec<SeverityDefinition>,
    /// Rows of the communication plan.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub communication: Vec<CommunicationRule>,
    /// Communication channels of the response team.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub communication_channels: Vec<CommunicationChannel>,
    /// Planned exercises.
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub exercises: Vec<PlannedExercise>,
    /// Version of the settings, and who created and updated them.
    #[serde(flatten)]
    pub stamps: Stamps,
}
