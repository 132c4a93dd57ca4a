//! Small valid values for the crate's own tests.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::finding::{Finding, FindingIdentity, FindingSource};
use crate::incident::Incident;
use crate::roster::contact::{Contact, ContactStatus};
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::roster::role::Role;
use crate::roster::team::People;
use crate::value::availability::Availability;
use crate::value::channel::Channel;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// A Monday, 03:00 UTC.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T03:00:00Z".parse().unwrap()
}

/// A person by id and level, with the first role of that level.
pub(crate) fn person(id: &str, level: u8) -> Contact {
    let role = Role::ALL.into_iter().find(|role| role.card().escalation_level == level).unwrap();
    Contact {
        id: id.parse().unwrap(),
        name: id.to_uppercase(),
        roles: vec![role],
        channels: vec![
            Channel::Email(format!("{id}@example.com").parse().unwrap()),
            Channel::Sms("+14255550101".parse().unwrap()),
            Channel::Voice("+14255550101".parse().unwrap()),
        ],
        department: None,
        manager: None,
        backup_contact: None,
        availability: Availability::Always,
        time_zone: "UTC".parse().unwrap(),
        escalation_level: level,
        skills: Vec::new(),
        certifications: Vec::new(),
        accounts: BTreeSet::new(),
        status: ContactStatus::Active,
        confirmed_at: None,
        unconfirmed_since: None,
        created_at: now(),
        created_by: "test".into(),
        updated_at: now(),
        updated_by: "test".into(),
        version: 1,
    }
}

/// These people by id.
pub(crate) fn people(contacts: impl IntoIterator<Item = Contact>) -> People {
    contacts.into_iter().map(|contact| (contact.id.clone(), contact)).collect()
}

/// Office hours, Tuesday to Friday: closed at [`now`].
pub(crate) fn closed() -> Availability {
    let json = r#"[{"days":["tue","wed","thu","fri"],"from":"08:00","to":"18:00"}]"#;
    serde_json::from_str(json).unwrap()
}

/// A High malware incident opened [`now`], with the default plan.
pub(crate) fn incident() -> Incident {
    let finding = Finding {
        identity: FindingIdentity::guardduty(
            "arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/f",
        ),
        source: FindingSource::GuardDuty,
        severity: Severity::High,
        incident_type: IncidentType::Malware,
        finding_type: "CryptoCurrency:EC2/BitcoinTool.B!DNS".into(),
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        title: "An instance asks for a coin miner's domain <script>".into(),
        description: "The instance i-99 asks for pool.example.com.".into(),
        resource: Some("Instance i-99".into()),
        console_url: "https://eu-central-1.console.aws.amazon.com/guardduty/home".into(),
        inactive_reason: None,
        last_seen_at: None,
        reported_at: None,
        related_findings: Vec::new(),
        drill: None,
        category: crate::value::category::Category::Threat,
        exploited: false,
        details: Vec::new(),
        first_seen_at: None,
        updated_at: None,
        count: None,
        custom_action: None,
    };
    let id = "20261123-abcdefghjk".parse().unwrap();
    Incident::open(id, finding, &Policy::default(), EscalationPlan::default(), now())
}
