//! When Muster itself is ill: a plain message to the emergency topic, beside the alarms.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use muster_domain::finding::Finding;
use muster_domain::roster::policy::Policy;
use muster_store::incidents::QUIET;

use crate::respond::Seen;
use crate::{Failure, Responder};

/// When this process last notified the emergency topic, or learned that another had. It spares the table a write for each
/// finding of a storm, and stands in for the table where that is what fails.
static LAST: Last = Last::never();

/// A time in seconds since 1970, or never, for tasks that run side by side.
struct Last(AtomicI64);

impl Last {
    const fn never() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// Checks whether there has been quiet for long enough; then the quiet begins again.
    fn claim(&self, now: Timestamp) -> bool {
        let (now, last) = (now.as_second(), self.0.load(Ordering::Relaxed));
        let quiet = last != i64::MIN && now - last < QUIET.as_secs();
        !quiet && self.0.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Notes that another process has notified the topic at `then`, in place of the claim of `now`.
    fn yield_to(&self, then: Timestamp, now: Timestamp) {
        let (now, then) = (now.as_second(), then.as_second());
        let _ = self.0.compare_exchange(now, then, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Takes back the claim of this time, unless another was made since.
    fn give_back(&self, now: Timestamp) {
        let (now, never) = (now.as_second(), i64::MIN);
        let _ = self.0.compare_exchange(now, never, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl Responder {
    /// Notifies the emergency topic of a finding that could not be handled, once a minute for the whole stack. The alarm
    /// on the queue of failed events comes minutes later, after the last attempt.
    ///
    /// A finding that only joins an open incident is not worth it, because its contacts were paged. Nor is one that pages
    /// no contact by its policy.
    pub(crate) async fn tell_of_failure(
        &self,
        finding: &Finding,
        failure: &Failure,
        seen: &Seen,
        now: Timestamp,
    ) {
        let silent = seen.joins || self.is_another_action(finding) || !worth(finding, &seen.policy);
        if silent || !LAST.claim(now) || !self.first_of_the_stack(now).await {
            return;
        }
        let subject = subject(finding.drill.is_some());
        let drill = if finding.drill.is_some() { "DRILL. " } else { "" };
        let text = format!(
            "{drill}Muster could not handle a finding, and may not be able to page anybody: please \
             look at it yourself, and call the team if need be.\n{} {} in account {}, {}.\nLook: {}\n\
             Error: {failure}. The finding is kept and is tried again.\n",
            finding.severity.shout(),
            finding.incident_type.words(),
            finding.account,
            finding.region,
            finding.console_url,
        );
        let told = self.texts.topic(&self.emergency_topic, subject, &text).await;
        if let Err(error) = told {
            tracing::error!(reason = %error, "the emergency topic was not told");
            self.give_back(now).await;
        }
    }

    /// Lets the next finding that cannot be handled try again at once: nobody knows of this one.
    async fn give_back(&self, now: Timestamp) {
        if let Err(error) = self.incidents.alarms().return_alarm(now).await {
            tracing::error!(reason = %error, "other processes stay quiet for the rest of the minute");
        }
        LAST.give_back(now);
    }

    /// Checks whether no other process has notified the topic within the minute. If the table cannot say so, each
    /// process speaks for itself: a message too many is better than none.
    async fn first_of_the_stack(&self, now: Timestamp) -> bool {
        match self.incidents.alarms().claim_alarm(now).await {
            Ok(None) => true,
            Ok(Some(then)) => {
                LAST.yield_to(then, now);
                false
            }
            Err(error) => {
                tracing::error!(reason = %error, "other processes may notify the emergency topic, too");
                true
            }
        }
    }
}

/// Checks whether the finding is one that contacts are paged for.
fn worth(finding: &Finding, policy: &Policy) -> bool {
    let asked = finding.asks() || finding.drill.is_some();
    asked || finding.inactive_reason.is_none() && finding.pages(policy)
}

/// The subject, which is all that a phone shows of the message.
const fn subject(drill: bool) -> &'static str {
    if drill { "DRILL Muster cannot page" } else { "Muster cannot page" }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn one_message_a_minute_unless_it_was_not_sent() {
        let last = Last::never();
        let begin: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let at = |seconds| begin + SignedDuration::from_secs(seconds);
        assert!(last.claim(at(0)));
        assert!(!last.claim(at(0)) && !last.claim(at(59)));
        assert!(last.claim(at(60)));
        // Of an earlier claim: nothing to take back.
        last.give_back(at(0));
        assert!(!last.claim(at(61)));
        last.give_back(at(60));
        assert!(last.claim(at(61)));
        // Another process spoke at 20 s: its minute counts, not that of the claim.
        last.yield_to(at(20), at(61));
        assert!(!last.claim(at(79)) && last.claim(at(80)));
    }

    fn finding(file: &str) -> Finding {
        let path = format!("{}/../../events/{file}", env!("CARGO_MANIFEST_DIR"));
        let event = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        muster_runtime::event::read(event).unwrap().findings.remove(0).unwrap()
    }

    #[test]
    fn only_a_finding_that_pages_is_worth_a_message() {
        let policy = Policy::default();
        let worthy = |file| worth(&finding(file), &policy);
        assert!(worthy("guardduty/high-crypto-mining.json"));
        assert!(worthy("security-hub/custom-action-low.json"));
        assert!(!worthy("security-hub/control-critical.json"));
        assert!(!worthy("guardduty/archived-high.json"));
    }

    #[test]
    fn a_drill_says_so_where_a_phone_shows_it() {
        assert_eq!(subject(true), "DRILL Muster cannot page");
        assert_eq!(subject(false), "Muster cannot page");
    }
}
