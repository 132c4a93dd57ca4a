//! The seven roles of an incident response team and what each answers for.

use serde::Serialize;

use crate::value::words::words;

words! {
    /// How urgently the role is notified.
    pub enum Priority {
        /// Notified immediately.
        Immediate = "immediate",
        /// Notified soon after the immediate roles.
        High = "high",
        /// Notified after the first assessment.
        Medium = "medium",
    }
}

words! {
    /// A role in incident response.
    pub enum Role {
        /// Has overall authority.
        IncidentCommander = "incident_commander",
        /// Runs the process and keeps the timeline.
        IncidentManager = "incident_manager",
        /// Leads the technical investigation.
        TechnicalLead = "technical_lead",
        /// Analyzes the incident and preserves evidence.
        SecurityAnalyst = "security_analyst",
        /// Communicates inside and outside the organization.
        CommunicationsLead = "communications_lead",
        /// Knows a workload in depth.
        SubjectMatterExpert = "subject_matter_expert",
        /// Advises on law and compliance.
        LegalCounsel = "legal_counsel",
    }
}

/// Title, responsibilities, and skills of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoleCard {
    /// Title of the role, in title case.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "Incident Commander"))]
    pub title: &'static str,
    /// Responsibilities during an incident, as instructions.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>, example = json!(["Declare the severity, and change it when the facts do."])))]
    pub responsibilities: &'static [&'static str],
    /// Required skills.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>, example = json!(["leadership", "decision making"])))]
    pub skills: &'static [&'static str],
    /// Default escalation level of the role, 1 to 4.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
    pub escalation_level: u8,
    /// How urgently the role is notified.
    pub priority: Priority,
}

impl Role {
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
