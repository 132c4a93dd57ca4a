//! The reconcile: what GuardDuty and Security Hub list and no event has brought is dealt with now.

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use muster_domain::finding::Finding;
use muster_domain::incident::verdict::{Verdict, decide};
use muster_runtime::error::AwsError;
use muster_runtime::figures;
use muster_runtime::recent::Found;
use serde::{Deserialize, Serialize};

use crate::{Failure, Responder};

/// How far back it looks: EventBridge may have been ill for a while, and so may this.
const BACK: SignedDuration = SignedDuration::from_hours(3);
/// What is younger may still be on its way.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(5);
/// How many findings are looked up at a time.
const AT_ONCE: usize = 10;

/// What the schedule sends.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Look {
    /// Always true; it tells a look from an event.
    pub reconcile: bool,
}

/// What a look found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// How many findings were listed.
    pub listed: usize,
    /// How many of them no event had brought.
    pub missed: usize,
    /// How many could not be read or dealt with, and how many services could not be asked.
    pub failed: usize,
}

impl Responder {
    /// Asks each service that the account uses. What fails is logged and counted, and does not stop the
    /// others: the next look is soon.
    pub async fn reconcile(&self, now: Timestamp, deadline: Timestamp) -> Reconciled {
        let before = |ago| now.saturating_sub(ago).unwrap_or(Timestamp::MIN);
        let window = (before(BACK), before(ON_ITS_WAY));
        let (recent, mut done) = (&self.recent, Reconciled::default());
        let asked: [(&str, Result<Found, AwsError>); 3] = [
            ("guardduty", recent.guardduty(window).await),
            ("security_hub", recent.security_hub(window).await),
            ("security_hub_v2", recent.security_hub_v2(window).await),
        ];
        for (service, answer) in asked {
            let found = match answer {
                Ok(None) => continue,
                Ok(Some(found)) => found,
                Err(error) => {
                    tracing::error!(service, reason = %error, "a service could not be asked");
                    done.failed += 1;
                    continue;
                }
            };
            done.listed += found.len();
            let look = async |finding: Result<Finding, _>| match finding {
                Ok(finding) => Box::pin(self.catch_up(finding, now, deadline)).await,
                Err(unreadable) => Err(Failure::from(unreadable)),
            };
            // One after the other in groups: those of one incident meet anyway.
            let ends = futures::stream::iter(found).map(look).buffer_unordered(AT_ONCE);
            for end in ends.collect::<Vec<_>>().await {
                match end {
                    Ok(missed) => done.missed += usize::from(missed),
                    Err(error) => {
                        tracing::error!(service, reason = %error, "a listed finding failed");
                        done.failed += 1;
                    }
                }
            }
        }
        tracing::info!(
            listed = done.listed,
            missed = done.missed,
            failed = done.failed,
            "reconciled"
        );
        done
    }

    /// Deals with a listed finding, if no event has brought it: whether that was so.
    async fn catch_up(
        &self,
        finding: Finding,
        now: Timestamp,
        deadline: Timestamp,
    ) -> Result<bool, Failure> {
        let finding = if self.samples_are_drills { finding.sample_as_drill() } else { finding };
        let (policy, known) =
            tokio::try_join!(self.roster.policy(), self.incidents.ledger().known(&finding))?;
        // What the ledger knows and would have nothing new to say was delivered.
        let delivered = match decide(&policy, &finding, &known, now) {
            Verdict::Record(_) => finding.inactive_reason.is_some() || known.entry.is_some(),
            Verdict::Repeat { .. } => true,
            Verdict::Open { .. }
            | Verdict::Attach { .. }
            | Verdict::Raise { .. }
            | Verdict::Finish { .. }
            | Verdict::Close { .. }
            | Verdict::Reopen { .. }
            | Verdict::Restart { .. } => false,
        };
        if delivered {
            return Ok(false);
        }
        let (finding, outcome) = self.decided(finding, now, deadline).await?;
        tracing::warn!(
            verdict = outcome.verdict,
            reason = outcome.reason,
            incident = outcome.incident,
            severity = finding.severity.name(),
            "a finding had not been delivered"
        );
        figures::missed();
        Ok(true)
    }
}
