//! What is known of an incident, the same in the email and on the page behind its link.

use super::blocks::shown;
use super::{JoinedLine, counted, minute};
use crate::finding::{CustomAction, InactiveReason, cleaned_type};
use crate::incident::{Cause, ClosedAtSource, Incident};

/// Returns what is known of an incident, as labels and values in reading order.
#[must_use]
pub fn facts(incident: &Incident) -> Vec<(String, String)> {
    let finding = &incident.finding;
    let mut facts = Vec::new();
    facts.push(("Severity".to_owned(), incident.severity.name().to_owned()));
    // Cleaned apart, so that known types stay as they are.
    facts.push(("Type".to_owned(), cleaned_type(&finding.finding_type)));
    let mut add = |label: &str, value: String| facts.push((shown(label), shown(&value)));
    add("Account", incident.account.clone());
    add("Region", incident.region.clone());
    if let Some(resource) = &finding.resource {
        add("Resource", resource.clone());
    }
    for detail in &finding.details {
        add(&detail.label, detail.value.clone());
    }
    if finding.exploited {
        add("Exploit", "known".to_owned());
    }
    if let Some(at) = finding.first_seen_at {
        add("First seen", minute(at));
    }
    if let Some(at) = finding.last_seen_at {
        add("Last seen", minute(at));
    }
    if let Some(count) = finding.count {
        add("Seen", counted(count, "time", "times"));
    }
    add("Opened", minute(incident.opened_at));
    if let Some(previous) = &incident.previous_incident {
        add("Recurrence of", previous.to_string());
    }
    add("Incident", incident.id.to_string());
    facts
}

/// Returns what a reader has to know before the facts, a sentence each: why the contacts are paged again, who asked,
/// and whether the source still reports the finding.
#[must_use]
pub fn notices(incident: &Incident) -> Vec<String> {
    let cause = incident.cause.as_ref().map(|cause| cause_sentence(incident, cause));
    let by = incident.trigger.as_ref().filter(|_| cause.is_some()).map(|by| {
        let line =
            JoinedLine::of(by.severity, &by.title, by.resource.as_deref(), incident.run_started_at);
        format!("The finding: {}", shown(&line.text))
    });
    let asked = incident
        .finding
        .custom_action
        .as_ref()
        .map(|CustomAction { action, account, .. }| asked_sentence(action, account));
    // A run that an action began has the action as its cause too.
    let asked = asked.filter(|sentence| cause.as_ref() != Some(sentence));
    let closed = incident.closed_at_source.as_ref().map(closed_sentence);
    cause.into_iter().chain(by).chain(asked).chain(closed).collect()
}

fn cause_sentence(incident: &Incident, cause: &Cause) -> String {
    match cause {
        Cause::SeverityIncreased { from } => format!(
            "Now {} (was {}), because of a more severe finding: {}",
            incident.severity.shout(),
            from.shout(),
            shown(&incident.title)
        ),
        Cause::CriticalJoined => {
            "Paged again after the acknowledgment, because another finding is Critical.".to_owned()
        }
        Cause::TeamRequested { action, account } => asked_sentence(action, account),
        Cause::StillHappening { seen_at } => {
            format!("Paged again, because a finding was seen at {}.", minute(*seen_at))
        }
        Cause::NotAcknowledged => {
            "Paged again, because a finding was added or became more severe after paging had ended without \
             enough acknowledgments."
                .to_owned()
        }
        Cause::AcknowledgmentTimedOut => match incident.escalation_plan.acknowledgment_timeout_minutes {
            Some(minutes) => format!(
                "Paged again, because the incident was not resolved within {minutes} minutes of the last \
                 acknowledgment."
            ),
            None => "Paged again, because the incident was not resolved in time.".to_owned(),
        },
        Cause::Reopened => {
            "Paged again, because a finding that its source had closed was reopened.".to_owned()
        }
        Cause::StillActive => {
            "Paged again, because a finding is active after its source had closed the others."
                .to_owned()
        }
    }
}

fn asked_sentence(action: &str, account: &str) -> String {
    format!(
        "Paged by the Security Hub custom action {} in account {}.",
        shown(action),
        shown(account)
    )
}

/// How its source reports an incident, in a word.
pub(super) const fn closed_word(closed: &ClosedAtSource) -> &'static str {
    match closed.state {
        InactiveReason::Passed => "fixed",
        InactiveReason::Resolved => "resolved",
        InactiveReason::Suppressed => "suppressed",
        InactiveReason::Sample => "a sample",
        // No other state closes a finding.
        _ => "archived",
    }
}

fn closed_sentence(closed: &ClosedAtSource) -> String {
    let state = closed_word(closed);
    let stopped = if closed.stopped { " Paging stopped." } else { "" };
    format!("Its source reports it {state} since {}.{stopped}", minute(closed.at))
}
