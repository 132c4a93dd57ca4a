//! The response plan that Muster brings along: complete, and meant to be made one's own.

use super::Phase::{Analyze, Contain, Detect, Eradicate, Learn, Recover};
use super::{
    ChannelUsage, CommunicationChannel, CommunicationRule, Framework, Phase, PhaseActions,
    RaciActivity, ResponsePlanSettings, SeverityDefinition,
};
use crate::roster::role::Role;
use crate::roster::role::Role::{
    CommunicationsLead, IncidentCommander, IncidentManager, LegalCounsel, SecurityAnalyst,
    SubjectMatterExpert, TechnicalLead,
};
use crate::value::severity::Severity;
use crate::value::stamps::Stamps;

/// Phase, activity, responsible, accountable, consulted, informed.
type Line = (Phase, &'static str, &'static [Role], Role, &'static [Role], &'static [Role]);

const RACI: [Line; 17] = [
    (
        Detect,
        "Take up the page and open the incident",
        &[SecurityAnalyst, IncidentManager],
        IncidentManager,
        &[TechnicalLead],
        &[IncidentCommander],
    ),
    (
        Detect,
        "Declare the severity",
        &[IncidentManager],
        IncidentCommander,
        &[SecurityAnalyst, TechnicalLead],
        &[CommunicationsLead, LegalCounsel],
    ),
    (
        Analyze,
        "Read logs and findings, and say what is known",
        &[SecurityAnalyst],
        TechnicalLead,
        &[SubjectMatterExpert],
        &[IncidentManager],
    ),
    (
        Analyze,
        "Find out which data and systems are reached",
        &[SecurityAnalyst, SubjectMatterExpert],
        TechnicalLead,
        &[LegalCounsel],
        &[IncidentCommander, CommunicationsLead],
    ),
    (
        Analyze,
        "Collect and preserve evidence",
        &[SecurityAnalyst],
        TechnicalLead,
        &[LegalCounsel],
        &[IncidentManager],
    ),
    (
        Contain,
        "Choose the containment and its price",
        &[TechnicalLead],
        IncidentCommander,
        &[SubjectMatterExpert, SecurityAnalyst],
        &[IncidentManager, CommunicationsLead],
    ),
    (
        Contain,
        "Carry the containment out",
        &[SecurityAnalyst, SubjectMatterExpert],
        TechnicalLead,
        &[IncidentCommander],
        &[IncidentManager],
    ),
    (
        Contain,
        "Decide which notification duties apply",
        &[LegalCounsel],
        LegalCounsel,
        &[IncidentCommander, SecurityAnalyst],
        &[CommunicationsLead, IncidentManager],
    ),
    (
        Contain,
        "Tell those inside and outside who must know",
        &[CommunicationsLead],
        IncidentCommander,
        &[LegalCounsel],
        &[IncidentManager],
    ),
    (
        Eradicate,
        "Remove what the attacker left and how they came in",
        &[SubjectMatterExpert, SecurityAnalyst],
        TechnicalLead,
        &[IncidentManager],
        &[IncidentCommander],
    ),
    (
        Eradicate,
        "Change every secret that may be known",
        &[SubjectMatterExpert],
        TechnicalLead,
        &[SecurityAnalyst],
        &[IncidentManager],
    ),
    (
        Recover,
        "Restore the service and watch it closely",
        &[SubjectMatterExpert],
        TechnicalLead,
        &[SecurityAnalyst],
        &[IncidentManager, CommunicationsLead],
    ),
    (
        Recover,
        "Declare the incident over",
        &[IncidentManager],
        IncidentCommander,
        &[TechnicalLead, LegalCounsel],
        &[CommunicationsLead, SecurityAnalyst],
    ),
    (
        Recover,
        "Give the last message to everybody who was told",
        &[CommunicationsLead],
        IncidentCommander,
        &[LegalCounsel],
        &[IncidentManager],
    ),
    (
        Learn,
        "Hold the review within two weeks, without blame",
        &[IncidentManager],
        IncidentCommander,
        &[TechnicalLead, SecurityAnalyst, SubjectMatterExpert],
        &[CommunicationsLead, LegalCounsel],
    ),
    (
        Learn,
        "Follow up what the review asks for",
        &[TechnicalLead, IncidentManager],
        IncidentCommander,
        &[SecurityAnalyst],
        &[LegalCounsel],
    ),
    (
        Learn,
        "Change roster, plans and playbooks by what was learnt",
        &[IncidentManager],
        IncidentManager,
        &[SecurityAnalyst, TechnicalLead],
        &[IncidentCommander],
    ),
];

const PHASES: [(Phase, &[&str]); 6] = [
    (
        Detect,
        &[
            "Answer the page: the link in the message says that you are on it.",
            "Open the finding in GuardDuty or Security Hub and read it to its end.",
            "Look for other findings of the same account, principal and resource in the last day.",
            "Open the bridge, and call those roles that are missing.",
            "Declare the severity; raise it as soon as the facts do.",
        ],
    ),
    (
        Analyze,
        &[
            "Follow the principal through CloudTrail: from where, since when, what else.",
            "Compare VPC flow logs, DNS queries and S3 access logs with what is usual.",
            "List the data, keys and accounts that the principal could reach.",
            "Write down what is known, what is guessed and what is not known, with times.",
            "Ask AWS Support for help by a case; it can bring in the AWS Customer Incident Response Team.",
        ],
    ),
    (
        Contain,
        &[
            "Take snapshots and memory images before anything is stopped, and note their digests.",
            "Take away the principal's sessions and keys; deny what was issued before now.",
            "Put instances into a security group without any rule, outside load balancing and scaling.",
            "Close public access to what was exposed; keep its logs.",
            "Start the clocks of notification duties with counsel.",
        ],
    ),
    (
        Eradicate,
        &[
            "Remove users, roles, keys, functions and images that nobody of ours has made.",
            "Mend the way in: the setting, the dependency, the secret.",
            "Change every secret that was within reach, those of pipelines included.",
            "Search all other accounts and Regions for the same signs.",
        ],
    ),
    (
        Recover,
        &[
            "Build anew from known good images and code rather than clean what was touched.",
            "Restore data from a backup made before the first sign.",
            "Bring back traffic by steps, and watch findings and figures at each.",
            "Keep closer watch for two weeks; say who looks.",
            "Declare the incident over, and tell everybody who was told of it.",
        ],
    ),
    (
        Learn,
        &[
            "Hold the review within two weeks, on the timeline that Muster has kept.",
            "Ask what helped, what was missing and what was luck.",
            "Give each action an owner and a day.",
            "Change the roster, this plan and the playbooks; practise the change in a drill.",
        ],
    ),
];

const SEVERITIES: [(Severity, &str); 5] = [
    (Severity::Informational, "Nothing to act on. It is on record."),
    (Severity::Low, "Something to mend in the course of work. Nobody is disturbed."),
    (Severity::Medium, "Suspicious, or a weakness in use. Somebody looks at it today."),
    (Severity::High, "A system or identity of ours is very likely in other hands. People act now."),
    (
        Severity::Critical,
        "An attack is in progress or data is leaving. Everybody needed is awake, whatever the hour.",
    ),
];

/// Audience, least severity, channel, owner, cadence, approval.
type Told = (&'static str, Severity, &'static str, Role, &'static str, Option<Role>);

const COMMUNICATION: [Told; 7] = [
    (
        "Responders",
        Severity::Medium,
        "Incident chat and bridge",
        IncidentManager,
        "Every 30 minutes, also when nothing is new",
        None,
    ),
    (
        "Executives",
        Severity::High,
        "A short mail, then the bridge on request",
        IncidentCommander,
        "Within the first hour, then every two",
        None,
    ),
    (
        "Legal and data protection",
        Severity::High,
        "Bridge",
        LegalCounsel,
        "At once, then at each new fact",
        None,
    ),
    (
        "Staff",
        Severity::High,
        "Intranet and mail",
        CommunicationsLead,
        "When their work is touched, then daily",
        Some(IncidentCommander),
    ),
    (
        "Customers",
        Severity::High,
        "Status page and mail",
        CommunicationsLead,
        "When the facts are firm, then as promised in each message",
        Some(LegalCounsel),
    ),
    (
        "Regulators and law enforcement",
        Severity::High,
        "As the authority asks",
        LegalCounsel,
        "Within the deadlines of the notification duties",
        Some(IncidentCommander),
    ),
    (
        "Press",
        Severity::Critical,
        "Prepared statement",
        CommunicationsLead,
        "On request, by one voice",
        Some(IncidentCommander),
    ),
];

impl Default for ResponsePlanSettings {
    fn default() -> Self {
        let lines = RACI.map(|(phase, activity, responsible, accountable, consulted, informed)| {
            RaciActivity {
                phase,
                activity: activity.to_owned(),
                responsible: responsible.to_vec(),
                accountable: vec![accountable],
                consulted: consulted.to_vec(),
                informed: informed.to_vec(),
            }
        });
        let message = |(audience, least_severity, channel, owner, cadence, approval): Told| {
            CommunicationRule {
                audience: audience.to_owned(),
                min_severity: least_severity,
                channel: channel.to_owned(),
                owner_role: owner,
                cadence: cadence.to_owned(),
                approver_role: approval,
            }
        };
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            organization: None,
            purpose: "This plan says who does what when a security incident happens, how the people \
                      needed are reached at any hour, and who is told what by when. It is made from the \
                      roster that pages them, so it is as true as that."
                .to_owned(),
            scope: "All AWS accounts of the organisation, the workloads and data in them, and everybody \
                    who builds, runs or uses them for us."
                .to_owned(),
            owner: None,
            approver: IncidentCommander,
            framework: Framework::Nist80061r3,
            review_interval_months: 12,
            raci: lines.into(),
            phases: PHASES
                .iter()
                .map(|(phase, actions)| PhaseActions { phase: *phase, actions: texts(actions) })
                .collect(),
            severities: SEVERITIES
                .map(|(severity, text)| SeverityDefinition { severity, definition: text.to_owned() })
                .into(),
            communication: COMMUNICATION.map(message).into(),
            communication_channels: vec![
                CommunicationChannel {
                    name: "Incident chat".to_owned(),
                    usage: ChannelUsage::Primary,
                    instructions: "The channel that is opened for the incident".to_owned(),
                    depends_on: texts(&["corporate sign-in", "chat provider", "internet at work"]),
                },
                CommunicationChannel {
                    name: "Telephone bridge".to_owned(),
                    usage: ChannelUsage::Backup,
                    instructions: "The number on the card that every responder carries".to_owned(),
                    depends_on: texts(&["telephone network"]),
                },
            ],
            exercises: Vec::new(),
            stamps: Stamps::built_in(),
        }
    }
}
