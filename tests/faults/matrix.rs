//! The matrix: each call on the way from an event to a page, and each way in which it can go wrong.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::future::join_all;
use rehearsal::{CallEnd, Fault, Kind, Lane, SOON, System, say};
use tokio::sync::Mutex;

use crate::bench::{arrived, event, everybody, incident, sends, staffed};

/// How many cases run at a time, each in a lane of its own.
const LANES: usize = 20;
/// Longer than one try of a call may take, and of a call that sends.
const LATE: Duration = Duration::from_millis(5500);
const LATE_SEND: Duration = Duration::from_millis(10_500);
const FILE: &str = "guardduty/medium-unusual-login.json";

/// One case: the call with this number among those of its operation, and what goes wrong with it.
#[derive(Clone, Debug)]
struct Case {
    operation: String,
    skip: usize,
    kind: Kind,
}

impl Case {
    fn sends(&self) -> bool {
        matches!(self.operation.as_str(), "sns:Publish" | "ses:SendEmail")
    }

    /// Whether somebody may get a message twice: what sent it died, or was left without the provider's
    /// answer, before the end of the send was on record. Sends of a turn go out together, so whatever
    /// kills the pager may come between.
    fn may_repeat(&self) -> bool {
        match self.kind {
            Kind::KillBefore | Kind::KillAfter => true,
            Kind::Cut | Kind::Delay(_) => self.sends(),
            Kind::Refuse | Kind::Throttle | Kind::Fail => false,
        }
    }
}

/// Every call of a healthy run, each in every way.
fn cases(calls: &[String]) -> VecDeque<Case> {
    let mut seen = BTreeMap::<&str, usize>::new();
    let mut cases = VecDeque::new();
    for operation in calls {
        let number = seen.entry(operation).or_default();
        let sends = matches!(operation.as_str(), "sns:Publish" | "ses:SendEmail");
        let late = if sends { LATE_SEND } else { LATE };
        let kinds = [
            Kind::KillAfter,
            Kind::KillBefore,
            Kind::Refuse,
            Kind::Throttle,
            Kind::Fail,
            Kind::Cut,
            Kind::Delay(late),
        ];
        cases.extend(kinds.map(|kind| Case { operation: operation.clone(), skip: *number, kind }));
        *number += 1;
    }
    cases
}

pub(crate) async fn every_call_refused_throttled_delayed_cut_and_killed(
    system: &System,
) -> Result<()> {
    let mut lanes = Vec::new();
    for number in 1..=LANES {
        lanes.push((number, Box::pin(staffed(system, number)).await?));
    }
    // The first run of a lane starts its functions; the second is the one to take apart.
    let mut calls = Vec::new();
    for (number, lane) in &lanes {
        healthy(lane, *number, 0).await?;
        lane.wire.clear();
        if calls.is_empty() {
            healthy(lane, *number, 1).await?;
            calls = lane.wire.calls().into_iter().map(|call| call.operation).collect();
        }
    }
    let queue = cases(&calls);
    let (all, began) = (queue.len(), Instant::now());
    say(format_args!("{} calls from an event to its pages, {all} faults", calls.len()));
    let queue = Mutex::new((queue, 0_u32));
    let one = async |(number, lane): &(usize, Lane)| -> Result<(usize, Vec<String>)> {
        let (mut missed, mut failures) = (0, Vec::new());
        loop {
            let mut next = queue.lock().await;
            let Some(case) = next.0.pop_front() else { return Ok((missed, failures)) };
            next.1 += 1;
            let count = next.1;
            drop(next);
            match play(lane, *number, count, &case).await {
                Ok(hits) => missed += usize::from(hits == 0),
                Err(error) => {
                    lane.wire.disarm();
                    lane.wire.clear();
                    failures.push(format!("{case:?}: {error:#}"));
                }
            }
        }
    };
    let ends = join_all(lanes.iter().map(one)).await.into_iter().collect::<Result<Vec<_>>>()?;
    let missed: usize = ends.iter().map(|(missed, _)| missed).sum();
    let failures: Vec<_> = ends.into_iter().flat_map(|(_, failures)| failures).collect();
    say(format_args!(
        "{all} faults in {} s; {missed} met a call that the run did not make",
        began.elapsed().as_secs()
    ));
    ensure!(failures.is_empty(), "{} of {all} failed:\n{}", failures.len(), failures.join("\n"));
    // Calls that go side by side come in another order now and then.
    ensure!(missed * 20 <= all, "{missed} of {all} faults met no call");
    Ok(())
}

async fn healthy(lane: &Lane, number: usize, count: u32) -> Result<()> {
    let account = format!("7{number:02}{count:09}");
    lane.deliver(&event(FILE, &account)?).await?;
    let id = incident(lane, &account, SOON).await?;
    sends(lane, &id, &everybody(), SOON).await?;
    // What comes after the last send, such as when the next step is due.
    lane.first_step_is_over(&id).await
}

/// Plays one case: how many calls went wrong.
async fn play(lane: &Lane, number: usize, count: u32, case: &Case) -> Result<usize> {
    let account = format!("8{number:02}{count:09}");
    let before = arrived(lane, number).await?;
    lane.wire.arm(Fault { skip: case.skip, ..Fault::once(&case.operation, case.kind) })?;
    lane.deliver(&event(FILE, &account)?).await?;
    let id = incident(lane, &account, SOON).await?;
    let paged = sends(lane, &id, &everybody(), SOON).await;
    paged.with_context(|| format!("incident {id} in {}", lane.name()))?;
    lane.wire.disarm();
    let struck: Vec<_> =
        lane.wire.calls().into_iter().filter(|call| call.fault.is_some()).collect();
    lane.wire.clear();
    for call in &struck {
        // A fault that did not come about has shown nothing.
        ensure!(!matches!(call.end, Some(CallEnd::Broken(_))), "{call:?}");
    }
    let hits = struck.len();
    // Once more, as AWS would.
    let again = lane.invoke("finding-responder", &event(FILE, &account)?).await?;
    let again = again.map_err(|error| anyhow::anyhow!("delivered again: {error}"))?;
    ensure!(again["outcomes"][0]["verdict"] == "repeated", "{again}");
    lane.first_step_is_over(&id).await?;
    ensure!(lane.sends(&id).await? == everybody(), "the sends have changed");
    let facts = lane.facts(&id).await?;
    ensure!(facts == ["opened", "step_started"], "the timeline says {facts:?}");
    let after = arrived(lane, number).await?;
    let most = if case.may_repeat() { 2 } else { 1 };
    for (before, after) in before.into_iter().zip(after) {
        for (before, after) in [(before.0, after.0), (before.1, after.1)] {
            let got = after - before;
            ensure!((1..=most).contains(&got), "somebody got {got} messages, {most} at most");
        }
    }
    Ok(hits)
}
