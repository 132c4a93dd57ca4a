//! The teams of AWS that most rosters want, ready to fill in.

use super::{ExternalResourceInput, PORTAL};
use crate::draft::given::Given;
use crate::roster::external::ExternalResourceType;

/// What AWS says of its own team; nothing that depends on a customer's contract.
struct Team {
    organisation: &'static str,
    kind: ExternalResourceType,
    role: &'static str,
    service_type: &'static str,
    support_level: Option<&'static str>,
    expertise: &'static [&'static str],
}

const TEAMS: [Team; 4] = [
    Team {
        organisation: "AWS Support",
        kind: ExternalResourceType::AwsSupport,
        role: "Support engineers for AWS services",
        service_type: "Support cases, opened in the AWS Support Center",
        support_level: None,
        expertise: &["AWS services", "account access and billing"],
    },
    Team {
        organisation: "AWS Customer Incident Response Team",
        kind: ExternalResourceType::AwsCirt,
        role: "Helps customers during an active security event in their own accounts",
        service_type: "No line of its own: reached by opening an AWS Support case",
        support_level: None,
        expertise: &["AWS service logs", "triage", "containment and recovery"],
    },
    Team {
        organisation: "AWS Shield Response Team",
        kind: ExternalResourceType::AwsShield,
        role: "Helps Shield Advanced customers against distributed denial of service",
        service_type: "Reached by opening an AWS Support case; needs AWS Shield Advanced",
        support_level: Some("AWS Shield Advanced plus Business or Enterprise Support"),
        expertise: &["distributed denial of service", "AWS WAF rules", "traffic engineering"],
    },
    Team {
        organisation: "AWS Managed Services",
        kind: ExternalResourceType::AwsManagedServices,
        role: "Operates the accounts of its customers",
        service_type: "Incidents and service requests in the AMS console or AWS Support Center",
        support_level: None,
        expertise: &["operations of managed accounts", "incident management"],
    },
];

impl ExternalResourceInput {
    /// Entries for AWS Support, the AWS Customer Incident Response Team, the AWS Shield Response
    /// Team and AWS Managed Services: valid as they are, each with the AWS Support Center as its
    /// portal. What a contract decides (numbers, response times) is left to fill in.
    ///
    /// Sources: AWS Support User Guide; AWS Security Incident Response Technical Guide; AWS Shield
    /// Developer Guide, "Shield Response Team (SRT) support"; AMS User Guides, "Incident reports,
    /// service requests, and billing questions".
    #[must_use]
    pub fn starters() -> [Self; 4] {
        TEAMS.map(|team| Self {
            organization: Some(text(team.organisation)),
            r#type: Some(text(team.kind.name())),
            role: Some(text(team.role)),
            service_type: Some(text(team.service_type)),
            support_level: team.support_level.map(text),
            portal_url: Some(text(PORTAL)),
            expertise_areas: Some(Given::Value(team.expertise.iter().copied().map(text).collect())),
            ..Self::default()
        })
    }
}

fn text(text: &str) -> Given<String> {
    Given::Value(text.to_owned())
}
