//! When Muster itself is ill: a plain message to the emergency topic, beside the alarms.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use muster::finding::Finding;
use muster::severity::Severity;
use muster_aws::incidents::QUIET;

use crate::{Failure, Responder};

/// When this process last notified the emergency topic, or learned that another had, in seconds since 1970. It spares the
/// table a write for each finding of a storm, and stands in for the table where that is what fails.
static LAST: AtomicI64 = AtomicI64::new(i64::MIN);

impl Responder {
    /// Notifies the emergency topic of a finding that could not be handled, once a minute for the whole stack. The alarm
    /// on the queue of failed events comes minutes later, after the last attempt.
    ///
    /// A finding that only `joins` an open incident is not worth it: its team was paged. Pass false if that is unknown.
    pub(crate) async fn tell_of_failure(
        &self,
        finding: &Finding,
        failure: &Failure,
        joins: bool,
        now: Timestamp,
    ) {
        // Medium is what pages by default; the policy may be just what cannot be read.
        let silent = joins || finding.quiet.is_some() || finding.severity < Severity::Medium;
        if silent || !first(now) || !self.first_of_the_stack(now).await {
            return;
        }
        let drill = if finding.drill.is_some() { "DRILL. " } else { "" };
        let text = format!(
            "{drill}Muster could not handle a finding, and may not be able to page anybody: please \
             look at it yourself, and call the team if need be.\n{} {} in account {}, {}.\nLook: {}\n\
             Error: {failure}. The finding is kept and is tried again.\n",
            finding.severity.shout(),
            finding.incident_type.words(),
            finding.account,
            finding.region,
            finding.console_link,
        );
        let told = self.texts.topic(&self.emergency_topic, "Muster cannot page", &text).await;
        if let Err(error) = told {
            tracing::error!(reason = %error, "the emergency topic was not told");
        }
    }

    /// Checks whether no other process has notified the topic within the minute. If the table cannot say so, each
    /// process speaks for itself: a message too many is better than none.
    async fn first_of_the_stack(&self, now: Timestamp) -> bool {
        self.incidents.claim_alarm(now).await.unwrap_or_else(|error| {
            tracing::error!(reason = %error, "other processes may notify the emergency topic, too");
            true
        })
    }
}

/// Checks whether this process has been quiet for long enough.
fn first(now: Timestamp) -> bool {
    let (now, last) = (now.as_second(), LAST.load(Ordering::Relaxed));
    let quiet = last != i64::MIN && now - last < QUIET.as_secs();
    !quiet && LAST.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}
