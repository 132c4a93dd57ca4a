//! Figures for CloudWatch, in its embedded metric format: lines of the log, no calls.
//!
//! Drills have figures of their own, so that nobody's answer to a drill makes the real ones look better.

use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use metrics::{Unit, counter, describe_histogram, gauge, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};
use muster_domain::incident::Incident;
use muster_domain::report::coverage::CoverageTotals;
use muster_domain::value::severity::Severity;

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();

/// The names of the durations, for incidents and for drills.
const FIRST_PAGE: [&str; 2] = ["SecondsToFirstPage", "DrillSecondsToFirstPage"];
const ACKNOWLEDGED: [&str; 2] = ["SecondsToAcknowledgment", "DrillSecondsToAcknowledgment"];
const RESOLVED: [&str; 2] = ["SecondsToResolution", "DrillSecondsToResolution"];
const LATE: &str = "SecondsLate";

/// Starts collecting under this namespace. Without, figures are counted nowhere.
pub fn start(namespace: String) {
    if let Ok(collector) = Builder::new().cloudwatch_namespace(namespace).init() {
        let _ = COLLECTOR.set(collector);
    } else {
        tracing::error!("figures cannot be collected");
    }
    for name in FIRST_PAGE.into_iter().chain(ACKNOWLEDGED).chain(RESOLVED).chain([LATE]) {
        describe_histogram!(name, Unit::Seconds, "");
    }
}

/// Writes what has come together since the last time.
pub fn emit() {
    if let Some(collector) = COLLECTOR.get()
        && collector.flush(std::io::stdout()).is_err()
    {
        tracing::error!("figures cannot be written");
    }
}

fn which(names: [&'static str; 2], drill: bool) -> &'static str {
    let [real, practised] = names;
    if drill { practised } else { real }
}

/// Seconds, never less than none: clocks differ.
fn seconds(lasted: SignedDuration) -> f64 {
    lasted.as_secs_f64().max(0.0)
}

/// A finding was decided.
pub fn finding(verdict: &'static str, drill: bool) {
    counter!(which(["Findings", "DrillFindings"], drill), "Verdict" => verdict).increment(1);
}

/// A finding was found by looking that no event had brought.
pub fn missed() {
    counter!("MissedFindings").increment(1);
}

/// An item of a table could not be read: it is passed over, or what needs it fails.
pub fn unreadable() {
    counter!("UnreadableEntries").increment(1);
}

/// A page has come to an end.
pub fn page(channel: &str, state: &'static str, drill: bool) {
    let name = which(["Pages", "DrillPages"], drill);
    counter!(name, "Channel" => channel.to_owned(), "State" => state).increment(1);
}

/// A turn was taken that was due at this time.
pub fn taken(due_at: Timestamp, now: Timestamp) {
    histogram!(LATE).record(seconds(now.duration_since(due_at)));
}

fn since(names: [&'static str; 2], incident: &Incident, now: Timestamp) {
    let lasted = now.duration_since(incident.reported_at());
    histogram!(which(names, incident.drill().is_some())).record(seconds(lasted));
}

/// An incident's first page has gone out.
pub fn first_page(incident: &Incident, now: Timestamp) {
    // The minutes that the plan's first step waits are intended, so they are no delay.
    let planned = incident.first_due().duration_since(incident.run_started_at);
    since(FIRST_PAGE, incident, now.saturating_sub(planned).unwrap_or(now));
}

/// An answer to an incident is on record: its first acknowledgment, or its end.
pub fn answered(incident: &Incident) {
    match (&incident.resolution, incident.acknowledgments.as_slice()) {
        (Some(end), _) => since(RESOLVED, incident, end.at),
        (None, [first]) => since(ACKNOWLEDGED, incident, first.at),
        _ => {}
    }
}

/// What the roster lacks, in numbers.
pub fn coverage(totals: &CoverageTotals) {
    let number = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    gauge!("RosterContacts").set(number(totals.contacts));
    gauge!("RosterDueForReview").set(number(totals.review_due));
    gauge!("RosterUnconfirmed").set(number(totals.unconfirmed));
    gauge!("RosterChannels").set(number(totals.channels));
    gauge!("RosterChannelsVerified").set(number(totals.channels_verified));
    gauge!("RosterChannelsUndeliverable").set(number(totals.channels_undeliverable));
    gauge!("RosterRolesUnfilled").set(number(totals.roles_unfilled));
    for severity in Severity::ALL {
        let found = totals.gaps.get(&severity).copied().unwrap_or_default();
        gauge!("CoverageGaps", "Severity" => severity.name()).set(number(found));
    }
}
