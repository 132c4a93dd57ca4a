//! What contacts who know of an incident are told when it changes. Public texts say as little as those of a page.

use super::blocks::{one_line, shown, subject_of};
use super::call::{account, essence, greeting, how_to};
use super::sms::{label, one_part};
use super::{
    Block, Joined, JoinedLine, Mail, counted, facts, mail_of, mark, notices, short, twice,
};
use crate::incident::{Cause, Incident, IncidentStatus, RunTrigger};
use crate::value::severity::Severity;

/// A change of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// The incident is more severe than what the contact was paged for; paging has restarted.
    SeverityIncreased {
        /// The severity before.
        from: Severity,
    },
    /// A finding joined after the contact acknowledged.
    FindingAdded {
        /// The severity of that finding.
        severity: Severity,
        /// The finding.
        line: JoinedLine,
    },
    /// Nobody has resolved the incident for this many days.
    Unresolved {
        /// Whole days since it opened.
        days: u64,
    },
}

/// The line for the finding for which the current run began.
fn raised_by(incident: &Incident) -> JoinedLine {
    let headline = || RunTrigger::of(&incident.finding);
    let by = incident.trigger.clone().unwrap_or_else(headline);
    JoinedLine::of(by.severity, &by.title, by.resource.as_deref(), incident.run_started_at)
}

impl Update {
    /// Returns what is new for contacts who were paged before, when an escalation of `incident` restarts for a change.
    #[must_use]
    pub fn of(incident: &Incident) -> Option<Self> {
        match incident.cause.as_ref()? {
            Cause::SeverityIncreased { from } => Some(Self::SeverityIncreased { from: *from }),
            Cause::CriticalJoined => {
                Some(Self::FindingAdded { severity: Severity::Critical, line: raised_by(incident) })
            }
            _ => None,
        }
    }

    /// Returns the text message: one part.
    #[must_use]
    pub fn text(&self, incident: &Incident, link: &str) -> String {
        let (mark, severity) = (mark(incident), label(incident.severity));
        let (words, account) = (incident.r#type.words(), short(&incident.account));
        match self {
            Self::SeverityIncreased { from } => one_part(
                format!(
                    "{mark}MUSTER now {severity} (was {}): {words} in account ..{account}. {link}",
                    label(*from)
                ),
                || format!("{mark}MUSTER now {severity}: {words} in account ..{account}. {link}"),
            ),
            Self::FindingAdded { severity: added, .. } => {
                let added = label(*added);
                one_part(
                    format!(
                        "{mark}MUSTER: {added} finding added: {words}, account ..{account}. {link}"
                    ),
                    || format!("{mark}MUSTER: {added} finding added: {words}. {link}"),
                )
            }
            Self::Unresolved { days } => {
                let days = counted(*days, "day", "days");
                one_part(
                    format!(
                        "{mark}MUSTER: {days} unresolved: {severity} {words}, account ..{account}. {link}"
                    ),
                    || format!("{mark}MUSTER: {days} unresolved: {severity} {words}. {link}"),
                )
            }
        }
    }

    /// Returns the call.
    #[must_use]
    pub fn spoken(&self, incident: &Incident) -> String {
        let (greeting, words) = (greeting(incident), incident.r#type.words());
        let open = "Open the link in your text message or email.";
        let end = if incident.status == IncidentStatus::Open { how_to() } else { open };
        twice(&match self {
            Self::SeverityIncreased { .. } => format!(
                "{greeting} Severity increased to {}: {words}. {} {}",
                incident.severity.name(),
                account(incident),
                how_to(),
            ),
            Self::FindingAdded { severity, .. } => format!(
                "{greeting} New {} severity finding: {words}. {} {end}",
                severity.name(),
                account(incident),
            ),
            Self::Unresolved { days } => format!(
                "{greeting} Unresolved for {}. {} {open}",
                counted(*days, "day", "days"),
                essence(incident),
            ),
        })
    }

    /// Returns the email.
    #[must_use]
    pub fn mail(&self, incident: &Incident, joined: &Joined, link: &str) -> Mail {
        let (sentence, ask) = (self.sentence(incident), self.ask(incident));
        let mut blocks = Vec::new();
        if incident.drill().is_some() {
            blocks.push(Block::Text(
                "DRILL: This is not a real incident. Acknowledge as usual and take no other action.".into(),
            ));
        }
        blocks.push(Block::Text(sentence));
        if let Self::FindingAdded { line, .. } = self {
            blocks.push(Block::Text(shown(&line.text)));
        }
        blocks.push(Block::Link(ask, link.to_owned()));
        blocks.extend(notices(incident).into_iter().map(Block::Text));
        blocks.push(Block::Head("What happened"));
        blocks.push(Block::Text(shown(&incident.title)));
        let labeled = |(label, value): (String, String)| format!("{label}: {value}");
        blocks.push(Block::List(facts(incident).into_iter().map(labeled).collect()));
        blocks.push(Block::Link(
            "Open the finding in the console",
            incident.finding.console_url.clone(),
        ));
        blocks.extend(joined.blocks());
        mail_of(self.subject(incident), &blocks)
    }

    /// Returns the subject and the text for the owner's topic, which is told if no contact can be. Like an email, but
    /// without a link to acknowledge: that would be everybody's.
    #[must_use]
    pub fn topic(&self, incident: &Incident) -> (String, String) {
        if let Self::FindingAdded { severity, line } = self {
            let said = format!(
                "A finding of {} severity was added to {}",
                severity.name(),
                this(incident)
            );
            return added_topic(incident, "finding", &format!("{said}.\n{}", shown(&line.text)));
        }
        let text = format!(
            "{}{}\n{}: {}\nAccount {}, Region {}\n{}\nIncident ID: {}\nFinding: {}\n",
            mark(incident),
            self.sentence(incident),
            incident.severity.shout(),
            incident.r#type.words(),
            shown(&incident.account),
            shown(&incident.region),
            shown(&incident.title),
            incident.id,
            one_line(&incident.finding.console_url),
        );
        (format!("{}MUSTER: incident {} is not resolved", mark(incident), incident.id), text)
    }

    fn subject(&self, incident: &Incident) -> String {
        let (change, title) = match self {
            Self::SeverityIncreased { from } => {
                (format!("Severity increased (was {})", from.shout()), &incident.title)
            }
            Self::FindingAdded { line, .. } => ("Finding added".to_owned(), &line.text),
            Self::Unresolved { days } => {
                (format!("Not resolved for {}", counted(*days, "day", "days")), &incident.title)
            }
        };
        subject_of(&format!(
            "{}[{}] {change}: {} in {}: {title}",
            mark(incident),
            incident.severity.shout(),
            incident.r#type.words(),
            incident.account,
        ))
    }

    fn sentence(&self, incident: &Incident) -> String {
        match self {
            Self::SeverityIncreased { from } => format!(
                "The severity of an incident that you were paged for increased from {} to {}.",
                from.name(),
                incident.severity.name()
            ),
            Self::FindingAdded { severity, .. } => {
                let known = match incident.status {
                    IncidentStatus::Open => {
                        "an incident that you were paged for. Paging has restarted."
                    }
                    IncidentStatus::Acknowledged | IncidentStatus::Resolved => {
                        "the incident that you acknowledged."
                    }
                };
                format!("A finding of {} severity was added to {known}", severity.name())
            }
            Self::Unresolved { days } => format!(
                "This incident has been open for {}. {}",
                counted(*days, "day", "days"),
                acknowledgments(incident)
            ),
        }
    }

    /// Returns what the link is for: an incident that is open again wants to be acknowledged again.
    const fn ask(&self, incident: &Incident) -> &'static str {
        let again = matches!(incident.status, IncidentStatus::Open)
            && !matches!(self, Self::Unresolved { .. });
        if again { "Acknowledge this incident" } else { "Open the incident" }
    }
}

/// Returns the subject and the text for the owner's topic about several findings that were added to `incident`: their
/// number, and the latest.
#[must_use]
pub fn several_added_topic(incident: &Incident, added: &Joined) -> (String, String) {
    let number = counted(added.count, "more finding was", "more findings were");
    let mut said = format!("{number} added to {}.", this(incident));
    if !added.latest.is_empty() {
        said.push_str(" The latest:\n");
        said.push_str(&added.lines().join("\n"));
    }
    added_topic(incident, "findings", &said)
}

/// Returns which acknowledgments an incident has that is not resolved, as a sentence.
fn acknowledgments(incident: &Incident) -> String {
    let required = incident.escalation_plan.required_acknowledgments;
    let given = usize::from(required).saturating_sub(incident.missing());
    match &incident.cause {
        _ if incident.status != IncidentStatus::Open => {
            "It is acknowledged, but not resolved.".to_owned()
        }
        _ if given > 0 => format!("It has {given} of {required} required acknowledgments."),
        _ if incident.previous_acknowledgments == 0 => "No one has acknowledged it.".to_owned(),
        Some(Cause::AcknowledgmentTimedOut) => {
            "The last acknowledgment timed out, and no one has acknowledged it since.".to_owned()
        }
        _ => "No one has acknowledged it since paging restarted.".to_owned(),
    }
}

fn this(incident: &Incident) -> &'static str {
    if incident.status == IncidentStatus::Acknowledged {
        "this acknowledged incident"
    } else {
        "this incident"
    }
}

fn added_topic(incident: &Incident, what: &str, said: &str) -> (String, String) {
    let text = format!(
        "{}{said}\nIncident: {} {}: {}\nAccount {}, Region {}\nIncident ID: {}\n",
        mark(incident),
        incident.severity.shout(),
        incident.r#type.words(),
        shown(&incident.title),
        shown(&incident.account),
        shown(&incident.region),
        incident.id,
    );
    (format!("{}MUSTER: {what} added to incident {}", mark(incident), incident.id), text)
}
