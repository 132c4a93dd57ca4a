//! The rows of an import that change something, written side by side until the time is over.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use muster_domain::roster::contact::Contact;
use muster_runtime::error::AwsError;
use muster_store::roster::{MOST_TOGETHER, Replacement, Roster, Why, Written};
use tokio::time::{Instant, timeout_at};

/// How many transactions are on their way at a time.
const AT_ONCE: usize = 8;
/// How often a transaction is tried that the table is too busy for.
const MOST_TRIES: usize = 4;
/// How long after the request came transactions are still begun, and waited for: the gateway gives up after 30 s, and
/// an answer with a line for each row is worth more than the last rows.
const BEGIN: Duration = Duration::from_secs(18);
const WAIT: Duration = Duration::from_secs(24);
/// How long some are begun even if reading has taken all the time: each repetition comes further than the last.
const LEAST: Duration = Duration::from_secs(2);

/// What became of a row that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Written,
    /// Another change of the contact came first.
    Conflict,
    /// The table did not take it, or did not answer.
    Failed,
    /// Time ran out before it.
    Pending,
}

/// Until when rows are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    begin_until: Instant,
    wait_until: Instant,
}

impl Time {
    /// The time that is left, at `now`, of a request that came in then.
    pub(crate) fn left(came: Instant, now: Instant) -> Self {
        let begin_until = (came + BEGIN).max(now + LEAST);
        Self { begin_until, wait_until: (came + WAIT).max(begin_until) }
    }
}

/// Writes the rows, first ones first, and says what became of each, in order.
pub(crate) async fn all(
    roster: &Roster,
    rows: &[Replacement<'_, Contact>],
    why: &Why,
    time: Time,
) -> Vec<End> {
    let parts: Vec<_> =
        rows.chunks(MOST_TOGETHER).map(|rows| part(roster, rows, why, time)).collect();
    let ends: Vec<Vec<End>> = stream::iter(parts).buffered(AT_ONCE).collect().await;
    ends.concat()
}

/// Writes the rows of one transaction. One that is refused for what is in it is cut in half, until the row whose fault
/// it is stands alone.
async fn part(
    roster: &Roster,
    rows: &[Replacement<'_, Contact>],
    why: &Why,
    time: Time,
) -> Vec<End> {
    let mut ends = vec![End::Pending; rows.len()];
    let mut open: Vec<std::ops::Range<usize>> = std::iter::once(0..rows.len()).collect();
    while let Some(range) = open.pop() {
        match save(roster, &rows[range.clone()], why, time).await {
            None => {}
            Some(Ok(written)) => {
                for (index, written) in range.zip(written) {
                    let done = written == Written::Done;
                    ends[index] = if done { End::Written } else { End::Conflict };
                }
            }
            Some(Err(error)) if error.code.contains("Validation") && range.len() > 1 => {
                let middle = range.start + range.len() / 2;
                open.extend([middle..range.end, range.start..middle]);
            }
            Some(Err(error)) => {
                tracing::error!(reason = %error, rows = range.len(), "rows were not written");
                ends[range].fill(End::Failed);
            }
        }
    }
    ends
}

/// Writes rows together, again while the table is only busy; nothing once the time to begin is over.
async fn save(
    roster: &Roster,
    rows: &[Replacement<'_, Contact>],
    why: &Why,
    time: Time,
) -> Option<Result<Vec<Written>, AwsError>> {
    let mut tries = 0;
    while Instant::now() < time.begin_until {
        tries += 1;
        let saved = timeout_at(time.wait_until, roster.save_together(rows, why)).await;
        match saved.unwrap_or_else(|_| Err(AwsError::late("importing"))) {
            Err(error) if error.passing && tries < MOST_TRIES => {
                muster_store::incidents::pause().await;
            }
            saved => return Some(saved),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_has_18_seconds_and_2_at_the_least() {
        let came = Instant::now();
        let at = |seconds| came + Duration::from_secs(seconds);
        let time = Time::left(came, at(3));
        assert_eq!((time.begin_until, time.wait_until), (at(18), at(24)));
        let time = Time::left(came, at(17));
        assert_eq!((time.begin_until, time.wait_until), (at(19), at(24)));
        let time = Time::left(came, at(23));
        assert_eq!((time.begin_until, time.wait_until), (at(25), at(25)));
    }
}
