//! When Muster itself is ill: a plain message to the emergency topic, beside the alarms.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use muster::finding::Finding;
use muster::severity::Severity;

use crate::{Failure, Responder};

/// How long this process says nothing further, in seconds: in a storm each finding would say the same.
const QUIET: i64 = 60;
/// When it last said something, as seconds since 1970.
static LAST: AtomicI64 = AtomicI64::new(i64::MIN);

impl Responder {
    /// Tells the emergency topic of a finding that could not be dealt with. The alarm on the queue of
    /// failed events comes minutes later, after the last try; somebody should know now.
    pub(crate) async fn tell_of_failure(
        &self,
        finding: &Finding,
        failure: &Failure,
        now: Timestamp,
    ) {
        // Medium is what pages by default; the policy may be just what cannot be read.
        if finding.quiet.is_some() || finding.severity < Severity::Medium || !first(now) {
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
}

/// Whether it is this process's turn to say something.
fn first(now: Timestamp) -> bool {
    let (now, last) = (now.as_second(), LAST.load(Ordering::Relaxed));
    let quiet = last != i64::MIN && now - last < QUIET;
    !quiet && LAST.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}
