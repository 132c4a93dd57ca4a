//! Response plans from escalation plans: one for each severity that pages people and each type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Alias;
use super::escalations::alias as escalation_alias;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// Which of the two backends pages people. The other one keeps the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagingBackend {
    /// Muster; incidents in Incident Manager engage nobody.
    #[default]
    Native,
    /// Incident Manager whomever it can reach, by an activated channel, and Muster everybody else.
    Both,
}

impl PagingBackend {
    /// Its name in the stack's parameters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Both => "both",
        }
    }

    /// Whether Incident Manager engages people.
    #[must_use]
    pub const fn engages(self) -> bool {
        !matches!(self, Self::Native)
    }
}

/// An Automation runbook that a response plan starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runbook {
    /// The name of its document.
    pub document: String,
    /// The ARN of the role that it runs with.
    pub role: String,
}

/// What the stack says of every response plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Who pages.
    pub backend: PagingBackend,
    /// ARNs of topics that are told of each change of an incident; at most ten.
    pub topics: Vec<String>,
    /// ARNs of topics of a chat channel; at most five.
    pub chat: Vec<String>,
    /// What is started with each incident.
    pub runbook: Option<Runbook>,
}

/// A response plan, as it should be or as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponsePlan {
    /// The name that people see.
    pub display_name: String,
    /// The title of its incidents, unless they have their own.
    pub title: String,
    /// 1 (critical) to 5 (no impact).
    pub impact: u8,
    /// What it is for.
    pub summary: String,
    /// Whom it engages, at most five; what is no contact of ours has its ARN.
    pub engagements: Vec<Alias>,
    /// ARNs of topics.
    pub topics: Vec<String>,
    /// ARNs of a chat channel's topics.
    pub chat: Vec<String>,
    /// What it starts.
    pub runbook: Option<Runbook>,
    /// Tags of its incidents.
    pub tags: BTreeMap<String, String>,
}

/// The impact of an incident there: 1 critical, 2 high, 3 medium, 4 low, 5 none (Incident Manager API).
#[must_use]
pub const fn impact(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 1,
        Severity::High => 2,
        Severity::Medium => 3,
        Severity::Low => 4,
        Severity::Informational => 5,
    }
}

/// The name of the response plan for incidents of this severity and type.
#[must_use]
pub fn response_plan_name(prefix: &str, severity: Severity, r#type: IncidentType) -> String {
    format!("{prefix}-{}-{}", severity.name(), r#type.name().replace('_', "-"))
}

/// The name of the response plan that engages nobody and starts nothing: for drills, and for incidents
/// that Muster pages for itself.
#[must_use]
pub fn quiet_plan_name(prefix: &str) -> String {
    format!("{prefix}-quiet")
}

/// Whether we could have made a response plan of this name. No other is ever touched.
#[must_use]
pub fn is_ours(prefix: &str, name: &str) -> bool {
    let kinds = || IncidentType::ALL.into_iter();
    let mut all = Severity::ALL
        .into_iter()
        .flat_map(|s| kinds().map(move |k| response_plan_name(prefix, s, k)));
    name == quiet_plan_name(prefix) || all.any(|ours| ours == name)
}

/// Every response plan: one by severity that pages and by type, and the quiet one.
#[must_use]
pub fn response_plans(
    prefix: &str,
    plans: &[EscalationPlan],
    policy: &Policy,
    manner: &Manner,
) -> BTreeMap<String, ResponsePlan> {
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let managed = tag("managed-by", "muster");
    let mut all = BTreeMap::new();
    for severity in
        Severity::ALL.into_iter().filter(|severity| policy.min_paging_severity.any(*severity))
    {
        for r#type in IncidentType::ALL {
            let chosen = EscalationPlan::choose(plans.to_vec(), r#type, severity);
            let words = r#type.words();
            let title = format!("{}: {words}", severity.shout());
            let (who, engagements) = if manner.backend.engages() {
                let alias = escalation_alias(prefix, &chosen, severity);
                (format!("It engages the escalation plan {}.", chosen.name), vec![alias])
            } else {
                ("Muster pages people itself, so this engages nobody.".to_owned(), Vec::new())
            };
            let plan = ResponsePlan {
                display_name: title.clone(),
                summary: format!(
                    "Opened by Muster for a security finding ({} severity, {words}). {who}",
                    severity.name()
                ),
                title,
                impact: impact(severity),
                engagements,
                topics: manner.topics.clone(),
                chat: manner.chat.clone(),
                runbook: manner.runbook.clone(),
                tags: BTreeMap::from([
                    managed.clone(),
                    tag("severity", severity.name()),
                    tag("incident-type", r#type.name()),
                ]),
            };
            all.insert(response_plan_name(prefix, severity, r#type), plan);
        }
    }
    let quiet = ResponsePlan {
        display_name: "Muster, engaging nobody".to_owned(),
        title: "Security incident".to_owned(),
        impact: impact(Severity::Informational),
        summary: "Opened by Muster for a drill, or for an incident that Muster pages people for."
            .to_owned(),
        tags: BTreeMap::from([managed]),
        ..ResponsePlan::default()
    };
    all.insert(quiet_plan_name(prefix), quiet);
    all
}
