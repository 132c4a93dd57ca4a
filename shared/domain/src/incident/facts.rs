//! The sentences of the timeline about findings and answers.

use jiff::Timestamp;

use super::{Cause, Incident, IncidentStatus};
use crate::finding::{Finding, InactiveReason};
use crate::incident::verdict::{Closing, Earlier};
use crate::value::category::Category;
use crate::value::severity::Severity;

/// Returns the sentence about an incident that opens, after `earlier` if there is one.
#[must_use]
pub fn opened(incident: &Incident, earlier: Option<&Earlier>) -> String {
    let finding = &incident.finding;
    let asked = finding.custom_action.as_ref().map(|asked| {
        format!(
            " Requested by the Security Hub custom action \"{}\" in account {}.",
            asked.action, asked.account
        )
    });
    let earlier = earlier.map(|earlier| match earlier {
        Earlier::Recurred(id) => format!(" Recurrence of incident {id}."),
        Earlier::Reopened(id) => format!(" Reopened at its source after incident {id}."),
        Earlier::Aged(id) => format!(" Findings of this kind continue since incident {id}."),
    });
    let texts = [asked, earlier].into_iter().flatten().collect::<String>();
    format!("Opened by a {} finding.{texts} {}", incident.severity.name(), named(finding))
}

/// Returns the sentence about a finding that joins an open incident and changes nothing.
#[must_use]
pub fn joined(finding: &Finding) -> String {
    format!("{} finding added. {}", capitalized(finding.severity.name()), named(finding))
}

/// Returns the sentence about a finding of the incident that is more severe than before and changes nothing else.
#[must_use]
pub fn increased(finding: &Finding, from: Severity) -> String {
    let to = finding.severity.name();
    format!("Severity of a finding increased from {} to {to}. {}", from.name(), named(finding))
}

/// Returns the sentence about a finding that restarts paging.
#[must_use]
pub fn raised(after: &Incident, finding: &Finding) -> String {
    let why = after.cause.as_ref().map(|cause| because(cause, after)).unwrap_or_default();
    format!("{why} Paging restarts. {}", named(finding))
}

/// Returns why an escalation began, as a sentence.
#[must_use]
pub fn because(cause: &Cause, incident: &Incident) -> String {
    match cause {
        Cause::SeverityIncreased { from } => {
            format!("Severity increased from {} to {}.", from.name(), incident.severity.name())
        }
        Cause::CriticalJoined => {
            "Another finding of the acknowledged incident is critical.".to_owned()
        }
        Cause::TeamRequested { action, account } => format!(
            "The team was requested by the Security Hub custom action \"{action}\" in account {account}."
        ),
        Cause::StillHappening { seen_at } => {
            format!("Still happening: last seen {}.", seen_at.strftime("%Y-%m-%d %H:%M UTC"))
        }
        Cause::NotAcknowledged => {
            "Finding added, or more severe, after paging had ended without enough acknowledgments.".to_owned()
        }
        Cause::AcknowledgmentTimedOut => {
            "Not resolved in time after the last acknowledgment.".to_owned()
        }
        Cause::Reopened => "The finding was reopened at its source.".to_owned(),
        Cause::StillActive => {
            "A finding is active although paging had ended because its source had closed the others."
                .to_owned()
        }
    }
}

/// Returns the sentence about a finding that its source reports closed, with the incident before it.
#[must_use]
pub fn closed(
    finding: &Finding,
    state: InactiveReason,
    closing: Closing,
    incident: &Incident,
    now: Timestamp,
) -> String {
    let paging = incident.status == IncidentStatus::Open && incident.silent_since(now).is_none();
    let follows = match closing {
        Closing::Note => " Other findings of this incident are active.",
        Closing::Tell if paging => " Paging continues.",
        Closing::Stop if paging => " Paging stops.",
        Closing::Resolve => " The incident is resolved.",
        Closing::Tell | Closing::Stop => "",
    };
    format!("{}{follows} {}", source_says(state, finding.category), named(finding))
}

/// Returns what the source of a finding says of it, as a sentence.
#[must_use]
pub fn source_says(state: InactiveReason, category: Category) -> &'static str {
    match (state, category) {
        (InactiveReason::Archived, _) => "Its source reports the finding as archived.",
        (InactiveReason::Suppressed, _) => "Its source reports the finding as suppressed.",
        (InactiveReason::Sample, _) => "Its source reports the finding as a sample.",
        (InactiveReason::Passed, _)
        | (InactiveReason::Resolved, Category::Control | Category::Vulnerability) => {
            "Its source reports the finding as fixed."
        }
        _ => "Its source reports the finding as resolved.",
    }
}

/// Returns the sentence about a finding that its source reopened.
#[must_use]
pub fn reopened(finding: &Finding, restarts: bool) -> String {
    let follows = if restarts { " Paging restarts." } else { "" };
    format!("The finding was reopened at its source.{follows} {}", named(finding))
}

/// Returns the sentence about an acknowledgment, with the incident after it.
#[must_use]
pub fn acknowledged(incident: &Incident) -> String {
    match incident.missing() {
        0 => "Acknowledged. Paging stops before the next step.".to_owned(),
        missing => {
            let wanted = incident.escalation_plan.required_acknowledgments;
            let given = usize::from(wanted).saturating_sub(missing);
            format!("Acknowledged: {given} of {wanted} required acknowledgments. Paging continues.")
        }
    }
}

/// What names a finding for people: title, resource, type.
fn named(finding: &Finding) -> String {
    let resource = finding.resource.as_ref().map(|resource| format!(" Resource: {resource}."));
    let title = finding.title.trim_end_matches('.');
    format!("{title}.{} Type: {}.", resource.unwrap_or_default(), finding.finding_type)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::incident::Actor;
    use crate::samples::{incident, now};

    #[test]
    fn what_a_timeline_says() {
        let open = incident();
        let id = open.id.clone();
        insta::assert_snapshot!(opened(&open, Some(&Earlier::Aged(id))), @"Opened by a high finding. Findings of this kind continue since incident 20261123-abcdefghjk. An instance asks for a coin miner's domain <script>. Resource: Instance i-99. Type: CryptoCurrency:EC2/BitcoinTool.B!DNS.");
        insta::assert_snapshot!(joined(&open.finding), @"High finding added. An instance asks for a coin miner's domain <script>. Resource: Instance i-99. Type: CryptoCurrency:EC2/BitcoinTool.B!DNS.");
        let text = increased(&open.finding, Severity::Medium);
        assert!(
            text.starts_with("Severity of a finding increased from medium to high. An instance")
        );
        let closed = |closing, minutes| {
            let at = now() + SignedDuration::from_mins(minutes);
            closed(&open.finding, InactiveReason::Resolved, closing, &open, at)
        };
        let says = |text: &str, follows: &str| {
            let text = text.strip_prefix("Its source reports the finding as resolved. ").unwrap();
            assert!(text.starts_with(follows), "{text}");
        };
        says(&closed(Closing::Tell, 90), "Paging continues. An instance");
        says(&closed(Closing::Stop, 90), "Paging stops. An instance");
        // The escalation ended without an acknowledgment: there is nothing to continue or to stop.
        says(&closed(Closing::Tell, 91), "An instance");
        says(&closed(Closing::Stop, 91), "An instance");
    }

    #[test]
    fn paging_stops_only_when_enough_have_acknowledged() {
        let mut open = incident();
        open.escalation_plan.required_acknowledgments = 2;
        let by = |name: &str| Actor::Contact { contact: name.parse().unwrap() };
        let first = open.acknowledge(by("ada"), now()).unwrap().unwrap();
        assert_eq!(
            acknowledged(&first),
            "Acknowledged: 1 of 2 required acknowledgments. Paging continues."
        );
        let second = first.acknowledge(by("bob"), now()).unwrap().unwrap();
        assert_eq!(acknowledged(&second), "Acknowledged. Paging stops before the next step.");
    }
}
