//! A review that fails or dies at any of its calls reminds everybody, and nobody twice but for a death.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use rehearsal::{CallEnd, Fault, Kind, Lane, SOON, System, say, until};
use serde_json::{Value, json};

use crate::bench::{PEOPLE, arrived, staffed};

const LANE: usize = 60;

/// What somebody asks for, as the bus hands it over.
fn wanted(request: usize) -> Value {
    let subjects = PEOPLE.map(|id| format!("contact:{id}"));
    json!({
        "detail-type": "Muster Review Requested", "source": "muster",
        "detail": { "what": "review", "request": format!("r{request}"), "subjects": subjects }
    })
}

/// Runs it until it says that it is done, as Lambda and its queue do; leases end in between.
async fn until_done(lane: &Lane, request: usize) -> Result<()> {
    let mut last = String::new();
    let done = until(SOON, async || {
        match lane.invoke("roster-review", &wanted(request)).await {
            Ok(Ok(_)) => return Ok(Some(())),
            Ok(Err(error)) => last = error,
            // A process that dies answers nothing.
            Err(error) => last = format!("{error:#}"),
        }
        lane.end_leases().await?;
        Ok(None)
    });
    let done = done.await?;
    done.with_context(|| format!("request {request} is never done: {last}"))
}

pub(crate) async fn a_review_that_dies_reminds_everybody_once(system: &System) -> Result<()> {
    let lane = Box::pin(staffed(system, LANE)).await?;
    until_done(&lane, 0).await?;
    lane.wire.clear();
    until_done(&lane, 1).await?;
    let ours = |name: &String| name.starts_with("dynamodb:") || name.starts_with("ses:");
    let calls = lane.wire.calls().into_iter().map(|call| call.operation).filter(ours);
    let calls: Vec<String> = calls.collect();
    ensure!(calls.iter().filter(|name| *name == "ses:SendEmail").count() == 2, "{calls:?}");
    let (mut number, mut hits, mut request) = (BTreeMap::<&str, usize>::new(), 0, 1);
    for operation in &calls {
        let skip = number.entry(operation).or_default();
        for kind in [Kind::KillAfter, Kind::KillBefore, Kind::Fail, Kind::Cut] {
            request += 1;
            lane.wire.clear();
            let before = arrived(&lane, LANE).await?;
            lane.wire.arm(Fault { skip: *skip, ..Fault::once(operation, kind) })?;
            until_done(&lane, request).await?;
            lane.wire.disarm();
            for call in lane.wire.calls().iter().filter(|call| call.fault.is_some()) {
                hits += 1;
                ensure!(!matches!(call.end, Some(CallEnd::Broken(_))), "{call:?}");
            }
            // What died may have come between a mail and its record.
            let dies = matches!(kind, Kind::KillAfter | Kind::KillBefore);
            let unsaid = matches!(kind, Kind::Cut) && operation == "ses:SendEmail";
            let most = if dies || unsaid { 2 } else { 1 };
            let after = arrived(&lane, LANE).await?;
            for (before, after) in before.into_iter().zip(after) {
                let got = after.1 - before.1;
                let case = format!("{operation} number {skip}, {kind:?}");
                ensure!((1..=most).contains(&got), "{case}: somebody got {got} mails");
                ensure!(after.0 == before.0, "{case}: nobody is texted");
            }
        }
        *skip += 1;
    }
    say(format_args!("{} calls of a review, {hits} faults met", calls.len()));
    ensure!(hits * 10 >= calls.len() * 4 * 9, "{hits} faults for {} calls", calls.len());
    Ok(())
}
