//! The seven roles of an incident response team and what each answers for.

use serde::{Deserialize, Serialize};

/// How urgently a role wants to hear of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// At once.
    Immediate,
    /// Soon after.
    High,
    /// When the first picture is clear.
    Medium,
}

/// A role in the response to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Overall authority.
    IncidentCommander,
    /// Process and timeline.
    IncidentManager,
    /// Technical investigation.
    TechnicalLead,
    /// Analysis and evidence.
    SecurityAnalyst,
    /// Messages inside and outside.
    CommunicationsLead,
    /// Deep knowledge of one workload.
    SubjectMatterExpert,
    /// Law and compliance.
    LegalCounsel,
}

/// What a role is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoleCard {
    /// The role's title.
    pub title: &'static str,
    /// What its holder does during an incident, as instructions.
    pub responsibilities: &'static [&'static str],
    /// Skills its holder needs.
    pub skills: &'static [&'static str],
    /// Default escalation level, 1 (first) to 4.
    pub escalation_level: u8,
    /// How urgently it is told.
    pub priority: Priority,
}

impl Role {
    /// Every role, in order of level.
    pub const ALL: [Self; 7] = [
        Self::IncidentCommander,
        Self::IncidentManager,
        Self::TechnicalLead,
        Self::SecurityAnalyst,
        Self::CommunicationsLead,
        Self::SubjectMatterExpert,
        Self::LegalCounsel,
    ];

    /// The role with this name in JSON (`incident_commander`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IncidentCommander => "incident_commander",
            Self::IncidentManager => "incident_manager",
            Self::TechnicalLead => "technical_lead",
            Self::SecurityAnalyst => "security_analyst",
            Self::CommunicationsLead => "communications_lead",
            Self::SubjectMatterExpert => "subject_matter_expert",
            Self::LegalCounsel => "legal_counsel",
        }
    }

    /// What the role is and does.
    #[must_use]
    pub const fn card(self) -> RoleCard {
        match self {
            Self::IncidentCommander => RoleCard {
                title: "Incident Commander",
                responsibilities: &[
                    "Take charge: you have the last word until you hand over by name.",
                    "Declare the severity, and change it when the facts do.",
                    "Decide on containment that costs the business something.",
                    "Keep the executives informed; nobody else does.",
                ],
                skills: &["leadership", "decision making", "communication"],
                escalation_level: 1,
                priority: Priority::Immediate,
            },
            Self::IncidentManager => RoleCard {
                title: "Incident Manager",
                responsibilities: &[
                    "Open the bridge and see that every role is filled.",
                    "Keep the timeline: what was seen, decided and done, and when.",
                    "Give a status at the agreed interval, also when nothing is new.",
                    "Call the review after the incident and follow up its actions.",
                ],
                skills: &["project management", "communication", "process management"],
                escalation_level: 2,
                priority: Priority::Immediate,
            },
            Self::TechnicalLead => RoleCard {
                title: "Technical Lead",
                responsibilities: &[
                    "Lead the technical investigation and say what is known and what is guessed.",
                    "Choose the remediation and its order.",
                    "Bring in development and operations, and give each a clear task.",
                ],
                skills: &["technical leadership", "system architecture", "troubleshooting"],
                escalation_level: 2,
                priority: Priority::Immediate,
            },
            Self::SecurityAnalyst => RoleCard {
                title: "Security Analyst",
                responsibilities: &[
                    "Read the finding and its logs: how they got in, what they reached.",
                    "Compare with threat intelligence and search for the same elsewhere.",
                    "Contain what can be contained without losing evidence.",
                    "Collect and preserve evidence, with times and digests.",
                ],
                skills: &["security analysis", "forensics", "threat intelligence"],
                escalation_level: 2,
                priority: Priority::Immediate,
            },
            Self::CommunicationsLead => RoleCard {
                title: "Communications Lead",
                responsibilities: &[
                    "Write what staff, customers and the press are told, and when.",
                    "Clear each outside message with counsel and the commander.",
                    "Watch the notification duties and their deadlines.",
                ],
                skills: &["communications", "public relations", "legal compliance"],
                escalation_level: 3,
                priority: Priority::High,
            },
            Self::SubjectMatterExpert => RoleCard {
                title: "Subject Matter Expert",
                responsibilities: &[
                    "Say how the workload behaves when healthy and what depends on it.",
                    "Tell the technical lead what a containment step would break.",
                    "Make and test the fix for your workload.",
                ],
                skills: &["domain expertise", "system knowledge", "technical analysis"],
                escalation_level: 3,
                priority: Priority::High,
            },
            Self::LegalCounsel => RoleCard {
                title: "Legal Counsel",
                responsibilities: &[
                    "Say which laws and contracts apply and which clocks have started.",
                    "Review messages before they leave the house.",
                    "Deal with law enforcement and regulators.",
                    "See that evidence is preserved so that it can be used.",
                ],
                skills: &["legal expertise", "regulatory compliance", "risk assessment"],
                escalation_level: 4,
                priority: Priority::Medium,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_serde_says() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
    }
}
