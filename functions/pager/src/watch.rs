//! The watchdog: every minute, turns that nobody has taken are taken, and digests go out.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use jiff::Timestamp;
use muster_domain::incident::escalation::TurnInput;
use serde::{Deserialize, Serialize};

use crate::{Failure, Pager};

/// How many late turns are taken at a time, within the function's 30 s.
const AT_ONCE: usize = 10;
/// How long after its start a look begins another late turn; the next look takes the others.
const SHARE: Duration = Duration::from_secs(12);

/// What the schedule sends.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Tick {
    /// Always true; it tells a tick from a turn.
    pub watch: bool,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// How many turns were late.
    pub late: usize,
    /// How many of them could not be taken either; the next look tries again.
    pub failed: usize,
    /// How many digests of held pages went out.
    pub digests: usize,
    /// How many messages about notification duties went out.
    pub duties: usize,
    /// How many updates about incidents were told.
    pub updates: usize,
}

impl Pager {
    /// Looks for turns that are late and takes them, and sends what the ladders held back. Whoever
    /// should have taken them may still come: what is sent is claimed, so nobody is paged twice.
    ///
    /// The stack's heartbeat and the alarm on late steps read the messages of this log.
    ///
    /// # Errors
    /// What is late, or what waits, cannot be looked up.
    pub async fn watch(
        &self,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<Watched, Failure> {
        let pages = async {
            // Side by side: turns that take long keep no digest waiting, and the other way round.
            let turns = self.late_turns(owner, now, until);
            let (turns, digests) = tokio::join!(turns, self.digests(now, until));
            let ((late, failed), digests) = (turns?, digests?);
            tracing::info!(late, failed, digests, "watched");
            Ok::<_, Failure>((late, failed, digests))
        };
        // Beside the heartbeat, not before it: words about deadlines of days must not look like silence of
        // the pager.
        let others =
            async { tokio::join!(self.duties(owner, now), self.updates(owner, now, until)) };
        let (pages, (duties, updates)) = tokio::join!(pages, others);
        let (late, failed, digests) = pages?;
        Ok(Watched { late, failed, digests, duties: duties?, updates: updates? })
    }

    /// Takes the turns that are late, as many as it can begin in its share of the look; says how many there
    /// were and how many could not be taken.
    async fn late_turns(
        &self,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<(usize, usize), Failure> {
        let began = Instant::now();
        let late = self.incidents.turns().late(now).await?;
        let number = late.len();
        let take = async |turn: TurnInput| {
            if began.elapsed() > SHARE {
                return true;
            }
            tracing::error!(incident = %turn.incident, "a step was late; the watchdog takes it");
            let failed = Box::pin(self.handle(turn.clone(), owner, now, until)).await.is_err();
            if failed && let Err(error) = self.incidents.turns().defer(&turn, now).await {
                tracing::error!(reason = %error, "a turn that failed stays first");
            }
            failed
        };
        let ends: Vec<bool> =
            futures::stream::iter(late).map(take).buffer_unordered(AT_ONCE).collect().await;
        Ok((number, ends.into_iter().filter(|failed| *failed).count()))
    }
}
